import { createHash } from 'node:crypto';
import { DAY, HOUR, hourLabel, MINUTE } from '../../../shared/domain/time';
import type { Stores } from '../../../shared/ports';
import { markedHours } from '../../../shared/stores/manifest-store';
import { readRegister, writeRegister } from './fact-register';
import { Population } from './population';

/** What stands of an hour. `marks`: how many chunks it covers; `digest`: of its outputs. */
type Folded = { version: number; marks: number; digest: string; events: number; facts: number };
type Outputs = Folded & { keys: string[] };
type Marked = readonly { hour: number; marks: number }[];
/** A population, and the hours it was made of. */
type Built = { population: Population; absorbed: Map<number, Folded> };

/**
 * An hour sealed so long after its end is taken as it is, although chunks were listed for it since: with many producers some event is
 * always late, and whoever waits for the last waits for ever.
 */
const SETTLED = 10 * MINUTE;
/** Late events that are fewer than this share of their hour wait for the next time the population is built: it reads the whole window. */
const FEW = 0.01;
const REBUILT_AT_LEAST = DAY;

/**
 * Brings a population up to the fold outputs that are done. Outputs of closed hours are absorbed in hour order; when an hour that was
 * absorbed comes out different (late events), the population is built again from the window's outputs: at once for late facts and for
 * many late events, within a day for few. Building may take several calls: until it is done the population before it stands.
 */
export class FoldReader {
  private standing: Built | undefined;
  private building: Built | undefined;
  private registered = Number.NEGATIVE_INFINITY;
  private built = Number.NEGATIVE_INFINITY;
  /** Some absorbed hour has late events that the population lacks. */
  private behind = false;
  private readonly none = new Population();

  constructor(private readonly stores: Pick<Stores, 'archive' | 'features'>) {}

  /** Empty until the window was read for the first time. */
  get population(): Population {
    return this.standing?.population ?? this.none;
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
    const from = now - (windowDays + 1) * DAY;
    const marked = (await markedHours(this.stores.features, from)).filter(({ hour }) => hour + HOUR <= now);
    const isOutdated = this.standing !== undefined && (await this.follow(this.standing, marked, hasTime));
    if (this.standing === undefined || isOutdated || (this.behind && now - this.built >= REBUILT_AT_LEAST))
      this.building ??= await this.begin();
    if (this.building && (await this.build(this.building, marked, hasTime))) {
      this.standing = this.building;
      this.building = undefined;
      this.built = now;
      this.behind = false;
    }
    if (!this.standing) return undefined;
    const { population, absorbed } = this.standing;
    // What was told within the window is in the fold outputs too: the register may be a day behind.
    if (population.told && now - this.registered >= DAY) {
      await writeRegister(this.stores.archive, population);
      this.registered = now;
    }
    return createHash('sha256')
      .update(JSON.stringify([...absorbed].slice(-24 * windowDays).map(([hour, { version, digest }]) => [hour, version, digest])))
      .digest('hex')
      .slice(0, 16);
  }

  /** Takes what was folded since. Answers whether an hour that was taken came out so different that all is to be read again. */
  private async follow({ population, absorbed }: Built, marked: Marked, hasTime: () => boolean): Promise<boolean> {
    let isOutdated = false;
    for (const { hour, marks } of marked) {
      const known = absorbed.get(hour);
      if (known?.marks === marks) continue;
      if (!hasTime()) break;
      const folded = await this.foldedOf(hour, marks);
      if (!folded) {
        // An hour that was read already is read again once it is folded again; a new one is waited for.
        if (known) continue;
        break;
      }
      if (known?.digest === folded.digest) known.marks = folded.marks;
      else if (known && !matters(known, folded)) this.behind = true;
      else if (known || population.span.last >= hour / HOUR) isOutdated = true;
      else await this.take(hour, folded, { population, absorbed });
    }
    return isOutdated;
  }

  private async begin(): Promise<Built> {
    const population = new Population();
    population.restore(await readRegister(this.stores.archive));
    return { population, absorbed: new Map() };
  }

  /** Answers whether all that is folded was read; an hour that came after later ones were read begins it anew. */
  private async build(begun: Built, marked: Marked, hasTime: () => boolean): Promise<boolean> {
    const isPassed = marked.some(({ hour }) => !begun.absorbed.has(hour) && begun.population.span.last >= hour / HOUR);
    const building = isPassed ? await this.begin() : begun;
    this.building = building;
    for (const { hour, marks } of marked) {
      if (building.absorbed.has(hour)) continue;
      if (!hasTime()) return false;
      const folded = await this.foldedOf(hour, marks);
      if (!folded) break;
      await this.take(hour, folded, building);
    }
    return true;
  }

  private async take(hour: number, { keys, ...folded }: Outputs, { population, absorbed }: Built): Promise<void> {
    const outputs: Uint8Array[] = [];
    for (const key of keys) {
      const output = await this.stores.archive.get(key);
      if (!output) throw new Error(`the fold output ${key} is missing from the archive`);
      outputs.push(output);
    }
    for (const output of outputs) population.absorb(hour, output);
    absorbed.set(hour, folded);
  }

  /** Every shard of an hour; undefined while one is missing, or behind the chunks listed (`marks`) and sealed early. */
  private async foldedOf(hour: number, marks: number): Promise<Outputs | undefined> {
    const pk = `F#${hourLabel(hour)}`;
    const plan = await this.stores.features.get(pk, 'PLAN');
    // Chunks that came after the plan was sealed are in the next version: this one is not the whole hour.
    if (!plan || (Number(plan.marks) < marks && Date.parse(String(plan.at)) < hour + HOUR + SETTLED)) return undefined;
    const { items } = await this.stores.features.query({ pk, prefix: 'S#' });
    const done = items.filter((item) => Number(item.version) === Number(plan.version));
    if (done.length < Number(plan.shards)) return undefined;
    const sum = (name: 'events' | 'facts'): number => done.reduce((total, item) => total + Number(item[name]), 0);
    return {
      version: Number(plan.version),
      marks: Number(plan.marks),
      digest: done.map(({ digest }) => String(digest)).join(' '),
      events: sum('events'),
      facts: sum('facts'),
      keys: done.map(({ output }) => String(output)),
    };
  }
}

const matters = (known: Folded, now: Folded): boolean =>
  now.facts !== known.facts || Math.abs(now.events - known.events) >= FEW * Math.max(known.events, 1);
