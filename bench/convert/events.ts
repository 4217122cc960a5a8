import type { z } from 'zod';
import type { AccountData, UsageData } from '../../shared/contract/event';
import { HOUR, hourOf, iso } from '../../shared/domain/time';
import type { Truth } from '../../simulator/simulate';
import type { Source } from '../eval/worlds';

/** Events of the contract made from recorded data. */
export type Timed = { readonly at: number; readonly line: string };
type UsageInput = z.input<typeof UsageData>;

const envelope = (type: string, source: string, id: string, at: number, subject: string, data: AccountData | UsageInput): Timed => ({
  at,
  line: JSON.stringify({ specversion: '1.0', type, source, id, time: iso(at), subject, data }),
});
export const usage = (source: string, id: string, at: number, subject: string, data: UsageInput): Timed =>
  envelope('lockstep.usage.v1', source, id, at, subject, data);
export const account = (source: string, id: string, at: number, subject: string, data: AccountData): Timed =>
  envelope('lockstep.account.v1', source, id, at, subject, data);

/** A source over events that fit into memory, in any order. */
export const sourceOf = (name: string, seed: number, events: readonly Timed[], truths: readonly Truth[]): Source => {
  const sorted = [...events].sort((x, y) => x.at - y.at);
  const start = hourOf(sorted[0]?.at ?? 0);
  const hours = Math.floor(((sorted.at(-1)?.at ?? start) - start) / HOUR) + 1;
  return {
    name,
    seed,
    start,
    hours,
    plans: [],
    async *lines() {
      let next = 0;
      for (let hour = 0; hour < hours; hour++) {
        const first = next;
        while (next < sorted.length && sorted[next]!.at < start + (hour + 1) * HOUR) next++;
        yield sorted.slice(first, next).map((event) => event.line);
      }
    },
    truth: () => truths,
  };
};
