import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import { hashNumber } from '../../shared/identity/keyed-hash';
import type { Stores } from '../../shared/ports';
import { SightingStore } from '../../shared/stores/archive/sighting-store';
import type { ScreenedPopulation } from './screen/screened';
import { TRAIT_NAMES } from './traits/traits';

/** Which indicators of imported operators were met, wherever: people see by it whether an import fits this deployment at all. */
export class Sightings {
  private readonly store: SightingStore;
  private readonly recorded = new Map<string, string>();

  constructor(stores: Pick<Stores, 'graph'>) {
    this.store = new SightingStore(stores.graph);
  }

  async note({ id }: KnownOperator, names: readonly string[]): Promise<void> {
    const met = names.join();
    if (met === (this.recorded.get(id) ?? '')) return;
    await this.store.note(id, [...names]);
    this.recorded.set(id, met);
  }

  async noteByColumns(operators: readonly KnownOperator[], screening: Pick<ScreenedPopulation, 'about'>): Promise<void> {
    if (operators.length === 0) return;
    const traits = (indicators: KnownOperator['indicators']) =>
      indicators.map(({ type, hash }) => ({ type: TRAIT_NAMES.indexOf(type), hash: hashNumber(hash), name: `${type}/${hash}` }));
    const { counted } = await screening.about(
      [],
      operators.flatMap(({ indicators }) => traits(indicators)),
    );
    for (const operator of operators) {
      const met = traits(operator.indicators).filter(({ type, hash }) => counted.holders(type, hash) > 0);
      await this.note(
        operator,
        met.map(({ name }) => name),
      );
    }
  }
}
