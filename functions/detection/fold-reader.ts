import { createHash } from 'node:crypto';
import { DAY, HOUR, hourLabel } from '../../shared/model/time';
import type { Stores } from '../../shared/ports';
import { markedHours } from '../../shared/stores/manifest-store';
import { readRegister, writeRegister } from './fact-register';
import { Population } from './population';

type Absorbed = { version: number; digest: string };

/**
 * Brings a population up to the fold outputs that are done. Outputs of closed hours are absorbed in hour order; when an
 * hour that was absorbed comes out different (late events), the population is built again from the window's outputs.
 */
export class FoldReader {
  population = new Population();
  private absorbed = new Map<number, Absorbed>();
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
      if (known && this.marks.get(hour) === marks) continue;
      const outputs = await this.outputsOf(hour);
      if (!outputs) break;
      this.marks.set(hour, marks);
      if (known?.digest === outputs.digest) continue;
      if (known || this.population.span.last >= hour / HOUR) {
        rebuild = true;
        break;
      }
      this.take(hour, outputs);
    }
    if (rebuild) await this.rebuild(marked);
    // What was told within the window is in the fold outputs too: the register may be a day behind.
    if (this.population.told && now - this.registered >= DAY) {
      await writeRegister(this.stores.archive, this.population);
      this.registered = now;
    }
    return createHash('sha256')
      .update(JSON.stringify([...this.absorbed].slice(-24 * windowDays)))
      .digest('hex')
      .slice(0, 16);
  }
  private readonly marks = new Map<number, number>();

  private async rebuild(marked: readonly { hour: number; marks: number }[]): Promise<void> {
    const register = await readRegister(this.stores.archive);
    this.population = new Population();
    this.population.restore(register);
    this.absorbed = new Map();
    this.marks.clear();
    for (const { hour, marks } of marked) {
      const outputs = await this.outputsOf(hour);
      if (!outputs) break;
      this.marks.set(hour, marks);
      this.take(hour, outputs);
    }
  }

  private take(hour: number, outputs: { version: number; digest: string; bytes: Uint8Array[] }): void {
    for (const bytes of outputs.bytes) this.population.absorb(hour, bytes);
    this.absorbed.set(hour, { version: outputs.version, digest: outputs.digest });
  }

  /** The outputs of every shard of an hour, or undefined while one is missing. */
  private async outputsOf(hour: number): Promise<{ version: number; digest: string; bytes: Uint8Array[] } | undefined> {
    const pk = `F#${hourLabel(hour)}`;
    const plan = await this.stores.features.get(pk, 'PLAN');
    if (!plan) return undefined;
    const { items } = await this.stores.features.query({ pk, prefix: 'S#' });
    const done = items.filter((item) => Number(item.version) === Number(plan.version));
    if (done.length < Number(plan.shards)) return undefined;
    const hash = createHash('sha256');
    const bytes: Uint8Array[] = [];
    for (const item of done) {
      const output = await this.stores.archive.get(String(item.output));
      if (!output) throw new Error(`the fold output ${String(item.output)} is missing from the archive`);
      hash.update(output);
      bytes.push(output);
    }
    return { version: Number(plan.version), digest: hash.digest('hex').slice(0, 24), bytes };
  }
}
