import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest, type Message } from '../../functions/ingest/ingest';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import { readFoldOutput } from '../../shared/model/fold-output';
import { KeyedHasher } from '../../shared/model/keyed-hash';
import { DAY, HOUR, hourLabel, iso, MINUTE } from '../../shared/model/time';
import type { Chance } from '../../shared/ports';
import { Crash, FaultyObjectStore, FaultyTable } from './faulty';

const START = Date.parse('2026-04-22T00:00:00Z');
const HOURS = 3;
const SHARDS = 2;
const SEGMENTS = 4;
const SECRET = 'a key for the fault simulation only, public';

export type Outcome = {
  seed: number;
  events: number;
  rows: number;
  wrong: number;
  naiveWrong: number;
  crashes: number;
  writes: number;
};

function usage(id: number, account: string, at: number, tokens: number): string {
  return JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${id}`,
    time: iso(at),
    subject: account,
    data: { model: 'm', inputTokens: tokens, outputTokens: 1, client: { userAgent: `c-${tokens % 3}` } },
  });
}

/** The events of one seed, and how they are put into messages: some twice, some again in another message, out of order. */
function arrivals(chance: Chance): { lines: string[]; said: string[]; messages: Message[] } {
  const lines = Array.from({ length: 20 + Math.floor(chance.next() * 60) }, (_, id) =>
    usage(id, `acct-${Math.floor(chance.next() * 9)}`, START + Math.floor(chance.next() * HOURS * HOUR), Math.floor(chance.next() * 1000)),
  );
  // Some come twice, some come again saying something else under the same id.
  const sent = lines.flatMap((line) => {
    const again = chance.next();
    return again < 0.2 ? [line, line] : again < 0.25 ? [line, line.replace('"outputTokens":1', '"outputTokens":2')] : [line];
  });
  const said = [...new Set(sent)].sort();
  for (let i = sent.length - 1; i > 0; i--) {
    const j = Math.floor(chance.next() * (i + 1));
    [sent[i], sent[j]] = [sent[j]!, sent[i]!];
  }
  const messages: Message[] = [];
  while (sent.length > 0) messages.push({ id: `m-${messages.length}`, body: sent.splice(0, 1 + Math.floor(chance.next() * 6)).join('\n') });
  return { lines, said, messages };
}

/**
 * One seed: ingest, plan and fold of the product on stores that crash at any call, before or after it took effect; messages
 * come again until acknowledged, in other batches, also when they were; plans and folds run beside one another. Then the
 * rows at the newest version are held, to the byte, against the same events taken once without a fault; naive counters beside them.
 */
export async function simulateFaults(seed: number, rate = 0.04): Promise<Outcome> {
  const chance = new SeededChance(seed);
  const clock = new SimulatedClock(START + HOURS * HOUR);
  const table = new MemoryTable(clock);
  const store = new MemoryObjectStore();
  const faults = { chance, rate };
  const stores = { archive: new FaultyObjectStore(store, faults), features: new FaultyTable(table, faults) };
  const hasher = new KeyedHasher(SECRET);
  const { lines, said, messages } = arrivals(chance);
  const counters = new MemoryTable(clock);
  const naive = new FaultyTable(counters, faults);
  let crashes = 0;
  const survive = async (process: () => Promise<void>): Promise<boolean> => {
    try {
      await process();
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes++;
      return false;
    }
  };
  /** What a counter table does: adds event by event, and what it did before a crash stays done. */
  const count = async (batch: readonly Message[]): Promise<void> => {
    for (const { body } of batch) for (const line of body.split('\n')) await naive.add('COUNT', rowOf(line, hasher), 'n', 1);
  };
  const deliver = async (batch: readonly Message[]): Promise<boolean> => {
    const counted = await survive(() => count(batch));
    const taken = await survive(async () => {
      await ingest(batch, { ...stores, clock, hasher, segments: SEGMENTS });
    });
    return counted && taken;
  };
  const foldAll = (): Promise<boolean> =>
    survive(async () => {
      for (const task of await plan({ ...stores, clock, shards: SHARDS })) await fold(task, { ...stores, rows: 'all' });
    });
  const waiting = [...messages];
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 1 + Math.floor(chance.next() * 5));
    const both = await Promise.all([deliver(batch), chance.next() < 0.5 ? foldAll() : true, chance.next() < 0.3 ? foldAll() : true]);
    if (!both[0] || chance.next() < 0.1)
      for (const message of batch) waiting.splice(Math.floor(chance.next() * (waiting.length + 1)), 0, message);
    clock.advanceTo(clock.now() + MINUTE);
  }
  // A redrive days later, and the last runs until nothing is left to fold.
  clock.advanceTo(clock.now() + 5 * DAY);
  const again = messages[Math.floor(chance.next() * messages.length)]!;
  while (!(await deliver([again])));
  faults.rate = 0;
  await foldAll();
  const clean = await reference(said, hasher, clock);
  const found = await rowsOf(table, store);
  const counts = new Map((await counters.query({ pk: 'COUNT' })).items.map((item) => [item.sk, Number(item.n)]));
  const truth = new Map<string, number>();
  for (const line of lines) truth.set(rowOf(line, hasher), (truth.get(rowOf(line, hasher)) ?? 0) + 1);
  return {
    seed,
    events: lines.length,
    crashes,
    writes: table.counted.writes,
    rows: truth.size,
    wrong: [...new Set([...clean.keys(), ...found.keys()])].filter((name) => clean.get(name) !== found.get(name)).length,
    naiveWrong: [...truth].filter(([name, n]) => counts.get(name) !== n).length,
  };
}

/** The same events, each once, through the same use cases without a fault: what the rows must be, to the byte. */
async function reference(said: readonly string[], hasher: KeyedHasher, clock: SimulatedClock): Promise<Map<string, string>> {
  const features = new MemoryTable(clock);
  const archive = new MemoryObjectStore();
  await ingest([{ id: 'all', lines: said }], { archive, features, clock, hasher, segments: SEGMENTS });
  for (const task of await plan({ archive, features, clock, shards: SHARDS })) await fold(task, { archive, features, rows: 'all' });
  return rowsOf(features, archive);
}

/** Every row of the newest sealed version, and every materialised hour row, as text. */
async function rowsOf(table: MemoryTable, store: MemoryObjectStore): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for (let hour = START; hour < START + HOURS * HOUR; hour += HOUR) {
    const pk = `F#${hourLabel(hour)}`;
    const sealed = await table.get(pk, 'PLAN');
    for (const item of (await table.query({ pk, prefix: 'S#' })).items) {
      if (item.version !== sealed?.version) rows.set(`${pk}/${item.sk}`, 'an older version than the plan');
      for (const row of readFoldOutput((await store.get(String(item.output)))!).rows) {
        rows.set(`${row.account}/${hourLabel(hour)}`, Buffer.from(row.features).toString('hex'));
      }
    }
  }
  return rows;
}

/** The (account, hour) an event belongs to. */
function rowOf(line: string, hasher: KeyedHasher): string {
  const event: { subject: string; time: string } = JSON.parse(line);
  const at = Date.parse(event.time);
  return `${hasher.account(event.subject).key}/${hourLabel(at - (at % HOUR))}`;
}
