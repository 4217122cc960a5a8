import { DAY } from '../../../../shared/domain/time';
import { abstains, type Detector, percent } from './detector';

const SPAN = 4 * DAY;

/** Were the accounts made in one short time? The best window of four days, against the days of the population's own sign-ups. */
export const signupBurst: Detector = {
  name: 'signup-burst',
  family: 'registration',
  question: 'Were the accounts made within a few days of one another?',
  ask({ profiles, index, now }) {
    const born = profiles.map((profile) => profile.bornAt).sort((a, b) => a - b);
    let most = 0;
    let from = 0;
    for (let to = 0; to < born.length; to++) {
      while (born[to]! - born[from]! > SPAN) from++;
      most = Math.max(most, to - from + 1);
    }
    const share = most / born.length;
    if (share < 0.5 || most < 5) return abstains(`the busiest four days hold ${most} of ${born.length} sign-ups`);
    const everybody = index.bornSince(now - 60 * DAY);
    const base = Math.max(1 / index.population, (SPAN / (60 * DAY)) * (everybody / index.population));
    return {
      kind: 'evidence',
      because: `${most} of ${born.length} members signed up within four days; of the population ${percent(base)} did in an average four days.`,
      ratio: share / base,
      numbers: { members: born.length, within: most, share, base },
    };
  },
};
