import { DAY, HOUR } from '../../../shared/domain/time';
import { ByteReader } from '../../../shared/formats/bytes';
import { Features } from '../../../shared/formats/features';
import { type FoldOutput, readFoldOutput } from '../../../shared/formats/fold-output';
import type { AccountKey } from '../../../shared/identity/ids';
import { HALF_HOURS, Profile } from './profile';
import { Profiles } from './profiles';

/** How long facts of an account are kept that nobody mentions: what the provider told us once holds for years. */
const SILENT_KEPT = 400 * DAY;
/** Longer than an event may be late and a campaign lives on in silence. */
const CLOSED_KEPT = 60 * DAY;

/** Accounts that stand unpacked at the turn of a half window. */
const PACKED_AT_ONCE = 20_000;

/** Everything detection knows, built from fold outputs in hour order. */
export class Population {
  readonly profiles = new Profiles();
  readonly releases = new Map<string, number>();
  /** Accounts changed since the last run. */
  readonly touched = new Set<Profile>();
  /** Accounts that the provider said something of since the last run. */
  private readonly told = new Set<AccountKey>();
  /** Whether what was said of whom since the last run is not known. */
  isReadAnew = true;
  /** Whether an account was forgotten since the last run. */
  forgot = false;
  /** Rows absorbed since it was built or restored. */
  rows = 0;
  /** Start of the current half window, hours since the epoch. */
  private half = Number.NaN;
  private lastHour = Number.NEGATIVE_INFINITY;
  private readonly scratch = new Features();

  /** Adds one (hour, shard). Throws when the hour lies before the window's current half: rebuild instead. */
  absorb(hour: number, bytes: Uint8Array): void {
    this.absorbOutput(hour, readFoldOutput(bytes));
  }

  absorbOutput(hour: number, output: FoldOutput): void {
    const index = hour / HOUR;
    if (Number.isNaN(this.half)) this.half = index - (index % HALF_HOURS);
    while (index >= this.half + HALF_HOURS) {
      this.half += HALF_HOURS;
      this.turn();
    }
    this.lastHour = Math.max(this.lastHour, index);
    for (const { model, at } of output.releases) if (!this.releases.has(model)) this.releases.set(model, at);
    for (const row of output.rows) {
      let profile = this.profiles.get(row.account);
      if (!profile) {
        profile = new Profile(row.account, row.sealed, hour);
        this.profiles.set(row.account, profile);
      }
      if (row.facts.length > 0) {
        profile.learn(row.facts);
        this.told.add(row.account);
      }
      if (row.features.length > 0) {
        this.scratch.clear();
        this.scratch.absorb(new ByteReader(row.features));
        profile.absorb(this.scratch, this.half);
      }
      this.touched.add(profile);
    }
    this.rows += output.rows.length;
    if (this.packs) this.rest();
  }

  /**
   * The turn of a half window. Whoever was closed by the provider, or not heard of, for so long is forgotten, and known again by the
   * next word.
   */
  private turn(): void {
    const now = this.half * HOUR;
    let since = 0;
    for (const account of [...this.profiles.accounts()]) {
      const profile = this.profiles.get(account)!;
      profile.roll(this.half - HALF_HOURS);
      this.touched.add(profile);
      const silent = now - profile.lastHeard;
      if (silent > (profile.facts.standing === 'closed' ? CLOSED_KEPT : SILENT_KEPT)) {
        this.profiles.delete(account);
        this.touched.delete(profile);
        this.forgot = true;
      }
      if (this.packs && ++since % PACKED_AT_ONCE === 0) this.rest();
    }
  }

  /** Packs all that is at work, from here on after each hour; those that changed are known by name. */
  rest(): void {
    this.packs = true;
    for (const { account } of this.touched) this.changed.add(account);
    this.touched.clear();
    this.profiles.pack();
  }
  private packs = false;
  /** Accounts that changed since the last run and were packed since. */
  readonly changed = new Set<AccountKey>();

  /** Those that changed since the last run, unpacked. */
  *changes(): IterableIterator<Profile> {
    for (const account of this.changed) {
      const profile = this.profiles.get(account);
      if (profile && !this.touched.has(profile)) yield profile;
    }
    yield* this.touched;
  }

  /** Whether the provider may have said something of an account since the last run. */
  wasTold(account: AccountKey): boolean {
    return this.isReadAnew || this.told.has(account);
  }

  /** A run took notice of what changed. */
  noticed(): void {
    this.touched.clear();
    this.changed.clear();
    this.told.clear();
    this.isReadAnew = false;
    this.forgot = false;
  }

  /** Begins as another stood after an hour; its accounts come by `restore`. */
  begin({ half, last, releases }: { half: number; last: number; releases: readonly (readonly [string, number])[] }): void {
    for (const [model, at] of releases) this.releases.set(model, at);
    this.half = half;
    this.lastHour = last;
  }

  restore(profiles: Iterable<Profile>): void {
    for (const profile of profiles) this.profiles.set(profile.account, profile);
  }

  /** Of a population that rests packed. */
  restorePacked(accounts: Iterable<{ account: AccountKey; packed: Uint8Array }>): void {
    for (const { account, packed } of accounts) this.profiles.setPacked(account, packed);
    this.rest();
  }

  get size(): number {
    return this.profiles.size;
  }

  /** Start of the current half window and the newest hour absorbed, hours since the epoch. */
  get span(): { half: number; last: number } {
    return { half: this.half, last: this.lastHour };
  }
}
