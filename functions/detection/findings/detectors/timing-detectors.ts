import { coTimingOf } from '../../links/co-timing';
import { dispersionOf, EVEN } from '../baseline';
import { abstains, type Detector, percent } from './detector';

/** Load balancing: hourly counts that vary less than chance arrivals would (index of dispersion below 0.75). */
export const evenness: Detector = {
  name: 'evenness',
  family: 'timing',
  question: 'Are requests dealt out over time more evenly than chance?',
  ask({ profiles, baseline }, { dispersion }) {
    const readable = profiles.map(dispersionOf).filter((value) => value !== undefined);
    if (dispersion === undefined || readable.length < 5) return abstains('too few exchanges to read a rhythm');
    const even = readable.filter((value) => value < EVEN).length;
    const share = even / readable.length;
    if (share < 0.3) return abstains(`the requests of ${even} of ${readable.length} members are even`);
    return {
      kind: 'evidence',
      because: `The requests of ${even} of ${readable.length} members come more evenly than chance (median index of dispersion ${dispersion.toFixed(2)}; people are above 2), as ${percent(baseline.even)} of established accounts' do.`,
      ratio: share / baseline.even,
      numbers: { readable: readable.length, even, dispersion, base: baseline.even },
    };
  },
};

const FEWEST_MINUTES = 12;
const TIMES = 3;

/** Synchrony: the minutes in which members are active, pair by pair, against what their hours alone would give (SynchroTrap, CCS 2014). */
export const coTimed: Detector = {
  name: 'co-timing',
  family: 'timing',
  question: 'Are members active in the same minutes?',
  ask({ profiles, baseline }) {
    const { shared, expected, pairs } = coTimingOf(profiles);
    const chance = Math.max(1, expected * baseline.coTiming);
    if (shared < FEWEST_MINUTES) return abstains(`${shared} minutes in common over ${pairs} pairs`);
    if (shared < TIMES * chance) return abstains('members meet about as often as their hours make likely');
    return {
      kind: 'evidence',
      because: `Over ${pairs} pairs, members were active in the same minute ${shared} times of those compared; their hours alone would give ${chance.toFixed(1)}.`,
      // Poisson: how much likelier the count is at the rate found than at the rate of chance.
      ratio: Math.exp(Math.min(20, shared * Math.log(shared / chance) - (shared - chance))),
      numbers: { pairs, shared, expected: chance },
    };
  },
};

/** Round the clock: the quietest third of the pooled day. */
export const roundTheClock: Detector = {
  name: 'round-the-clock',
  family: 'timing',
  question: 'Does the group as a whole never sleep?',
  ask({ baseline }, { rest }) {
    if (rest === undefined) return abstains('the group has not been seen for a whole day');
    if (rest < 0.2) return abstains(`the quietest eight hours carry ${percent(rest)} of the requests: a day that people keep`);
    return {
      kind: 'evidence',
      because: `The quietest eight hours carry ${percent(rest)} of the group's requests (33 % is no day at all); ${percent(baseline.restless)} of established accounts rest as little.`,
      ratio: 1 / Math.max(baseline.restless, 0.05),
      numbers: { rest, base: baseline.restless },
    };
  },
};

export const releasePivot: Detector = {
  name: 'release-pivot',
  family: 'timing',
  question: 'Did the group move to a new model when it came out, faster than others?',
  ask({ releases }, { pivot }) {
    if (releases.size === 0) return abstains('no release in sight');
    if (pivot < 0.1) return abstains('it moved no faster than others');
    return {
      kind: 'evidence',
      because: `${percent(pivot)} more of the group's exchanges than of established accounts' went to a newly released model.`,
      ratio: 1 + 10 * pivot,
      numbers: { excess: pivot },
    };
  },
};

/** Old accounts that took up the same new origin. */
export const takeOver: Detector = {
  name: 'take-over',
  family: 'timing',
  question: 'Did accounts of long standing all begin to be used from somewhere else?',
  ask({ members }, { old, taken }) {
    const share = old * taken;
    if (share < 0.5) return abstains('the members are not old accounts with a new origin');
    return {
      kind: 'evidence',
      because: `${percent(old)} of ${members.length} members are accounts of long standing, and ${percent(taken)} took up a new client beside the one they had.`,
      ratio: 20 * share,
      numbers: { old, taken, members: members.length },
    };
  },
};
