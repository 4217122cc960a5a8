import { HOUR } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import type { ObjectStore } from '../../../shared/ports';
import type { Accounts } from '../profiles/accounts';
import { type Checkpoints, type Folded, type Head, segmentsFor } from '../profiles/checkpoints';
import type { PackedProfiles } from '../profiles/profiles';
import type { Glance } from '../risk-tier';
import { accountAt } from '../screen/columns/screen-columns';
import { Board } from '../screen/tasks/board';
import { type CarryOut, carriedOut, prefixOf, RUNS } from '../tasks/called-task';
import { Questions } from './questions';
import { Absorbed, type Damage, GLANCES, KeptFile, namedIn, type SegmentsGiven } from './segment-objects';
import type { SegmentTask } from './segment-tasks';

/** Objects removed at a time. */
const AT_ONCE = 32;

export type SegmentedPorts = {
  archive: Pick<ObjectStore, 'get' | 'put' | 'delete' | 'list'>;
  /** Carries out tasks side by side; without, they are done here, one segment after another. */
  carryOut?: CarryOut;
  /** Segments; by the number of accounts, where it is not given. */
  segments?: number;
};
/** As it stood in a run: objects below a prefix. */
type Standing = {
  prefix: string;
  board: Board;
  count: number;
  perform: (tasks: readonly SegmentTask[]) => Promise<void>;
  /** Tasks of other kinds, which find what they need under the prefix. */
  elsewhere: ReturnType<typeof carriedOut>;
};

/**
 * A population of which no process holds more than a segment: a checkpoint, and the outputs that were folded since. For each run the segments
 * are absorbed anew, by tasks, from what stands in the archive; what a run asks of accounts are tasks, too. Nothing is kept between two
 * calls but the checkpoint: whatever this remembers can be read again.
 */
export class SegmentedPopulation implements Accounts {
  private readonly queued: SegmentsGiven['hours'] = [];
  private standing: Standing | undefined;
  private found: { accounts: number; rows: number; start: number; releases: [string, number][] };
  private runs = 0;
  private questions: Questions | undefined;
  /** Whether what was said of whom since the last run is not known. */
  isReadAnew = true;

  constructor(
    private base: Head,
    private readonly ports: SegmentedPorts,
  ) {
    this.found = { accounts: base.accounts, rows: 0, start: base.start, releases: base.releases };
  }

  get size(): number {
    return this.found.accounts;
  }

  /** Rows absorbed since the checkpoint. */
  get rows(): number {
    return this.found.rows;
  }

  get releases(): ReadonlyMap<string, number> {
    return new Map(this.found.releases);
  }

  get span(): { start: number; last: number } {
    const queued = this.queued.at(-1);
    return { start: this.found.start, last: queued ? queued.hour / HOUR : this.base.last };
  }

  /** Whether it was brought up to date, and its objects are there. */
  get stands(): boolean {
    return this.standing !== undefined;
  }

  /** Hours that are taken and stand in no checkpoint. */
  get pending(): number {
    return this.queued.length;
  }

  /** Outputs of an hour (ms) behind the last: read when the population is brought up to date. */
  take(hour: number, keys: readonly string[]): void {
    this.queued.push({ hour, keys: [...keys] });
  }

  /** Takes back an hour, and all behind it. */
  takeBack(hour: number): number[] {
    const at = this.queued.findIndex((one) => one.hour >= hour);
    return at < 0 ? [] : this.queued.splice(at).map((one) => one.hour);
  }

  /** Brings every segment up to what was taken, for a run at `now`. What could not be read is answered: then nothing stands. */
  async settle(now: number): Promise<Damage | undefined> {
    await this.forget();
    const { archive, carryOut, segments } = this.ports;
    const count = segments ?? segmentsFor(this.base.accounts);
    let releases = this.base.releases;
    for (;;) {
      const prefix = prefixOf(`run-${new Date(now).toISOString()}.${this.runs++}`);
      const board = new Board(archive, prefix);
      const perform = carriedOut(carryOut, prefix, archive);
      const standing = { prefix, board, count, perform, elsewhere: perform };
      const { start, last, segments: files } = this.base;
      await board.putJson('segments', {
        count,
        base: { start, last, segments: files },
        hours: this.queued,
        releases,
      } satisfies SegmentsGiven);
      await standing.perform(numbered(count).map((at) => ({ step: 'absorb', at })));
      const made: Absorbed[] = [];
      for (let s = 0; s < count; s++) made.push(Absorbed.parse(await board.getJson(`absorbed/${s}`)));
      this.standing = standing;
      const damaged = firstDamage(made);
      if (damaged) {
        await this.forget();
        return damaged;
      }
      const met = releasesIn(this.base.releases, made);
      const absorbed = made.filter((one) => one.kind === 'absorbed');
      const sum = (of: 'accounts' | 'rows'): number => absorbed.reduce((total, one) => total + one[of], 0);
      this.found = { accounts: sum('accounts'), rows: sum('rows'), start: absorbed[0]!.start, releases: met };
      // A model was met for the first time: columns say who took it up at once, so they are made once more.
      if (met.length === releases.length) break;
      releases = met;
      await this.forget();
    }
    return undefined;
  }

  /** Keeps it as a checkpoint, from which it goes on. */
  async keep(
    { built, absorbed }: { built: number; absorbed: ReadonlyMap<number, Folded> },
    whole: boolean,
    checkpoints: Pick<Checkpoints, 'saveHead'>,
  ): Promise<Head> {
    const { board, count, perform } = this.run;
    await perform(numbered(count).map((at) => ({ step: 'keep', at })));
    const segments: Head['segments'] = [];
    for (let s = 0; s < count; s++) segments.push(KeptFile.parse(await board.getJson(`kept/${s}`)));
    const { start, last } = this.span;
    const { accounts, releases } = this.found;
    this.base = await checkpoints.saveHead({ whole, last, start, built, releases, accounts, segments }, absorbed);
    this.queued.length = 0;
    this.found = { ...this.found, rows: 0 };
    return this.base;
  }

  some(accounts: readonly AccountKey[]): Promise<PackedProfiles> {
    return this.asked.some(accounts);
  }

  told(accounts: readonly AccountKey[]): Promise<PackedProfiles> {
    return this.isReadAnew ? this.asked.some(accounts) : this.asked.told(accounts);
  }

  async *glances(): AsyncIterable<Iterable<Glance>> {
    const { board, count } = this.run;
    for (let s = 0; s < count; s++) {
      const { names, createdAt, lastUse, lastHeard, exchanges } = await board.get(`glances/${s}`, GLANCES);
      yield Array.from({ length: namedIn({ names }) }, (_, at) => ({
        account: accountAt({ names }, at),
        createdAt: Number.isNaN(createdAt[at]) ? undefined : createdAt[at]!,
        lastUse: lastUse[at]!,
        lastHeard: lastHeard[at]!,
        windowExchanges: exchanges[at]!,
      }));
    }
  }

  /** The run whose objects stand. Throws where there is none: `settle` first. */
  get run(): Standing {
    if (!this.standing) throw new Error('a population that is kept by segment was asked before it was brought up to date');
    return this.standing;
  }

  /** A run took notice of what changed. */
  async noticed(): Promise<void> {
    this.isReadAnew = false;
    await this.forget();
  }

  /** Objects of runs go, of those too that were killed: one call at a time detects. */
  private async forget(): Promise<void> {
    this.standing = undefined;
    this.questions = undefined;
    const keys: string[] = [];
    for await (const key of this.ports.archive.list(RUNS)) keys.push(key);
    await inBatches(keys, AT_ONCE, (key) => this.ports.archive.delete(key));
  }

  /** Throws as `run`. */
  get asked(): Questions {
    const { board, count, perform } = this.run;
    this.questions ??= new Questions(board, count, perform);
    return this.questions;
  }
}

export const numbered = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** A file of the checkpoint before any output; of outputs that of the earliest hour. */
function firstDamage(made: readonly Absorbed[]): Damage | undefined {
  const damaged = made.filter((one) => one.kind === 'damaged');
  return damaged.find(({ isBase }) => isBase) ?? damaged.sort((one, other) => one.hour - other.hour)[0];
}

/** In the order in which one process would have met them. */
function releasesIn(known: readonly [string, number][], made: readonly Absorbed[]): [string, number][] {
  const releases = new Map(known);
  const met = made.flatMap((one) => (one.kind === 'absorbed' ? one.releases : []));
  met.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
  for (const [, , , model, at] of met) if (!releases.has(model)) releases.set(model, at);
  return [...releases];
}
