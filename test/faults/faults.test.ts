import { arrivals, HOURS, START } from '../../bench/faults/arrivals';
import { logThenFold } from '../../bench/faults/log-then-fold';
import { faultless, RATES, SYSTEMS, simulateFaults } from '../../bench/faults/simulate';
import { HOUR } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';

/** Thousands of seeds: npm run faults. */
const SEEDS = 200;

test(`features come out the same, to the byte, under crashes at any call, throttling, errors after the fact, duplicates, reordering and overlap (${SEEDS} seeds)`, async () => {
  const happened = { crashes: 0, refused: 0, lies: 0, outages: 0 };
  const wrong = Object.fromEntries(SYSTEMS.map((name) => [name, 0]));
  let rows = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { of, rows: some } = await simulateFaults(seed);
    rows += some;
    const ours = of['log, then fold'];
    expect({ seed, wrong: ours.wrong, off: ours.off }).toEqual({ seed, wrong: 0, off: 0 });
    for (const name of SYSTEMS) wrong[name]! += of[name].wrong;
    for (const kind of ['crashes', 'refused', 'lies', 'outages'] as const) happened[kind] += ours[kind];
  }
  // The faults do happen, and they do harm where they are not guarded against.
  for (const count of Object.values(happened)) expect(count).toBeGreaterThan(SEEDS / 4);
  expect(wrong['naive counters']).toBeGreaterThan(rows / 4);
  expect(wrong['marker, then count']).toBeGreaterThan(rows / 50);
  expect(wrong['lock, effect, complete']).toBeGreaterThan(rows / 50);
  expect(wrong['marker and count in a transaction']).toBe(0);
});

test('what requests say of tenants is among what must come out the same', async () => {
  const clock = new SimulatedClock(START + HOURS * HOUR);
  const clean = logThenFold({ faults: faultless(), clock, hasher: new KeyedHasher('k'.repeat(64)) });
  await clean.take(arrivals(new SeededChance(1)).messages);
  await clean.work();
  const facts = [...(await clean.rows())].filter(([name]) => name.startsWith('facts/')).map(([, text]) => text);
  expect(facts.length).toBeGreaterThan(5);
  for (const text of facts) expect(text).toContain('"cloud":"bedrock"');
});

test('without a fault every way counts right but for what comes again', async () => {
  const sums = Object.fromEntries(SYSTEMS.map((name) => [name, 0]));
  for (let seed = 1; seed <= 20; seed++) {
    const { of } = await simulateFaults(seed, { ...RATES, crash: 0, refuse: 0, lie: 0 });
    for (const name of SYSTEMS) sums[name]! += of[name].off;
  }
  expect(sums['naive counters']).toBeGreaterThan(0);
  expect(sums).toMatchObject({ 'marker, then count': 0, 'marker and count in a transaction': 0, 'log, then fold': 0 });
});
