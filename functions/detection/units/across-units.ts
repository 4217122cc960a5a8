import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { CampaignId } from '../../../shared/identity/ids';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import { carries, isToolOf, type Known, knownBy, mayComeBack } from '../campaigns/relink';
import { isPopularAmong } from '../findings/join-cells';
import type { GroupContext } from '../findings/measures';
import type { Network } from '../networks/networks';
import type { Trait } from '../screen/screened';
import { TraitIds } from '../traits/trait-ids';
import { TRAIT_NAMES } from '../traits/traits';

// What units that are judged one by one must know of one another.

/** Client builds by which an account is known not to be an operator's. */
export function toolsOf(
  known: readonly { indicators: readonly Pick<Campaign['indicators'][number], 'type' | 'hash' | 'members'>[]; size: number }[],
): Trait[] {
  return known.flatMap(({ indicators, size }) =>
    indicators
      .filter((indicator) => isToolOf(indicator, Math.max(1, size)))
      .map(({ type, hash }) => ({ type: TRAIT_NAMES.indexOf(type), hash: hashNumber(hash) })),
  );
}

/** Content that networks have of their own: how many have it, and which of them may be cells of one operator. */
export class Contents {
  private readonly ids = new TraitIds();
  private readonly networks: number[] = [];
  private readonly cells = new Map<number, Set<number>>();

  note(unit: number, { content, isCell }: { content: readonly (readonly [type: number, hash: number])[]; isCell: boolean }): void {
    for (const [type, hash] of content) {
      const known = this.ids.of(type, hash);
      this.networks[known] = (this.networks[known] ?? 0) + 1;
      if (!isCell) continue;
      const cells = this.cells.get(known);
      if (cells) cells.add(unit);
      else this.cells.set(known, new Set([unit]));
    }
  }

  /** What so many networks have that it is a popular tool's. */
  popular(): TraitIds {
    const popular = new TraitIds();
    this.networks.forEach((networks, known) => {
      if (isPopularAmong(networks)) popular.of(this.ids.types[known]!, this.ids.hashes[known]!);
    });
    return popular;
  }

  /** Units with cells that have popular content: they were looked at before it was known to be. */
  *mistaken(): Iterable<number> {
    for (const [known, units] of this.cells) if (isPopularAmong(this.networks[known]!)) yield* units;
  }

  /** Pairs of units that have cells with content in common. */
  *joins(): Iterable<[number, number]> {
    for (const [known, units] of this.cells) {
      if (isPopularAmong(this.networks[known]!)) continue;
      const [first, ...others] = units;
      for (const other of others) yield [first!, other];
    }
  }
}

/** A campaign whose accounts may come back under other names, by what it is known by. */
export type Returner = Known & { id: CampaignId };
export const returners = (campaigns: readonly Campaign[]): Returner[] =>
  campaigns.filter(mayComeBack).map((campaign) => ({ id: campaign.id, ...knownBy(campaign) }));

export class Returning {
  private readonly ids = new TraitIds();
  private readonly knownBy: number[][] = [];

  constructor(private readonly campaigns: readonly Returner[]) {
    campaigns.forEach(({ indicators }, campaign) => {
      for (const { type, hash } of indicators) {
        const id = this.ids.of(TRAIT_NAMES.indexOf(type), hashNumber(hash));
        const known = this.knownBy[id];
        if (known) known.push(campaign);
        else this.knownBy[id] = [campaign];
      }
    });
  }

  /** Those whose indicators enough of a network's members carry. */
  in(network: Network, index: GroupContext['index'], { memberThreshold }: DetectionPolicy): CampaignId[] {
    if (this.campaigns.length === 0) return [];
    const holding = new Set<number>();
    for (const id of network.profile.counts.keys())
      for (const campaign of this.knownBy[this.ids.find(index.types[id]!, index.hashes[id]!) ?? -1] ?? []) holding.add(campaign);
    return [...holding]
      .sort((a, b) => a - b)
      .map((at) => this.campaigns[at]!)
      .filter((campaign) => carries(network, campaign, { index }, memberThreshold.value))
      .map(({ id }) => id);
  }
}

/** Operators known from elsewhere, by what they are known by. */
export class MetOperators {
  private readonly ids = new TraitIds();
  private readonly knownBy: KnownOperator[][] = [];

  constructor(operators: readonly KnownOperator[]) {
    for (const operator of operators) {
      for (const { type, hash } of operator.indicators) {
        const id = this.ids.of(TRAIT_NAMES.indexOf(type), hashNumber(hash));
        const known = this.knownBy[id];
        if (known) known.push(operator);
        else this.knownBy[id] = [operator];
      }
    }
  }

  /** Those that any account of an index has an indicator of, in their order by name. */
  metIn({ size, types, hashes }: GroupContext['index']): KnownOperator[] {
    if (this.ids.size === 0) return [];
    const met = new Set<KnownOperator>();
    for (let trait = 0; trait < size; trait++) {
      const id = this.ids.find(types[trait]!, hashes[trait]!);
      if (id !== undefined) for (const operator of this.knownBy[id]!) met.add(operator);
    }
    return [...met].sort((one, other) => (one.id < other.id ? -1 : 1));
  }
}
