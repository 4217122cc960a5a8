import { z } from 'zod';
import { checkedJson } from '../../domain/checked';
import { Notice, noticeKey } from '../../domain/notice';
import type { DeadLetterCount, Table } from '../../ports';

const OPEN = 'NOTICES';
const CHANNELS = 'NOTICE-CHANNELS';
const SOURCES = 'NOTICE-SOURCES';
const DEAD_LETTERS = 'DEAD-LETTERS';

/** A situation that lasts: since when, and who was told of it when, by the channel's name. */
const OpenNotice = z.object({ notice: Notice, since: z.number(), told: z.record(z.string(), z.number()) });
export type OpenNotice = z.infer<typeof OpenNotice>;

/** How a channel fared: its last message, and if it failed, since when and why. */
const ChannelState = z.object({ lastAt: z.number(), failing: z.object({ since: z.number(), because: z.string() }).nullable() });
export type ChannelState = z.infer<typeof ChannelState>;

/** When a source was last heard of, and its pauses of more than an hour, [end, length], ms. */
const SourceState = z.object({ latest: z.number(), pauses: z.array(z.tuple([z.number(), z.number()])) });
export type SourceState = z.infer<typeof SourceState>;

/** What people are being told: facts of now, no ledger. One function writes them, one run after another. */
export class NoticeStore {
  constructor(private readonly table: Table) {}

  open(): Promise<OpenNotice[]> {
    return this.all(OPEN, OpenNotice).then((rows) => rows.map(([, row]) => row));
  }

  put(open: OpenNotice): Promise<unknown> {
    return this.table.put({ pk: OPEN, sk: noticeKey(open.notice), row: checkedJson(OpenNotice, open, 'a notice') });
  }

  over({ notice }: OpenNotice): Promise<void> {
    return this.table.delete(OPEN, noticeKey(notice));
  }

  channels(): Promise<Map<string, ChannelState>> {
    return this.all(CHANNELS, ChannelState).then((rows) => new Map(rows));
  }

  putChannel(name: string, state: ChannelState): Promise<unknown> {
    return this.table.put({ pk: CHANNELS, sk: name, row: checkedJson(ChannelState, state, `the channel ${name}`) });
  }

  /** Undefined: nobody looked yet. */
  async sources(): Promise<{ lookedAt: number; sources: Map<string, SourceState> } | undefined> {
    const row = await this.table.get(SOURCES, 'ALL');
    if (!row) return undefined;
    const { lookedAt, sources } = Looked.parse(JSON.parse(String(row.row)));
    return { lookedAt, sources: new Map(Object.entries(sources)) };
  }

  putSources(lookedAt: number, sources: ReadonlyMap<string, SourceState>): Promise<unknown> {
    return this.table.put({
      pk: SOURCES,
      sk: 'ALL',
      row: checkedJson(Looked, { lookedAt, sources: Object.fromEntries(sources) }, 'what sources sent'),
    });
  }

  /** What waits in the dead-letter queues, the fullest first, and when that was looked at; undefined before anybody looked. */
  async deadLetters(): Promise<z.infer<typeof DeadLetters> | undefined> {
    const row = await this.table.get(DEAD_LETTERS, 'ALL');
    return row && DeadLetters.parse(JSON.parse(String(row.row)));
  }

  /** A queue keeps the time since which it was never seen empty. */
  async putDeadLetters(counts: readonly DeadLetterCount[], now: number): Promise<void> {
    const before = new Map((await this.deadLetters())?.queues.map((one) => [one.queue, one.since]));
    const queues = counts
      .filter(({ messages }) => messages > 0)
      .map((one) => ({ ...one, since: before.get(one.queue) ?? now }))
      .sort((one, other) => other.messages - one.messages || (one.queue < other.queue ? -1 : 1));
    const row = checkedJson(DeadLetters, { at: now, watched: counts.length, queues }, 'what waits in dead-letter queues');
    await this.table.put({ pk: DEAD_LETTERS, sk: 'ALL', row });
  }

  private async all<T>(pk: string, schema: z.ZodType<T>): Promise<[string, T][]> {
    const rows: [string, T][] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk, ...(after === undefined ? {} : { after }) });
      rows.push(...page.items.map(({ sk, row }): [string, T] => [sk, schema.parse(JSON.parse(String(row)))]));
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}

const Looked = z.object({ lookedAt: z.number(), sources: z.record(z.string(), SourceState) });

const DeadLetters = z.object({
  at: z.number(),
  /** Queues that were asked. */
  watched: z.int(),
  queues: z.array(z.object({ queue: z.string(), messages: z.int(), url: z.string(), since: z.number() })),
});
