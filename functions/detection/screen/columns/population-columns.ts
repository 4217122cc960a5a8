import { segmentOf } from '../../../../shared/formats/segment-of';
import type { AccountKey } from '../../../../shared/identity/ids';
import { segmentsFor } from '../../profiles/checkpoints';
import type { Population } from '../../profiles/population';
import type { Profile } from '../../profiles/profile';
import type { Glance } from '../../risk-tier';
import type { Segments } from '../holders/census';
import { accountAt, addProfile, isTold, ScreenBuilder, type ScreenColumns, sizeOf } from './screen-columns';

/**
 * The columns of a population, brought up to date by those accounts that changed. Kept from run to run: a copy of what the profiles say,
 * made again from them whenever it is lost.
 */
export class PopulationColumns {
  private segments: ScreenColumns[] = [];
  private of: Population | undefined;
  private releases = 0;

  /** `touched`: whose columns are made again; of everybody, if the population is another one or a model was released. */
  update(population: Population, touched: Iterable<Profile>): Segments {
    const count = segmentsFor(population.profiles.size);
    const isSame = this.of === population && this.segments.length === count && this.releases === population.releases.size;
    const changed: Profile[][] = Array.from({ length: count }, () => []);
    for (const profile of touched) changed[segmentOf(profile.account, count)]!.push(profile);
    if (isSame) {
      this.segments = this.segments.map((before, segment) => merged(before, changed[segment]!, population));
    } else {
      const names: AccountKey[][] = Array.from({ length: count }, () => []);
      for (const account of population.profiles.accounts()) names[segmentOf(account, count)]!.push(account);
      this.segments = names.map((accounts) => {
        const to = new ScreenBuilder();
        for (const account of accounts.sort()) addProfile(to, population.profiles.peek(account)!, population.releases);
        return to.columns();
      });
    }
    this.of = population;
    this.releases = population.releases.size;
    const { segments } = this;
    return { count, columns: async (segment) => segments[segment]! };
  }

  /** Everybody at a glance, without a profile. */
  *glances(): Iterable<Glance> {
    for (const columns of this.segments) {
      for (let at = 0; at < sizeOf(columns); at++) {
        yield {
          account: accountAt(columns, at),
          createdAt: isTold(columns, at) ? columns.bornAt[at]! : undefined,
          lastUse: columns.lastUse[at]!,
          lastHeard: columns.lastHeard[at]!,
          windowExchanges: columns.exchanges[at]!,
        };
      }
    }
  }
}

/** Columns with some accounts made again, and without those that are forgotten. */
function merged(before: ScreenColumns, changed: readonly Profile[], population: Population): ScreenColumns {
  if (changed.length === 0 && !population.forgot) return before;
  const fresh = [...changed].sort((one, other) => (one.account < other.account ? -1 : 1));
  const to = new ScreenBuilder();
  let next = 0;
  const size = sizeOf(before);
  for (let at = 0; at < size; at++) {
    const account = accountAt(before, at);
    while (next < fresh.length && fresh[next]!.account < account) addProfile(to, fresh[next++]!, population.releases);
    if (fresh[next]?.account === account) addProfile(to, fresh[next++]!, population.releases);
    else if (!population.forgot || population.profiles.has(account)) to.copy(before, at);
  }
  while (next < fresh.length) addProfile(to, fresh[next++]!, population.releases);
  return to.columns();
}
