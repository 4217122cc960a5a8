import type { Dice } from '../draws/dice';
import type { Mixed } from '../scenarios/description';

const isSeveral = <T>(mixed: Mixed<T>): mixed is readonly (readonly [number, T])[] => Array.isArray(mixed);

/** All choices with their weights. */
export const choices = <T>(mixed: Mixed<T>): readonly (readonly [number, T])[] => (isSeveral(mixed) ? mixed : [[1, mixed]]);

/** One choice, in proportion to the weights. A single one costs no draw. */
export const oneOf = <T>(dice: Dice, mixed: Mixed<T>): T => {
  const all = choices(mixed);
  return all[all.length === 1 ? 0 : dice.weighted(all.map(([weight]) => weight))]![1];
};

/** Answers one of several functions at each call, in proportion to the weights. */
export const perCall = <T, A extends unknown[], R>(
  dice: Dice,
  mixed: Mixed<T>,
  make: (choice: T) => (...args: A) => R,
): ((...args: A) => R) => {
  const all = choices(mixed).map(([weight, choice]) => ({ weight, make: make(choice) }));
  if (all.length === 1) return all[0]!.make;
  const weights = all.map(({ weight }) => weight);
  return (...args) => all[dice.weighted(weights)]!.make(...args);
};
