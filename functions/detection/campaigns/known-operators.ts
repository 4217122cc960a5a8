import { FAMILIES, type Family } from '../../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import type { Membership } from '../networks/networks';
import type { TraitIndex } from '../traits/trait-index';
import { CARRIED_SHARE, carriedBy } from './relink';

/** An operator known from elsewhere, as it is looked for in one run. */
export type Watched = {
  operator: KnownOperator;
  /** Whether an account reaches the member's bar by the operator's indicators alone. */
  carries: (membership: Pick<Membership, 'entry'>) => boolean;
  /** Its indicators that any account here ever had: trait id in the index ▶ family. Empty for a list under another key. */
  met: ReadonlyMap<number, Family>;
};

/** The same, by name, for people to see: `type/hash`. */
export const namesMet = ({ operator, met }: Watched, index: TraitIndex): string[] =>
  operator.indicators
    .filter(({ type, hash }) => met.has(index.find(type, hashNumber(hash)) ?? -1))
    .map(({ type, hash }) => `${type}/${hash}`);

/** Pure, over an index that is up to date. `bar`: the policy's `memberThreshold`, nats. */
export function watch(operators: readonly KnownOperator[], index: TraitIndex, bar: number): Watched[] {
  return operators.map((operator) => {
    const { indicators, accounts } = operator;
    const score = carriedBy({ indicators, size: accounts }, { index });
    const met = new Map<number, Family>();
    for (const { type, hash, family } of indicators) {
      const id = index.find(type, hashNumber(hash));
      if (id !== undefined) met.set(id, family);
    }
    return { operator, met, carries: (membership) => score(membership) >= bar };
  });
}

/** An operator whose indicators most members of a network carry. */
export type Recognised = {
  operator: KnownOperator;
  /** Members that carry them; indicators that any member holds. */
  carrying: number;
  matched: number;
  /** The family of indicators that most members hold one of. */
  family: Family;
  because: string;
};

/** Of which operators known from elsewhere a network is, the one that most members carry first. It takes as many as for a campaign come back. */
export function recognised(members: readonly Membership[], operators: readonly Watched[]): Recognised[] {
  const found: Recognised[] = [];
  for (const { operator, met, carries } of operators) {
    if (met.size === 0) continue;
    const carrying = members.filter(carries).length;
    if (carrying === 0 || carrying < CARRIED_SHARE * members.length) continue;
    const matched = new Set<number>();
    const holding = new Map<Family, number>();
    for (const { entry } of members) {
      const ofEntry = entry.ids.filter((id) => met.has(id));
      for (const id of ofEntry) matched.add(id);
      for (const family of new Set([...ofEntry].map((id) => met.get(id)!))) holding.set(family, (holding.get(family) ?? 0) + 1);
    }
    const family = [...FAMILIES].sort((a, b) => (holding.get(b) ?? 0) - (holding.get(a) ?? 0))[0]!;
    const because = `${carrying} of ${members.length} members carry the indicators of ${operator.name} (${operator.classification}), known from ${operator.source}: ${matched.size} of its ${operator.indicators.length} were met among them`;
    found.push({ operator, carrying, matched: matched.size, family, because });
  }
  return found.sort((a, b) => b.carrying - a.carrying || (a.operator.id < b.operator.id ? -1 : 1));
}
