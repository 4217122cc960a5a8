import { abstains, type Detector } from './detector';

/** Spread of unrelated people's loads: their rates differ by about their mean. */
const USUAL_SPREAD = 1;
const DEALT = 0.25;
/** It is asked for besides, as a leg: below ten times it never makes the family count as well. */
const MOST_TIMES = 9;

/** Load balancing over accounts: every account carries the same load, where people's loads differ by more than their mean. */
export const dealtLoad: Detector = {
  name: 'dealt-load',
  family: 'timing',
  question: 'Does every account carry the same load?',
  ask(_, { load }) {
    if (!load) return abstains('too few requests to compare the loads of members');
    if (load.atMost > DEALT) return abstains('the loads of members differ');
    return {
      kind: 'evidence',
      because: `The loads of ${load.accounts} members differ no more than chance would make them differ: overdispersion ${load.spread.toFixed(2)}, at most ${load.atMost.toFixed(2)}, where unrelated people have about ${USUAL_SPREAD}.`,
      ratio: Math.min(MOST_TIMES, USUAL_SPREAD / Math.max(0.02, load.atMost)),
      numbers: { spread: load.spread, atMost: load.atMost, accounts: load.accounts },
    };
  },
};
