import type { AccountKey } from '../../../shared/identity/ids';
import { placesFor } from '../screen/columns/repeated';
import { accountAt } from '../screen/columns/screen-columns';
import type { Census } from '../screen/holders/census';
import { screen, screenPolicyOf } from '../screen/screen';
import { type About, countedOf, type ScreenedPopulation, type ScreeningGiven, type Trait } from '../screen/screened';
import { columnsOnBoard } from '../screen/tasks/screen-tasks';
import { PLACES, type Places, type Unit, unitsOf } from '../screen/units';
import { packedAt } from '../units/unit-objects';
import { namedIn, namesOf, PLACING, SAMPLES, WANT } from './segment-objects';
import { numbered, type SegmentedPopulation } from './segmented-population';

/** Places on which hashes of traits fall that one task looks after: eight megabytes of bits. */
const SLICE = 2 ** 26;

/** A population of which no process holds more than a segment, screened: what `Screening` is of one whose columns are here. */
export class ScreenedBySegments implements ScreenedPopulation {
  private constructor(
    private readonly population: SegmentedPopulation,
    readonly census: Census,
    readonly units: readonly Unit[],
    readonly together: Float64Array,
  ) {}

  /** `store`: where the objects of the population's run stand. */
  static async of(
    population: SegmentedPopulation,
    given: Omit<ScreeningGiven, 'profiles'>,
    store: Parameters<typeof columnsOnBoard>[0],
  ): Promise<ScreenedBySegments> {
    const { prefix, board, count, perform } = population.run;
    const { ties, known, now, policy, cut } = given;
    const columns = columnsOnBoard(store, prefix, count);
    const where = { prefix, elsewhere: population.run.elsewhere, areColumnsThere: true };
    const { groups, groupOf, guests, census, traits, together } = await screen(
      columns,
      known,
      now,
      screenPolicyOf(policy),
      cut,
      store,
      where,
    );
    const places = placesFor(traits);
    const slice = Math.min(SLICE, places);
    await board.putJson('repeats', { places, slice });
    await perform(numbered(count).map((at) => ({ step: 'repeat', at })));
    await perform(numbered(places / slice).map((at) => ({ step: 'again', at })));
    await board.remove(numbered(places / slice).flatMap((at) => numbered(count).map((s) => `repeats/${at}/${s}`)));
    const tied = ties.flatMap((accounts, tie) => accounts.map((account) => ({ account, tie })));
    await board.put('placing', PLACING, {
      groupOf,
      guests,
      tiedNames: namesOf(tied.map(({ account }) => account)),
      ties: Uint32Array.from(tied, ({ tie }) => tie),
    });
    await perform(numbered(count).map((at) => ({ step: 'place', at })));
    const all = async function* (): AsyncIterable<Places> {
      for (let s = 0; s < count; s++) yield board.get(`places/${s}`, PLACES);
    };
    const units = await unitsOf({ groups, guests }, all(), ties);
    await board.remove(['placing', ...numbered(count).map((s) => `places/${s}`)]);
    return new ScreenedBySegments(population, census, units, together);
  }

  async sample(): Promise<Uint8Array[]> {
    const { board, count } = this.population.run;
    const sample: { account: AccountKey; packed: Uint8Array }[] = [];
    for (let s = 0; s < count; s++) {
      const part = await board.get(`samples/${s}`, SAMPLES);
      for (let at = 0; at < namedIn(part); at++) sample.push({ account: accountAt(part, at), packed: packedAt(part, at)! });
    }
    return sample.sort((one, other) => (one.account < other.account ? -1 : 1)).map(({ packed }) => packed);
  }

  async about(accounts: Iterable<AccountKey>, besides: readonly Trait[] = [], others: Iterable<AccountKey> = []): Promise<About> {
    const wanted = new Map<AccountKey, number>();
    for (const account of others) wanted.set(account, WANT.profile);
    const asked = [...accounts];
    for (const account of asked) wanted.set(account, WANT.profile | WANT.traits);
    const { profiles, isReference, shared } = await this.population.asked.hand(wanted);
    const ids = shared(asked);
    for (const { type, hash } of besides) ids.of(type, hash);
    const counted = countedOf(this, ids, await this.population.asked.count(ids), isReference);
    return { profiles, counted, shared: async (some) => shared(some) };
  }
}
