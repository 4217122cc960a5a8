import { DAY, HOUR } from '../../../shared/domain/time';
import { ByteReader } from '../../../shared/formats/bytes';
import { Features } from '../../../shared/formats/features';
import { type FoldOutput, readFoldOutput } from '../../../shared/formats/fold-output';
import type { AccountKey } from '../../../shared/identity/ids';
import { Profile, WINDOW_HOURS } from './profile';
import { Profiles } from './profiles';

/** How long facts of an account are kept that nobody mentions: what the provider told us once holds for years. */
const SILENT_KEPT = 400 * DAY;
/** Longer than an event may be late and a campaign lives on in silence. */
const CLOSED_KEPT = 60 * DAY;

/** Accounts that stand unpacked while the window moves on. */
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
  /** First hour of the window, since the epoch: of the day that goes on and the thirteen before it. */
  private start = Number.NaN;
  private lastHour = Number.NEGATIVE_INFINITY;
  private readonly scratch = new Features();

  /** Adds one (hour, shard). Hours come in order: of one that was passed it is built again. */
  absorb(hour: number, bytes: Uint8Array): void {
    this.absorbOutput(hour, readFoldOutput(bytes));
  }

  absorbOutput(hour: number, output: FoldOutput): void {
    const index = hour / HOUR;
    const begins = index - (index % 24) + 24 - WINDOW_HOURS;
    if (Number.isNaN(this.start)) this.start = begins;
    if (begins > this.start) this.moveOn(begins);
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
        profile.absorb(this.scratch, this.start);
      }
      this.touched.add(profile);
    }
    this.rows += output.rows.length;
    if (this.packs) this.rest();
  }

  /**
   * A day ends. Whoever was closed by the provider, or not heard of, for so long is forgotten, and known again by the next word.
   */
  private moveOn(start: number): void {
    const days = (start - this.start) / 24;
    this.start = start;
    const now = (start + WINDOW_HOURS - 24) * HOUR;
    let since = 0;
    for (const account of [...this.profiles.accounts()]) {
      const profile = this.profiles.peek(account)!;
      const silent = now - profile.lastHeard;
      if (silent > (profile.facts.standing === 'closed' ? CLOSED_KEPT : SILENT_KEPT)) {
        this.profiles.delete(account);
        this.touched.delete(profile);
        this.forgot = true;
        continue;
      }
      if (profile.isIdle) continue;
      this.profiles.set(account, profile);
      if (profile.roll(start, days)) this.touched.add(profile);
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
  begin({ start, last, releases }: { start: number; last: number; releases: readonly (readonly [string, number])[] }): void {
    for (const [model, at] of releases) this.releases.set(model, at);
    this.start = start;
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

  /** First hour of the window and the newest hour absorbed, since the epoch. */
  get span(): { start: number; last: number } {
    return { start: this.start, last: this.lastHour };
  }
}
