import type { AccountKey } from '../../../shared/identity/ids';
import type { Glance } from '../risk-tier';
import type { PopulationColumns } from '../screen/columns/population-columns';
import type { Accounts } from './accounts';
import type { Population } from './population';
import type { PackedProfiles } from './profiles';

/** Accounts whose profiles are in this process. */
export class HeldAccounts implements Accounts {
  /** `columns`: of the same population, where there are any: then nobody is unpacked for a glance. */
  constructor(
    private readonly population: Population,
    private readonly columns: PopulationColumns | undefined,
  ) {}

  get size(): number {
    return this.population.profiles.size;
  }

  get releases(): ReadonlyMap<string, number> {
    return this.population.releases;
  }

  get span(): Accounts['span'] {
    return this.population.span;
  }

  async some(): Promise<PackedProfiles> {
    return this.population.profiles;
  }

  async told(): Promise<PackedProfiles> {
    const { population } = this;
    const { profiles } = population;
    return {
      peek: (account: AccountKey) => (population.wasTold(account) ? profiles.peek(account) : undefined),
      packed: (account: AccountKey) => (population.wasTold(account) ? profiles.packed(account) : undefined),
    };
  }

  async *glances(): AsyncIterable<Iterable<Glance>> {
    yield this.columns ? this.columns.glances() : this.population.profiles.values();
  }
}
