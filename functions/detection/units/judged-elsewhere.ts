import type { z } from 'zod';
import type { AccountKey } from '../../../shared/identity/ids';
import type { About, ScreenedPopulation } from '../screen/screened';
import type { Board } from '../screen/tasks/board';
import { batchesOf } from '../screen/units';
import type { TraitIds } from '../traits/trait-ids';
import { TRAIT_NAMES } from '../traits/traits';
import { accountsOf, membersOf, type UnitJudges } from './judge-units';
import { COUNTED_AT_ONCE, type HereGiven, JudgedHere } from './judged-here';
import { type SettledUnit, settled, type Tracking } from './settled';
import type { Look, Part, Settling, Tests } from './unit-judge';
import { BATCH, batchOf, MADE, PACKED, packedOf, type RulesObject, type SettlingObject } from './unit-objects';
import type { UnitStep, UnitTask } from './unit-tasks';

/** Accounts of a batch, about: half a minute of judging, and a hundred megabytes with their profiles. Changes nothing that is found. */
const BATCH_OF = 50_000;
/** Accounts of one part that a function judges, at most: with their profiles and an index of them some 25 KB each. */
const ELSEWHERE_AT_MOST = 60_000;

export type ElsewhereGiven = Omit<HereGiven, 'screening'> & {
  screening: Pick<ScreenedPopulation, 'about' | 'sample' | 'census' | 'together'>;
  tracking: Tracking;
  batchOf?: number;
  elsewhereAtMost?: number;
};

/**
 * Has functions judge parts, in batches of whole parts: each a task that finds profiles, counts and campaigns in its object, and leaves what it
 * made. Here one batch at a time is in memory. A part of too many accounts for a function is judged here.
 */
export class JudgedElsewhere implements UnitJudges<SettledUnit> {
  private readonly here: JudgedHere<SettledUnit>;
  private begun: Promise<void> | undefined;

  /** `elsewhere`: carries out tasks of one step in any order, and returns when each of them has ended well. */
  constructor(
    private readonly given: ElsewhereGiven,
    private readonly board: Board,
    private readonly elsewhere: (tasks: readonly UnitTask[]) => Promise<void>,
  ) {
    const { rules, tracking } = given;
    this.here = new JudgedHere(given, (unit) => settled(unit, rules.policy, tracking));
  }

  async askers(accounts: readonly AccountKey[]): Promise<readonly AccountKey[]> {
    return accounts.length > this.atMost ? this.here.askers(accounts) : this.one('ask', accounts);
  }

  isAnyByContent(accounts: readonly AccountKey[]): Promise<boolean> {
    return accounts.length > this.atMost ? this.here.isAnyByContent(accounts) : this.one('content', accounts);
  }

  look(parts: readonly Part[]): AsyncIterable<Look<SettledUnit>> {
    return this.carried('look', parts, (some) => this.here.look(some));
  }

  tests(parts: readonly Part[], popular: TraitIds): AsyncIterable<Tests> {
    return this.carried('test', parts, (some) => this.here.tests(some, popular), { upTo: -1, popular });
  }

  settle(parts: readonly Part[], settling: Settling): AsyncIterable<SettledUnit> {
    return this.carried('settle', parts, (some) => this.here.settle(some, settling), settling);
  }

  async end(): Promise<void> {
    await this.board.remove(['units/rules', 'units/sample']);
  }

  private get atMost(): number {
    return this.given.elsewhereAtMost ?? ELSEWHERE_AT_MOST;
  }

  /** A step of one batch of one part. */
  private async one<S extends 'ask' | 'content'>(step: S, accounts: readonly AccountKey[]): Promise<z.infer<(typeof MADE)[S]>> {
    await this.begin();
    const part = { accounts: [...accounts], guests: [], campaigns: [], byContent: false, isVisiting: false };
    // Who asks is read off profiles alone.
    const about = await this.given.screening.about(step === 'ask' ? [] : accounts, [], accounts);
    await this.write(step, 0, [part], about);
    await this.elsewhere([{ step, at: 0 }]);
    return this.taken(step, 0);
  }

  private async *carried<S extends 'look' | 'test' | 'settle'>(
    step: S,
    parts: readonly Part[],
    here: (parts: readonly Part[]) => AsyncIterable<z.infer<(typeof MADE)[S]>[number]>,
    settling?: Settling,
  ): AsyncIterable<z.infer<(typeof MADE)[S]>[number]> {
    if (parts.length === 0) return;
    await this.begin();
    if (settling) await this.board.putJson(`units/${step}/settling`, settlingObject(settling));
    const { screening, besides, countedAtOnce = COUNTED_AT_ONCE, batchOf: size = BATCH_OF } = this.given;
    const batches: { parts: readonly Part[]; isHere: boolean }[] = [];
    for (const counting of batchesOf(parts, countedAtOnce)) {
      const about = await screening.about(accountsOf(counting), besides, membersOf(counting));
      for (const batch of batchesOf(counting, Math.min(size, this.atMost))) {
        const isHere = batch.length === 1 && batch[0]!.accounts.length + batch[0]!.guests.length > this.atMost;
        if (!isHere) await this.write(step, batches.length, batch, about);
        batches.push({ parts: batch, isHere });
      }
    }
    const tasks = batches.flatMap(({ isHere }, at) => (isHere ? [] : [{ step, at }]));
    if (tasks.length > 0) await this.elsewhere(tasks);
    for (const [at, batch] of batches.entries()) {
      if (batch.isHere) yield* here(batch.parts);
      else yield* await this.taken(step, at);
    }
    if (settling) await this.board.remove([`units/${step}/settling`]);
  }

  /** What all tasks of the run share. */
  private begin(): Promise<void> {
    this.begun ??= this.writeShared();
    return this.begun;
  }

  private async writeShared(): Promise<void> {
    const { screening, rules, tracking } = this.given;
    const { size, referenceSize, signupsPerDay } = screening.census;
    await this.board.putJson('units/rules', {
      policy: rules.policy,
      now: rules.now,
      releases: [...rules.releases],
      operators: [...rules.operators],
      returning: rules.returning.map(({ id, size, indicators }) => ({ id, size, indicators: [...indicators] })),
      tracking: { start: tracking.start, provenance: tracking.provenance, names: [...tracking.names] },
      census: {
        size,
        referenceSize,
        signupsPerDay: [...signupsPerDay],
        together: TRAIT_NAMES.map((_, type) => screening.together[type] ?? 0),
      },
    } satisfies RulesObject);
    await this.board.put('units/sample', PACKED, packedOf(await screening.sample()));
  }

  private async write(step: UnitStep, at: number, parts: readonly Part[], { profiles, counted, shared }: About): Promise<void> {
    const { marks, besides } = this.given;
    const held = await shared(step === 'ask' ? [] : accountsOf(parts));
    for (const { type, hash } of besides) held.of(type, hash);
    await this.board.put(`units/${step}/${at}`, BATCH, batchOf(parts, profiles, marks, counted, held));
  }

  private async taken<S extends UnitStep>(step: S, at: number): Promise<z.infer<(typeof MADE)[S]>> {
    const made = MADE[step].parse(await this.board.getJson(`units/${step}/made/${at}`)) as z.infer<(typeof MADE)[S]>;
    await this.board.remove([`units/${step}/${at}`, `units/${step}/made/${at}`]);
    return made;
  }
}

const settlingObject = ({ upTo, popular }: Settling): z.infer<typeof SettlingObject> => ({
  upTo,
  popular: Array.from(popular.hashes.subarray(0, popular.size), (hash, id) => [popular.types[id]!, hash]),
});
