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
const SECRET = 'a key for the fault simulation only, public';

export type Outcome = {
  seed: number;
  events: number;
  rows: number;
  wrong: number;
  naiveWrong: number;
  crashes: number;
  writeUnits: number;
};

const key = (account: string, hour: number): string => `${account}/${hourLabel(hour)}`;

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
function arrivals(chance: Chance): { lines: string[]; messages: Message[] } {
  const lines = Array.from({ length: 20 + Math.floor(chance.next() * 60) }, (_, id) =>
    usage(id, `acct-${Math.floor(chance.next() * 9)}`, START + Math.floor(chance.next() * HOURS * HOUR), Math.floor(chance.next() * 1000)),
  );
  const sent = lines.flatMap((line) => (chance.next() < 0.2 ? [line, line] : [line]));
  for (let i = sent.length - 1; i > 0; i--) {
    const j = Math.floor(chance.next() * (i + 1));
    [sent[i], sent[j]] = [sent[j]!, sent[i]!];
  }
  const messages: Message[] = [];
  while (sent.length > 0) messages.push({ id: `m-${messages.length}`, body: sent.splice(0, 1 + Math.floor(chance.next() * 6)).join('\n') });
  return { lines, messages };
}

/**
 * One seed: ingest, plan and fold of the product on stores that crash at any call, before or after it took effect; messages
 * come again until acknowledged, in other batches, also when they were; plans and folds run beside one another. Then the
 * rows at the newest version are held against the pure count of the distinct events, and naive counters likewise.
 */
export async function simulateFaults(seed: number, rate = 0.04): Promise<Outcome> {
  const chance = new SeededChance(seed);
  const clock = new SimulatedClock(START + HOURS * HOUR);
  const table = new MemoryTable(clock);
  const store = new MemoryObjectStore();
  const faults = { chance, rate };
  const stores = { archive: new FaultyObjectStore(store, faults), features: new FaultyTable(table, faults) };
  const hasher = new KeyedHasher(SECRET);
  const { lines, messages } = arrivals(chance);
  const naive = new Map<string, number>();
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
  const count = (batch: readonly Message[]): void => {
    for (const { body } of batch)
      for (const line of body.split('\n')) {
        const event: { subject: string; time: string } = JSON.parse(line);
        const name = key(hasher.account(event.subject).key, Date.parse(event.time) - (Date.parse(event.time) % HOUR));
        naive.set(name, (naive.get(name) ?? 0) + 1);
      }
  };
  const deliver = async (batch: readonly Message[]): Promise<boolean> => {
    // A naive counter adds as it goes: what it did before a crash stays done.
    count(batch);
    return survive(async () => {
      await ingest(batch, { ...stores, clock, hasher, segments: 4 });
    });
  };
  const foldAll = (): Promise<boolean> =>
    survive(async () => {
      for (const task of await plan({ ...stores, clock, shards: SHARDS })) await fold(task, { ...stores, materialize: () => true });
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
  return {
    seed,
    events: lines.length,
    crashes,
    writeUnits: table.counted.writes,
    ...(await compare(lines, naive, { table, store, hasher })),
  };
}

async function compare(
  lines: readonly string[],
  naive: ReadonlyMap<string, number>,
  world: { table: MemoryTable; store: MemoryObjectStore; hasher: KeyedHasher },
) {
  const { table, store, hasher } = world;
  const truth = new Map<string, number>();
  for (const line of lines) {
    const event: { subject: string; time: string } = JSON.parse(line);
    const at = Date.parse(event.time);
    const name = key(hasher.account(event.subject).key, at - (at % HOUR));
    truth.set(name, (truth.get(name) ?? 0) + 1);
  }
  const found = new Map<string, number>();
  const { Features } = await import('../../shared/model/features');
  const { ByteReader } = await import('../../shared/model/bytes');
  for (let hour = START; hour < START + HOURS * HOUR; hour += HOUR) {
    const { items } = await table.query({ pk: `F#${hourLabel(hour)}`, prefix: 'S#' });
    for (const item of items) {
      for (const row of readFoldOutput((await store.get(String(item.output)))!).rows) {
        const features = new Features();
        features.absorb(new ByteReader(row.features));
        found.set(key(row.account, hour), features.exchanges);
      }
    }
  }
  const wrongIn = (rows: ReadonlyMap<string, number>): number =>
    [...new Set([...truth.keys(), ...rows.keys()])].filter((name) => truth.get(name) !== rows.get(name)).length;
  return { rows: truth.size, wrong: wrongIn(found), naiveWrong: wrongIn(naive) };
}
