import type { Link } from '../../shared/model/campaign';
import { hashText } from '../../shared/model/keyed-hash';
import { SPEAKS } from './links';
import type { TraitIndex } from './trait-index';
import { TRAIT_TYPES, type TraitType } from './traits';

const MOST = 6;
/** Shown as what they are about: when things happened. */
const WHEN: ReadonlySet<TraitType> = new Set(['signup-time', 'signup-day', 'signup-hour', 'onset', 'pivot', 'rhythm']);

/** What two linked accounts share, strongest first: at most six reasons, so that a graph of 25,000 accounts can be sent. */
export function reasonsOf(index: TraitIndex, a: number, b: number): Link['reasons'] {
  const other = new Set(index.accounts[b]!.ids);
  const reasons: Link['reasons'] = [];
  for (const id of index.accounts[a]!.ids) {
    if (!other.has(id)) continue;
    const weight = index.weight(id);
    const type = index.typeName(id);
    if (weight < SPEAKS / 2) continue;
    const shown = (type === 'signup-prefix' ? 'signup-origin' : WHEN.has(type) ? 'rhythm' : type) as Link['reasons'][number]['type'];
    reasons.push({
      type: shown,
      family: TRAIT_TYPES[type].family,
      weight: Math.round(weight * 10) / 10,
      hash: hashText(index.hashes[id]!),
    });
  }
  return reasons.sort((x, y) => y.weight - x.weight).slice(0, MOST);
}
