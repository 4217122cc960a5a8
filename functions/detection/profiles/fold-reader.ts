import { createHash } from 'node:crypto';
import { DAY, HOUR } from '../../../shared/domain/time';
import { type FoldOutput, readFoldOutput } from '../../../shared/formats/fold-output';
import type { Stores } from '../../../shared/ports';
import { ErasureStore } from '../../../shared/stores/archive/erasure-store';
import { markedHours } from '../../../shared/stores/archive/manifest-store';
import { SegmentedPopulation, type SegmentedPorts } from '../segments/segmented-population';
import { Checkpoints, type Folded, type Head } from './checkpoints';
import { FoldedHours, type Outputs } from './folded-hours';
import { Population } from './population';

/** A population, the hours it was made of, and when it was begun (ms). */
type Stand = { population: Population | SegmentedPopulation; absorbed: Map<number, Folded>; built: number };
type Marked = readonly { hour: number; marks: number }[];
/** Late events that are fewer than this share of their hour wait for the next time the population is built: it reads the whole window. */
const CHANGED_SHARE = 0.01;
const REBUILT_AT_LEAST = DAY;

/**
 * A checkpoint is written once so many rows were read for each account in it, and once a day. To write an account takes some fourteen
 * times as long as to read a row of it (docs/benchmarks.md): with a new process each hour the two together cost least at five or six.
 */
const ROWS_AN_ACCOUNT = 6;
const CHECKPOINT_AFTER = DAY;
/** Hours that a population which is kept by segment absorbs in one step: a task has minutes for it. */
const HOURS_A_STEP = 24;

export type ReaderLimits = {
  /** A population of more accounts rests packed. */
  packedAbove?: number;
  /** One of more is kept by segment: no process holds it. */
  heldAtMost?: number;
};

/**
 * Brings a population up to the fold outputs that are done. It begins with the newest checkpoint, whoever wrote it, so any call can be the
 * first. Outputs of closed hours are absorbed in hour order; when an hour that was absorbed comes out different (late events), the
 * population is built again from the last checkpoint before that hour: at once for late facts and for many late events, within a day for
 * few. Where time ends first, a checkpoint is written and the next call, in whatever process, goes on; until then the population before
 * it stands.
 */
export class FoldReader {
  private standing: Stand | undefined;
  private building: Stand | undefined;
  private saved: Head | undefined;
  /** Some absorbed hour has late events that the population lacks. */
  private behind = false;
  private readonly none = new Population();
  private readonly checkpoints: Checkpoints;
  private readonly folded: FoldedHours;
  /** What was found damaged or missing in the last call. */
  damaged: string[] = [];

  private readonly packedAbove: number;
  private readonly heldAtMost: number;
  /** Files of checkpoints that were found damaged or missing. */
  private readonly lost = new Set<string>();
  private now = 0;

  /** `segmented`: how tasks of a population that is kept by segment are carried out. */
  constructor(
    private readonly stores: Pick<Stores, 'archive' | 'features'>,
    { packedAbove = Number.POSITIVE_INFINITY, heldAtMost = Number.POSITIVE_INFINITY }: ReaderLimits = {},
    private readonly segmented: Omit<SegmentedPorts, 'archive'> = {},
  ) {
    this.packedAbove = packedAbove;
    this.heldAtMost = heldAtMost;
    this.checkpoints = new Checkpoints(stores.archive);
    this.folded = new FoldedHours(stores.features);
  }

  /** Empty until the window was read for the first time, and where the population is kept by segment. */
  get population(): Population {
    const population = this.standing?.population;
    return population instanceof Population ? population : this.none;
  }

  /** Where no process holds it. */
  get bySegment(): SegmentedPopulation | undefined {
    const population = this.standing?.population;
    return population instanceof SegmentedPopulation ? population : undefined;
  }

  /** Hours read so far. */
  get hours(): number {
    return (this.standing ?? this.building)?.absorbed.size ?? 0;
  }

  /**
   * Answers a digest of the input, which version of which hour; `undefined` when there was no time to read the whole window yet: the
   * next call goes on.
   */
  async catchUp(now: number, windowDays: number, hasTime: () => boolean = () => true): Promise<string | undefined> {
    this.damaged = [];
    this.now = now;
    await this.forgetErased();
    for (;;) {
      await this.read(now, windowDays, hasTime);
      if (!this.standing) return undefined;
      if (await this.settled(this.standing)) break;
      // It went on from a checkpoint that is damaged: from the one before, then.
      this.standing = undefined;
      this.building = undefined;
    }
    return createHash('sha256')
      .update(
        JSON.stringify(
          [...this.standing.absorbed]
            .filter(([hour]) => hour > now - windowDays * DAY)
            .sort(([one], [other]) => one - other)
            .map(([hour, { version, digest }]) => [hour, version, digest]),
        ),
      )
      .digest('hex')
      .slice(0, 16);
  }

  private async read(now: number, windowDays: number, hasTime: () => boolean): Promise<void> {
    const from = now - (windowDays + 1) * DAY;
    const marked = (await markedHours(this.stores.features, from)).filter(({ hour }) => hour + HOUR <= now);
    this.standing ??= await this.newest();
    const isOutdated = this.standing !== undefined && (await this.follow(this.standing, marked, hasTime));
    const isOverdue = this.standing !== undefined && this.behind && now - this.standing.built >= REBUILT_AT_LEAST;
    if (this.standing === undefined || isOutdated || isOverdue) this.building ??= await this.begin(marked, now);
    if (this.building) {
      if (await this.build(this.building, marked, now, hasTime)) {
        this.standing = this.building;
        this.building = undefined;
        this.behind = false;
        this.saved = undefined;
      } else await this.save(this.building, false);
    }
  }

  /** Somebody's data was erased since this process began to read: what it holds may have them; the archive has not. */
  private async forgetErased(): Promise<void> {
    let last = 0;
    for (const { forgottenAt } of (await new ErasureStore(this.stores.features).all()).values()) last = Math.max(last, forgottenAt);
    if (last > this.forgottenAt) {
      this.standing = undefined;
      this.building = undefined;
      this.saved = undefined;
    }
    this.forgottenAt = Math.max(last, this.forgottenAt);
  }
  private forgottenAt = 0;

  /**
   * Keeps what was read, if enough was since it was kept last (or in any case): after it was judged, so that nothing is lost between
   * the two.
   */
  async checkpoint(anyway = false): Promise<void> {
    if (!this.standing || !(anyway || this.isDue(this.standing))) return;
    await this.save(this.standing, true);
    // What is being read anew goes on from checkpoints of earlier hours.
    if (!this.building) await this.checkpoints.prune();
  }

  private isDue({ population }: Stand): boolean {
    const { last } = population.span;
    if (!Number.isFinite(last) || population.rows === 0) return false;
    if (!this.saved) return true;
    return population.rows >= ROWS_AN_ACCOUNT * population.size || (last - this.saved.last) * HOUR >= CHECKPOINT_AFTER;
  }

  private async save(stand: Stand, whole: boolean): Promise<void> {
    const { population } = stand;
    if (!Number.isFinite(population.span.last)) return;
    if (population instanceof SegmentedPopulation) {
      if (!(population.stands || (await this.settled(stand)))) return;
      const head = await population.keep(stand, whole, this.checkpoints);
      if (whole) this.saved = head;
      return;
    }
    const head = await this.checkpoints.save({ ...stand, population }, whole);
    if (whole) this.saved = head;
    population.rows = 0;
  }

  /** Has a population that is kept by segment absorb what was taken. Answers whether it stands: not where its checkpoint is damaged. */
  private async settled({ population, absorbed }: Stand): Promise<boolean> {
    if (!(population instanceof SegmentedPopulation)) return true;
    for (;;) {
      const damage = await population.settle(this.now);
      if (!damage) return true;
      const { key, isMissing, isBase, hour } = damage;
      this.damaged.push(`${key} is ${isMissing ? 'missing' : 'damaged'}`);
      if (isBase) {
        this.lost.add(key);
        return false;
      }
      await this.folded.again(hour);
      for (const one of population.takeBack(hour)) absorbed.delete(one);
    }
  }

  private async restored(head: Head, damaged: (what: string) => void): Promise<Stand | undefined> {
    if (head.segments.some(({ key }) => this.lost.has(key))) return undefined;
    if (head.accounts <= this.heldAtMost) return this.checkpoints.restore(head, damaged, this.packedAbove);
    return { population: this.segmentedFrom(head), absorbed: new Map(head.absorbed), built: head.built };
  }

  private segmentedFrom(head: Head): SegmentedPopulation {
    return new SegmentedPopulation(head, { archive: this.stores.archive, ...this.segmented });
  }

  /** As a call before this one left it, in whatever process. */
  private async newest(): Promise<Stand | undefined> {
    const damaged = (what: string): void => void this.damaged.push(what);
    for await (const head of this.checkpoints.heads(damaged)) {
      const restored = head.whole ? await this.restored(head, damaged) : undefined;
      if (!restored) continue;
      restored.population.isReadAnew = false;
      this.saved = head;
      return restored;
    }
    return undefined;
  }

  /** Takes what was folded since. Answers whether an hour that was taken came out so different that all is to be read again. */
  private async follow(stand: Stand, marked: Marked, hasTime: () => boolean): Promise<boolean> {
    const { absorbed } = stand;
    let isOutdated = false;
    for (const { hour, marks } of marked) {
      const known = absorbed.get(hour);
      if (known?.marks === marks) continue;
      if (!known && !hasTime()) break;
      const folded = await this.folded.of(hour, marks);
      if (!folded) {
        // An hour that was read already is read again once it is folded again; a new one is waited for.
        if (known) continue;
        break;
      }
      if (known?.digest === folded.digest) known.marks = folded.marks;
      else if (known && !matters(known, folded)) this.behind = true;
      else if (known || stand.population.span.last >= hour / HOUR) isOutdated = true;
      else if (!(await this.take(hour, folded, stand))) break;
    }
    return isOutdated;
  }

  /** The newest checkpoint, of a whole reading or of a part, that has every hour exactly as it is folded now; or nothing. */
  private async begin(marked: Marked, now: number): Promise<Stand> {
    const damaged = (what: string): void => void this.damaged.push(what);
    const folded = new Map<number, Outputs | undefined>();
    for await (const head of this.checkpoints.heads(damaged)) {
      const known = new Map(head.absorbed);
      let fits = true;
      for (const { hour, marks } of marked) {
        if (hour > head.last * HOUR || !fits) break;
        const was = known.get(hour);
        if (was?.marks === marks) continue;
        if (!folded.has(hour)) folded.set(hour, await this.folded.of(hour, marks));
        const is = folded.get(hour);
        // Of an hour that is not folded again yet nothing better is known.
        fits = is === undefined ? was !== undefined : was?.digest === is.digest;
      }
      const restored = fits ? await this.restored(head, damaged) : undefined;
      if (restored) return { ...restored, built: now };
    }
    return { population: new Population(), absorbed: new Map(), built: now };
  }

  /** Answers whether all that is folded was read; an hour that came after later ones were read begins it anew. */
  private async build(begun: Stand, marked: Marked, now: number, hasTime: () => boolean): Promise<boolean> {
    const isPassed = marked.some(({ hour }) => !begun.absorbed.has(hour) && begun.population.span.last >= hour / HOUR);
    const building = isPassed ? await this.begin(marked, now) : begun;
    this.building = building;
    for (const { hour, marks } of marked) {
      if (building.absorbed.has(hour)) continue;
      if (!hasTime()) return false;
      const folded = await this.folded.of(hour, marks);
      if (!folded || !(await this.take(hour, folded, building))) break;
    }
    return true;
  }

  /** Answers whether it could be read. An output that is damaged or missing is named, and its hour is folded again from its chunks. */
  private async take(hour: number, { keys, ...folded }: Outputs, stand: Stand): Promise<boolean> {
    const { population, absorbed } = stand;
    if (population instanceof SegmentedPopulation) {
      if (population.pending >= HOURS_A_STEP) {
        if (!(await this.settled(stand))) return false;
        // An hour of before was damaged: it is folded again first.
        if (population.pending < HOURS_A_STEP) return false;
        await this.save(stand, false);
      }
      population.take(hour, keys);
      absorbed.set(hour, folded);
      return true;
    }
    const outputs: FoldOutput[] = [];
    for (const key of keys) {
      const output = await this.output(key);
      if (!output) {
        await this.folded.again(hour);
        return false;
      }
      outputs.push(output);
    }
    for (const output of outputs) population.absorbOutput(hour, output);
    if (population.size > this.packedAbove) population.rest();
    absorbed.set(hour, folded);
    if (population.size > this.heldAtMost)
      stand.population = this.segmentedFrom(await this.checkpoints.save({ ...stand, population }, false));
    return true;
  }

  private async output(key: string): Promise<FoldOutput | undefined> {
    const bytes = await this.stores.archive.get(key);
    if (!bytes) this.damaged.push(`${key} is missing`);
    else {
      try {
        return readFoldOutput(bytes);
      } catch {
        this.damaged.push(`${key} is damaged`);
      }
    }
    return undefined;
  }
}

const matters = (known: Folded, now: Folded): boolean =>
  now.facts !== known.facts || Math.abs(now.events - known.events) >= CHANGED_SHARE * Math.max(known.events, 1);
