import { ByteReader } from '../../../shared/formats/bytes';
import type { AccountKey } from '../../../shared/identity/ids';
import { readProfile } from '../profiles/profile-codec';
import type { About, ScreenedPopulation, Trait } from '../screen/screened';
import { batchesOf } from '../screen/units';
import { accountsOf, membersOf, type UnitJudges } from './judge-units';
import { type Among, type JudgedUnit, type Look, type Part, type Settling, type Tests, UnitJudge, type UnitRules } from './unit-judge';

/** Accounts whose traits are counted in one reading of everybody's columns: some hundred bytes each. Changes nothing that is found. */
export const COUNTED_AT_ONCE = 500_000;

export type HereGiven = {
  screening: Pick<ScreenedPopulation, 'about' | 'sample'>;
  rules: UnitRules;
  marks: (account: AccountKey) => number;
  /** Counted although nobody of a part need hold it. */
  besides: readonly Trait[];
  countedAtOnce?: number;
};

/** Judges parts one after the other: profiles of one and of a sample of the reference are in memory, and are let go when the next comes. */
export class JudgedHere<T> implements UnitJudges<T> {
  private judge: Promise<UnitJudge> | undefined;

  constructor(
    private readonly given: HereGiven,
    private readonly make: (unit: JudgedUnit) => T,
  ) {}

  async askers(accounts: readonly AccountKey[]): Promise<readonly AccountKey[]> {
    const judge = await this.judging();
    // Who asks is read off profiles alone.
    return judge.askers(accounts, this.among(await this.given.screening.about([], [], accounts)));
  }

  async *look(parts: readonly Part[]): AsyncIterable<Look<T>> {
    const judge = await this.judging();
    for await (const { part, among } of this.counted(parts)) yield judge.look(part, among, this.make);
  }

  async isAnyByContent(accounts: readonly AccountKey[]): Promise<boolean> {
    const judge = await this.judging();
    return judge.isAnyByContent(accounts, this.among(await this.given.screening.about(accounts)));
  }

  async *tests(parts: readonly Part[], popular: Settling['popular']): AsyncIterable<Tests> {
    const judge = await this.judging();
    for await (const { part, among } of this.counted(parts)) yield judge.tests(part, among, { upTo: -1, popular });
  }

  async *settle(parts: readonly Part[], settling: Settling): AsyncIterable<T> {
    const judge = await this.judging();
    for await (const { part, among } of this.counted(parts)) yield judge.settle(part, among, settling, this.make);
  }

  async end(): Promise<void> {
    this.judge = undefined;
  }

  private async *counted(parts: readonly Part[]): AsyncIterable<{ part: Part; among: Among }> {
    const { screening, besides, countedAtOnce = COUNTED_AT_ONCE } = this.given;
    for (const batch of batchesOf(parts, countedAtOnce)) {
      const among = this.among(await screening.about(accountsOf(batch), besides, membersOf(batch)));
      for (const part of batch) yield { part, among };
    }
  }

  private among({ profiles, counted }: About): Among {
    return { profiles, marks: this.given.marks, counted };
  }

  /** With what the reference does, which is read once. */
  private judging(): Promise<UnitJudge> {
    this.judge ??= this.begun();
    return this.judge;
  }

  private async begun(): Promise<UnitJudge> {
    const { screening, rules } = this.given;
    return new UnitJudge(
      rules,
      (await screening.sample()).map((packed) => readProfile(new ByteReader(packed))),
    );
  }
}
