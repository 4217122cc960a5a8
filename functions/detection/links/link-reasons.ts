import type { Link, TieType } from '../../../shared/domain/campaigns/campaign';
import { hashText } from '../../../shared/identity/keyed-hash';
import type { TraitIndex } from '../traits/trait-index';
import { TRAIT_TYPES, type TraitType } from '../traits/traits';
import { coTimingNats } from './co-timing';
import { CO_TIMING_CAP, FAMILY_COUNTS_FROM } from './links';

const MOST_REASONS = 6;
/** Traits that are read as times carry the name of what happened. */
const SHOWN: Partial<Record<TraitType, TieType>> = {
  'signup-day': 'signup-time',
  'signup-hour': 'signup-time',
  onset: 'new-client',
  pivot: 'release-pivot',
};
/** Co-timing is of a pair, not of a thing: it has one name for all. */
const CO_TIMING = hashText(1);

/** What two linked accounts share, strongest first: at most six reasons, so that a graph of 25,000 accounts can be sent. */
export function reasonsOf(index: TraitIndex, a: number, b: number): Link['reasons'] {
  const [mine, theirs] = [index.accounts[a]!, index.accounts[b]!];
  const found: { weight: number; id: number | undefined }[] = [];
  inBoth(mine.ids, theirs.ids, (id) => {
    const weight = index.weight(id);
    if (weight >= FAMILY_COUNTS_FROM / 2) found.push({ id, weight: rounded(weight) });
  });
  const together = coTimingNats(mine.profile, theirs.profile);
  if (together >= FAMILY_COUNTS_FROM) found.push({ id: undefined, weight: rounded(Math.min(CO_TIMING_CAP, together)) });
  return found
    .sort((x, y) => y.weight - x.weight)
    .slice(0, MOST_REASONS)
    .map(({ id, weight }) => {
      if (id === undefined) return { type: 'co-timing', family: 'timing', weight, hash: CO_TIMING };
      const type = index.typeName(id);
      return { type: SHOWN[type] ?? (type as TieType), family: TRAIT_TYPES[type].family, weight, hash: hashText(index.hashes[id]!) };
    });
}

const rounded = (nats: number): number => Math.round(nats * 10) / 10;

/** What stands in both of two ascending lists. */
function inBoth(one: Int32Array, other: Int32Array, take: (id: number) => void): void {
  let j = 0;
  for (let i = 0; i < one.length; i++) {
    const id = one[i]!;
    while (j < other.length && other[j]! < id) j++;
    if (j < other.length && other[j] === id) take(id);
  }
}
