import { TRAIT_NAMES, TRAIT_TYPES } from './traits';

const CAPS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].cap);
const PRIORS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].prior);

const STEPS = 2 ** 20;
/**
 * Nats, down to the next millionth or so: whole steps add up to the same in any order, so that no sum depends on which trait was met first, and
 * none is above what bounds it.
 */
export const inSteps = (nats: number): number => Math.floor(nats * STEPS) / STEPS;

/** Share of unrelated accounts that hold a trait, smoothed by its type's prior. `inReference`: accounts of the reference that hold it. */
export const baseRate = (type: number, inReference: number, referenceSize: number): number =>
  (inReference + PRIORS[type]!) / (referenceSize + 1);

/**
 * What sharing a trait says for "same operator" (nats): ln(P(both | same) / P(both | unrelated)) with the base rate as the
 * probability that the other one of an unrelated pair has it too (Fellegi and Sunter, JASA 1969), less ln(1 + established
 * holders): a pair is asked about because it shares the trait, and a trait that n unrelated accounts hold offers that many wrong
 * partners. So a carrier's NAT, a VPN's exit and a popular client link nobody, in a population of any size. Hubs weigh nothing.
 */
export function matchWeight(type: number, inReference: number, referenceSize: number, hubShare: number): number {
  const base = baseRate(type, inReference, referenceSize);
  if (base > hubShare) return 0;
  return inSteps(Math.min(CAPS[type]!, Math.max(0, Math.log(0.8 / base) - Math.log(1 + inReference))));
}
