import type { TraitType } from '../../traits/traits';
import { TRAIT_TYPES } from '../../traits/traits';
import type { Group } from '../measures';
import { type Answer, abstains, type Detector, oneOf } from './detector';

/** How a kind of trait is shared in a group, and between unrelated accounts of the population. */
export type Sharing = { sharers: number; distinct: number; pairShare: number; basePairShare: number; size: number };

/** A trait is the group's own when its members hold it this many times as often as everybody outside. */
const TELLING_TIMES = 5;

/** Pairs of members that share at least the commonest way: the sum over traits of pairs that hold it, as a share of all pairs. */
export function sharing({ members, index, holdings }: Group, type: TraitType): Sharing {
  const counts = new Map<number, number>();
  const common = members.map(({ entry }) => index.common(entry));
  for (const ids of common) for (const id of ids) if (index.typeName(id) === type) counts.set(id, (counts.get(id) ?? 0) + 1);
  const shared = [...counts].filter(
    ([id, count]) => count >= 2 && count / members.length > TELLING_TIMES * holdings.base(id) && !index.isHub(id),
  );
  const own = new Set(shared.map(([id]) => id));
  const size = members.length;
  const pairs = (size * (size - 1)) / 2;
  const together = shared.reduce((sum, [, count]) => sum + (count * (count - 1)) / 2, 0);
  return {
    sharers: common.filter((ids) => ids.some((id) => own.has(id))).length,
    distinct: shared.length,
    pairShare: Math.min(1, together / pairs),
    basePairShare: index.pairShare(type),
    size,
  };
}

/** A detector that asks whether members share traits of one type far more than unrelated accounts do. */
export const sharedTrait = (name: string, type: TraitType, question: string, say: (sharing: Sharing) => string): Detector => ({
  name,
  family: TRAIT_TYPES[type].family,
  question,
  ask(group): Answer {
    const found = sharing(group, type);
    if (found.distinct === 0) return abstains(`no two members share one, or everybody does`);
    const ratio = found.pairShare / found.basePairShare;
    if (found.sharers < Math.max(3, found.size / 5)) return abstains(`only ${found.sharers} of ${found.size} members share one`);
    if (ratio <= 1) return abstains(`unrelated accounts share one as often`);
    return {
      kind: 'evidence',
      because: `${say(found)}; in the population two unrelated accounts share one in ${oneOf(found.basePairShare)} pairs, here ${found.pairShare > 0.995 ? 'every pair shares it' : `in ${oneOf(found.pairShare)}`}.`,
      ratio,
      numbers: {
        members: found.size,
        sharers: found.sharers,
        distinct: found.distinct,
        pairShare: found.pairShare,
        basePairShare: found.basePairShare,
      },
    };
  },
});
