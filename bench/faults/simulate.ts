import type { Message } from '../../functions/ingest/read-messages';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Chance } from '../../shared/ports';
import { type Arrivals, arrivals, HOURS, START, truthOf } from './arrivals';
import { counterTable, lockEffectComplete, marker, naive, transaction } from './counters';
import { Crash, type Faults, Outage, type Rates } from './faulty';
import { type LogThenFold, logThenFold } from './log-then-fold';
import type { System } from './system';

const SECRET = 'a key for the fault simulation only, public';
const hasher = new KeyedHasher(SECRET);

/** `wrong`: rows whose count is not the truth; of ours, rows that differ in any byte. `off`: events too many and too few, over all rows. */
export type SystemOutcome = { wrong: number; off: number; units: number } & Faults['happened'];
export const SYSTEMS = [
  'naive counters',
  'marker, then count',
  'marker and count in a transaction',
  'lock, effect, complete',
  'log, then fold',
] as const;
export type SystemName = (typeof SYSTEMS)[number];
export type Outcome = { seed: number; events: number; rows: number; of: Record<SystemName, SystemOutcome> };
export const RATES: Rates = { crash: 0.03, refuse: 0.05, lie: 0.01 };
const NO_FAULTS: Rates = { crash: 0, refuse: 0, lie: 0 };
/** One minute in ten the table is throttled and the store answers 503: most attempts are refused, and some calls are given up. */
const BURST = { share: 0.1, refuse: 0.7 };

/**
 * One seed: every system gets the same messages, under faults drawn from the same seed: it dies at any call, before or after that took
 * effect; calls are refused, or fail although they happened, and are tried again as the SDK does; messages come again until
 * acknowledged, in other batches, also when they were; what runs on a schedule runs beside, and twice at once; one message comes
 * again days later.
 */
export async function simulateFaults(seed: number, rates: Rates = RATES): Promise<Outcome> {
  const sent = arrivals(new SeededChance(seed));
  const truth = truthOf(sent, hasher);
  const under = async (make: (world: { faults: Faults; clock: SimulatedClock }) => System): Promise<SystemOutcome> => {
    const { system, happened } = await delivered(sent, seed, rates, make);
    const counts = await system.counts();
    const errors = [...truth].map(([row, n]) => Math.abs((counts.get(row) ?? 0) - n));
    return {
      wrong: errors.filter((error) => error > 0).length,
      off: errors.reduce((sum, error) => sum + error, 0),
      units: system.units(),
      ...happened,
    };
  };
  let ours: LogThenFold | undefined;
  const of = {
    'naive counters': await under((world) => counterTable(naive, { ...world, hasher })),
    'marker, then count': await under((world) => counterTable(marker, { ...world, hasher })),
    'marker and count in a transaction': await under((world) => counterTable(transaction, { ...world, hasher })),
    'lock, effect, complete': await under((world) => counterTable(lockEffectComplete, { ...world, hasher })),
    'log, then fold': await under((world) => {
      ours = logThenFold({ ...world, hasher });
      return ours;
    }),
  };
  of['log, then fold'].wrong = ours ? differing(await ours.rows(), await reference(sent)) : truth.size;
  return { seed, events: sent.lines.length, rows: truth.size, of };
}

const differing = (found: ReadonlyMap<string, string>, clean: ReadonlyMap<string, string>): number =>
  [...new Set([...clean.keys(), ...found.keys()])].filter((name) => clean.get(name) !== found.get(name)).length;

const nothingHappened = () => ({ crashes: 0, refused: 0, lies: 0, outages: 0 });
export const faultless = (): Faults => ({ chance: new SeededChance(0), ...NO_FAULTS, happened: nothingHappened() });

/** The same events, each thing that was said once, without a fault: what the rows must be, to the byte. */
async function reference({ said }: Arrivals): Promise<Map<string, string>> {
  const clock = new SimulatedClock(START + HOURS * HOUR);
  const clean = logThenFold({ faults: faultless(), clock, hasher });
  await clean.take([{ id: 'all', body: said.join('\n') }]);
  await clean.work();
  return clean.rows();
}

async function delivered<T extends System>(
  sent: Arrivals,
  seed: number,
  rates: Rates,
  make: (world: { faults: Faults; clock: SimulatedClock }) => T,
): Promise<{ system: T; happened: Faults['happened'] }> {
  const chance = new SeededChance(seed ^ 0x5eed);
  const clock = new SimulatedClock(START + HOURS * HOUR);
  const faults = { chance, ...rates, happened: nothingHappened() };
  const system = make({ faults, clock });
  /** What is left of a batch: all of it when the process died. */
  const take = async (batch: readonly Message[]): Promise<readonly Message[]> => {
    let left: readonly Message[] = batch;
    await survive(async () => {
      left = await system.take(batch);
    });
    return left;
  };
  const work = (): Promise<void> => survive(() => system.work());
  const waiting = [...sent.messages];
  while (waiting.length > 0) {
    faults.refuse = rates.refuse > 0 && chance.next() < BURST.share ? BURST.refuse : rates.refuse;
    const batch = waiting.splice(0, 1 + Math.floor(chance.next() * 5));
    const [left] = await Promise.all([take(batch), chance.next() < 0.5 ? work() : undefined, chance.next() < 0.3 ? work() : undefined]);
    // Standard queues deliver again now and then what was acknowledged.
    for (const message of chance.next() < 0.1 ? batch : left) waiting.splice(placeIn(waiting, chance), 0, message);
    clock.advanceTo(clock.now() + MINUTE);
  }
  // A redrive days later, and the last runs until nothing is left to do.
  clock.advanceTo(clock.now() + 5 * DAY);
  let again: readonly Message[] = [sent.messages[Math.floor(chance.next() * sent.messages.length)]!];
  while (again.length > 0) {
    again = await take(again);
    clock.advanceTo(clock.now() + MINUTE);
  }
  Object.assign(faults, NO_FAULTS);
  await work();
  return { system, happened: faults.happened };
}

const placeIn = (waiting: readonly Message[], chance: Chance): number => Math.floor(chance.next() * (waiting.length + 1));

async function survive(process: () => Promise<void>): Promise<void> {
  try {
    await process();
  } catch (error) {
    if (!(error instanceof Crash || error instanceof Outage)) throw error;
  }
}
