import { HOUR } from '../../../shared/domain/time';
import { ByteReader } from '../../../shared/formats/bytes';
import { Features } from '../../../shared/formats/features';
import { type FoldOutput, readFoldOutput } from '../../../shared/formats/fold-output';
import type { AccountKey } from '../../../shared/identity/ids';
import { type FactRegister, HALF_HOURS, Profile } from './profile';

/** Everything detection knows, built from fold outputs in hour order. */
export class Population {
  readonly profiles = new Map<AccountKey, Profile>();
  readonly releases = new Map<string, number>();
  /** Accounts changed since the last run. */
  readonly touched = new Set<Profile>();
  /** Whether the provider told us anything since the register was last written. */
  told = false;
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
      for (const profile of this.profiles.values()) profile.roll(this.half - HALF_HOURS);
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
        this.told = true;
      }
      if (row.features.length > 0) {
        this.scratch.clear();
        this.scratch.absorb(new ByteReader(row.features));
        profile.absorb(this.scratch, this.half);
      }
      this.touched.add(profile);
    }
  }

  /** Begins with what was told before the window. */
  restore(registers: readonly FactRegister[]): void {
    for (const register of registers) {
      const profile = new Profile(register.account, register.sealed, register.firstSeen);
      profile.restore(register);
      this.profiles.set(register.account, profile);
    }
  }

  /** Start of the current half window and the newest hour absorbed, hours since the epoch. */
  get span(): { half: number; last: number } {
    return { half: this.half, last: this.lastHour };
  }
}
