import type { Link, TieType } from '../../shared/model/campaign';
import { hashText } from '../../shared/model/keyed-hash';
import { coTimingNats } from './co-timing';
import { CO_TIMING_CAP, SPEAKS } from './links';
import type { TraitIndex } from './trait-index';
import { TRAIT_TYPES, type TraitType } from './traits';

const MOST = 6;
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
  const other = new Set(index.accounts[b]!.ids);
  const reasons: Link['reasons'] = [];
  for (const id of index.accounts[a]!.ids) {
    if (!other.has(id)) continue;
    const weight = index.weight(id);
    const type = index.typeName(id);
    if (weight < SPEAKS / 2) continue;
    reasons.push({
      type: SHOWN[type] ?? (type as TieType),
      family: TRAIT_TYPES[type].family,
      weight: Math.round(weight * 10) / 10,
      hash: hashText(index.hashes[id]!),
    });
  }
  const together = coTimingNats(index.accounts[a]!.profile, index.accounts[b]!.profile);
  if (together >= SPEAKS)
    reasons.push({ type: 'co-timing', family: 'timing', weight: Math.round(10 * Math.min(CO_TIMING_CAP, together)) / 10, hash: CO_TIMING });
  return reasons.sort((x, y) => y.weight - x.weight).slice(0, MOST);
}
