import { createHash } from 'node:crypto';
import { DAY, HOUR, hourLabel, MINUTE } from '../../shared/model/time';
import type { Stores } from '../../shared/ports';
import { markedHours } from '../../shared/stores/manifest-store';
import { readRegister, writeRegister } from './fact-register';
import { Population } from './population';

/** What stands of an hour. `marks`: how many chunks it covers; `digest`: of its outputs. */
type Folded = { version: number; marks: number; digest: string; events: number; facts: number };
type Outputs = Folded & { keys: string[] };

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
 * many late events, within a day for few.
 */
export class FoldReader {
  population = new Population();
  private absorbed = new Map<number, Folded>();
  private registered = Number.NEGATIVE_INFINITY;

  constructor(private readonly stores: Pick<Stores, 'archive' | 'features'>) {}

  get hours(): number {
    return this.absorbed.size;
  }

  /** Answers a digest of the input: which version of which hour. */
  async catchUp(now: number, windowDays: number): Promise<string> {
    const from = now - (windowDays + 1) * DAY;
    if (this.absorbed.size === 0) this.population.restore(await readRegister(this.stores.archive));
    const marked = (await markedHours(this.stores.features, from)).filter(({ hour }) => hour + HOUR <= now);
    let rebuild = false;
    for (const { hour, marks } of marked) {
      const known = this.absorbed.get(hour);
      if (known?.marks === marks) continue;
      const folded = await this.foldedOf(hour, marks);
      if (!folded) {
        // An hour that was read already is read again once it is folded again; a new one is waited for.
        if (known) continue;
        break;
      }
      if (known?.digest === folded.digest) {
        known.marks = folded.marks;
        continue;
      }
      if (known && !matters(known, folded)) {
        this.behind = true;
        continue;
      }
      if (known || this.population.span.last >= hour / HOUR) {
        rebuild = true;
        break;
      }
      await this.take(hour, folded);
    }
    if (this.built === undefined) this.built = now;
    if (rebuild || (this.behind && now - this.built >= REBUILT_AT_LEAST)) {
      await this.rebuild(marked);
      this.built = now;
      this.behind = false;
    }
    // What was told within the window is in the fold outputs too: the register may be a day behind.
    if (this.population.told && now - this.registered >= DAY) {
      await writeRegister(this.stores.archive, this.population);
      this.registered = now;
    }
    return createHash('sha256')
      .update(JSON.stringify([...this.absorbed].slice(-24 * windowDays).map(([hour, { version, digest }]) => [hour, version, digest])))
      .digest('hex')
      .slice(0, 16);
  }
  private built: number | undefined;
  /** Some absorbed hour has late events that the population lacks. */
  private behind = false;

  private async rebuild(marked: readonly { hour: number; marks: number }[]): Promise<void> {
    const register = await readRegister(this.stores.archive);
    this.population = new Population();
    this.population.restore(register);
    this.absorbed = new Map();
    for (const { hour, marks } of marked) {
      const folded = await this.foldedOf(hour, marks);
      if (!folded) break;
      await this.take(hour, folded);
    }
  }

  private async take(hour: number, { keys, ...folded }: Outputs): Promise<void> {
    const outputs: Uint8Array[] = [];
    for (const key of keys) {
      const output = await this.stores.archive.get(key);
      if (!output) throw new Error(`the fold output ${key} is missing from the archive`);
      outputs.push(output);
    }
    for (const output of outputs) this.population.absorb(hour, output);
    this.absorbed.set(hour, folded);
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
