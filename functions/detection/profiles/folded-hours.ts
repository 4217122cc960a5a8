import { HOUR, hourLabel, MINUTE } from '../../../shared/domain/time';
import type { Stores } from '../../../shared/ports';
import { foldedAgain } from '../../../shared/stores/archive/manifest-store';
import type { Folded } from './checkpoints';

/** What stands of an hour, and its outputs in the archive, always in one order. */
export type Outputs = Folded & { keys: string[] };

/**
 * An hour sealed so long after its end is taken as it is, although chunks were listed for it since: with many producers some event is
 * always late, and whoever waits for the last waits for ever.
 */
const PLAN_SETTLES_AFTER = 10 * MINUTE;

/** Hours as they are folded: the rows in which the fold says how far it is. */
export class FoldedHours {
  constructor(private readonly features: Stores['features']) {}

  /** Has an hour folded again from its chunks. */
  async again(hour: number): Promise<void> {
    const current = await this.features.get(`F#${hourLabel(hour)}`, 'PLAN');
    if (!current || Number(current.marks) < 0) return;
    await this.features.put(foldedAgain(current), { kind: 'equals', attribute: 'version', value: Number(current.version) });
  }

  /** Every shard of an hour; undefined while one is missing, or behind the chunks listed (`marks`) and sealed early. */
  async of(hour: number, marks: number): Promise<Outputs | undefined> {
    const pk = `F#${hourLabel(hour)}`;
    const plan = await this.features.get(pk, 'PLAN');
    // Chunks that came after the plan was sealed are in the next version: this one is not the whole hour.
    if (!plan || (Number(plan.marks) < marks && Date.parse(String(plan.at)) < hour + HOUR + PLAN_SETTLES_AFTER)) return undefined;
    const { items } = await this.features.query({ pk, prefix: 'S#' });
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
