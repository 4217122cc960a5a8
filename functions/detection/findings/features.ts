import type { GroupFeature } from '../../../shared/domain/policy/detection-policy';
import type { Measures } from './measures';
import { strongestAsking } from './purpose';

const clamp = (value: number): number => Math.max(0, Math.min(1, value));
/** 0 up to `from`, 1 from `to` on, in either direction. */
const between = (value: number | undefined, from: number, to: number): number =>
  value === undefined ? 0 : clamp((value - from) / (to - from));

/**
 * The features of a group, each 0 (absent) to 1 (fully there). What cannot be measured yet is 0: it abstains, and neither accuses nor
 * acquits.
 */
export function featuresOf(m: Measures): Record<GroupFeature, number> {
  const { identity, load } = m;
  const asked = strongestAsking(m.asking);
  const asking = asked ? between(Math.log(Math.max(1, asked.times)), Math.log(1.1), Math.log(3)) : 0;
  const ownContent = clamp(m.families.content / 6);
  const open = Math.max(
    between(identity.organization, 0.3, 0.6),
    between(identity.domain, 0.3, 0.6),
    identity.paying >= 0.5 ? between(identity.payer, 0.6, 0.9) : 0,
  );
  return {
    flatDay: between(m.rest, 0.12, 0.24),
    humanDay: between(m.rest, 0.16, 0.1),
    evenLoad: between(m.dispersion, 1.1, 0.5),
    burstyLoad: between(m.dispersion, 1.5, 3),
    dealtLoad: between(load?.atMost, 0.5, 0.1),
    unequalLoad: between(load?.spread, 0.25, 0.75),
    asking,
    ownContent,
    harvest: asking * ownContent,
    cardCells: identity.cells >= 2 ? between(identity.cardCells, 0.2, 0.7) : 0,
    rotatingPool: identity.pool >= 4 ? between(identity.exclusive, 0.6, 0.95) * identity.pooled * identity.rotating : 0,
    open,
    place: between(identity.place, 0.3, 0.7),
    aged: m.old,
    takeover: m.old * m.taken,
    together: between(identity.together, 0.4, 0.9),
    pivot: clamp(m.pivot / 0.2),
  };
}
