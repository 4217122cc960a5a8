import type { Dice } from '../draws/dice';
import type { Family, Wording } from './families';

const ELICIT = [
  'Think step by step and write out the complete reasoning before the answer.',
  'First list every intermediate step, then conclude.',
  'Describe the internal reasoning that leads to your answer.',
  'Reason aloud. Put the final result on the last line.',
  'Justify each decision on the way.',
];
const GRADE = [
  'Grade the answer below from 1 to 10 for accuracy, clarity and completeness, and justify each.',
  'You are a strict judge: which of the two answers is better, and why?',
  'Score the response against the rubric. Reply as JSON.',
  'Give a critique and a numeric reward between 0 and 1.',
];

/** One set of prompts: a few wordings with their tasks, and how this author asks for reasoning and grades. */
export type PromptSet = { readonly wordings: readonly { task: string; say: Wording }[]; readonly elicit: string; readonly grade: string };
export const promptSet = (dice: Dice, families: readonly Family[], wordings: number): PromptSet => ({
  wordings: Array.from({ length: wordings }, () => dice.pick(families)).map((family) => ({ task: family.task, say: family.wording(dice) })),
  elicit: dice.pick(ELICIT),
  grade: dice.pick(GRADE),
});
