import { baselineOf } from '../../../functions/detection/findings/baseline';
import { DETECTORS } from '../../../functions/detection/findings/detectors';
import { addMinutes, coTiming, coTimingNats, coTimingOf, hashOfMinute, minuteOfHash } from '../../../functions/detection/links/co-timing';
import { GroupProfile } from '../../../functions/detection/networks/networks';
import { type Profile, WINDOW_HOURS } from '../../../functions/detection/profiles/profile';
import { DAY, HOUR } from '../../../shared/domain/time';
import { SeededChance } from '../../../shared/memory/simulated-clock';
import { fc } from '../../support/property';
import { indexOf, NOW, profile } from '../../support/worlds/population';

const START = Math.floor((NOW - 5 * DAY) / HOUR);

/** An account active in the given minutes after START. */
function activeIn(name: string, minutes: Iterable<number>, bornAt = NOW - 60 * DAY): Profile {
  const made = profile(name, { bornAt });
  const cells = new Map<number, [number, number, number]>();
  for (const minute of new Set(minutes)) {
    const hour = Math.floor(minute / 60);
    const cell = cells.get(hour) ?? [0, 0, 0];
    cell[minute % 60 < 30 ? 0 : 1] |= 1 << ((minute % 60) % 30);
    cell[2]++;
    cells.set(hour, cell);
  }
  const rest = { prevented: 0, first: 0, last: 0, gaps: 0, gapSum: 0, gapSquares: 0 };
  for (const [hour, [minutesLow, minutesHigh, exchanges]] of cells) {
    addMinutes(made.minutes, { ...rest, hour: START + hour, exchanges, minutesLow, minutesHigh });
    made.hourly[hour % WINDOW_HOURS] = exchanges;
  }
  return made;
}
const some = (seed: number, count: number, hours = 100): number[] => {
  const chance = new SeededChance(seed);
  return Array.from({ length: count }, () => Math.floor(chance.next() * hours * 60));
};
const nats = (a: Iterable<number>, b: Iterable<number>): number => coTimingNats(activeIn('a', a), activeIn('b', b));

test('property: the hash of a minute can be read back', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (minute) => minuteOfHash(hashOfMinute(minute)) === minute));
});

describe('two accounts', () => {
  test('driven by one schedule, most of their minutes in common: nearly always worth a link', () => {
    const said = Array.from({ length: 200 }, (_, seed) => {
      const schedule = some(11 * seed, 120);
      return nats([...schedule, ...some(11 * seed + 1, 20)], [...schedule, ...some(11 * seed + 2, 20)]);
    });
    expect(said.filter((one) => one > 4).length).toBeGreaterThanOrEqual(195);
  });
  test.each([
    ['slow', 40],
    ['as a campaign of 26 a day', 110],
    ['busy', 600],
    ['in nearly every minute', 5_000],
  ])('independent, %s: hardly ever anything', (_, count) => {
    const said = Array.from({ length: 100 }, (_, seed) => nats(some(7 * seed, count), some(7 * seed + 3, count)));
    expect(said.filter((one) => one > 1).length).toBeLessThanOrEqual(2);
  });
  test('two jobs that run at the full hour say nothing', () => {
    const hourly = Array.from({ length: 100 }, (_, hour) => hour * 60);
    expect(nats(hourly, hourly)).toBe(0);
  });
  test('two jobs of every quarter of an hour say nothing', () => {
    const quarters = Array.from({ length: 400 }, (_, i) => i * 15);
    expect(nats(quarters, quarters)).toBe(0);
  });
  test('too few minutes to compare', () => {
    expect(coTiming(activeIn('a', [1, 2, 3]), activeIn('b', [1, 2, 3]))).toBeUndefined();
  });
});

describe('a group', () => {
  const people = Array.from({ length: 150 }, (_, i) => activeIn(`person-${i}`, some(100 + i, 60)));
  const ask = (members: readonly Profile[]) => {
    const index = indexOf([...people, ...members]);
    const detector = DETECTORS.find(({ name }) => name === 'co-timing');
    const wanted = new Set(members);
    const group = {
      members: [],
      holdings: new GroupProfile(index, 0, []),
      profiles: index.accounts.filter(({ profile: one }) => wanted.has(one)).map(({ profile: one }) => one),
      index,
      baseline: baselineOf(index),
      releases: new Map(),
      operators: [],
      now: NOW,
    };
    return detector?.ask(group, {} as never);
  };
  const fresh = NOW - 6 * DAY;
  test('that works through one schedule is told so, with what chance would give', () => {
    const schedule = some(1, 150);
    const said = ask(
      Array.from({ length: 20 }, (_, i) =>
        activeIn(
          `m-${i}`,
          schedule.filter((_, at) => (at + i) % 3 !== 0),
          fresh,
        ),
      ),
    );
    expect(said).toMatchObject({ kind: 'evidence' });
    if (said?.kind === 'evidence') expect(said.numbers.shared).toBeGreaterThan(3 * (said.numbers.expected ?? Number.NaN));
  });
  test('of busy accounts that work by themselves is not', () => {
    expect(ask(Array.from({ length: 20 }, (_, i) => activeIn(`m-${i}`, some(500 + i, 800), fresh)))).toMatchObject({ kind: 'abstains' });
  });
  test('pairs are of two different accounts', () => {
    expect(coTimingOf([activeIn('a', some(1, 50))])).toEqual({ shared: 0, expected: 0, pairs: 0 });
    expect(coTimingOf([activeIn('a', some(1, 50)), activeIn('b', some(2, 50))]).pairs).toBe(1);
  });
});
