import { baselineOf } from '../../../functions/detection/findings/baseline';
import { partsByWork } from '../../../functions/detection/findings/parts-by-work';
import { GroupProfile } from '../../../functions/detection/networks/networks';
import type { Profile } from '../../../functions/detection/profiles/profile';
import recommended from '../../../policies/recommended.json';
import { Policy } from '../../../shared/domain/policy/policy';
import { DAY } from '../../../shared/domain/time';
import { SUM } from '../../../shared/formats/features';
import { SeededChance } from '../../../shared/memory/simulated-clock';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';
import { type Given, indexOf, NOW, profile, strangers } from '../../support/worlds/population';

const { legs } = Policy.parse(recommended).detection;

type Work = {
  /** Share of requests that ask for reasoning. */
  asks: number;
  /** Requests of an hour, for 48 hours. */
  hours: (hour: number) => number;
};
/** As a machine deals out: one request every other hour. */
const even = (hour: number): number => hour % 2;
/** As people come: twelve at a sitting, twice in two days. */
const inBursts =
  (first: number) =>
  (hour: number): number =>
    hour === first || hour === first + 23 ? 12 : 0;

function worker(name: string, given: Given, { asks, hours }: Work): Profile {
  const made = profile(name, { bornAt: NOW - 6 * DAY, ...given });
  made.window.exchanges = 0;
  for (let hour = 0; hour < 48; hour++) {
    made.hourly[hour] = hours(hour);
    made.window.exchanges += hours(hour);
  }
  made.window.sums[SUM.elicitsLabels] = made.window.exchanges;
  made.window.sums[SUM.elicitsHigh] = Math.round(asks * made.window.exchanges);
  return made;
}

/** Sizes of the parts, and whether each holds accounts of one list only. */
function parted(one: readonly Profile[], other: readonly Profile[]) {
  const index = indexOf([...one, ...other, ...strangers(200)]);
  const wanted = new Set([...one, ...other]);
  const entries = index.accounts.filter((entry) => wanted.has(entry.profile));
  const holdings = new GroupProfile(index, entries.length, entries);
  const members = entries.map((entry) => holdings.score(entry, true));
  const context = { index, baseline: baselineOf(index), releases: new Map(), operators: [], now: NOW };
  const parts = partsByWork({ members, profile: holdings }, context, legs);
  const mine = new Set(one);
  return {
    sizes: parts.map((part) => part.members.length).sort((a, b) => a - b),
    pure: parts.every((part) => new Set(part.members.map(({ entry }) => mine.has(entry.profile))).size === 1),
  };
}

const many = (name: string, size: number, given: (i: number) => Given, work: (i: number) => Work): Profile[] =>
  Array.from({ length: size }, (_, i) => worker(`${name}-${i}`, given(i), work(i)));
const campus = (): Given => ({ ips: ['campus'], domain: 'campus.example' });

test('property: machines behind a campus and its people are two groups, however many of each and however much each asks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 9, max: 30 }), fc.integer({ min: 9, max: 30 }), fc.nat(), (machines, people, seed) => {
      const chance = new SeededChance(seed);
      const between = (from: number, to: number): number => from + (to - from) * chance.next();
      const made = many('machine', machines, campus, () => ({ asks: between(0.5, 0.7), hours: even }));
      const others = many('person', people, campus, (i) => ({ asks: between(0, 0.05), hours: inBursts(i % 24) }));
      expect(parted(made, others)).toEqual({ sizes: [machines, people].sort((a, b) => a - b), pure: true });
    }),
    { numRuns: 40 },
  );
});

test('machines that send templates of their own, and people who ask for as much', () => {
  const templated = (i: number): Given => ({ ...campus(), templates: Array.from({ length: 6 }, (_, k) => `item ${(5 * i + k) % 12}`) });
  const machines = many('machine', 15, templated, () => ({ asks: 0.1, hours: even }));
  const people = many('person', 20, campus, (i) => ({ asks: 0.1, hours: inBursts(i % 24) }));
  expect(parted(machines, people)).toEqual({ sizes: [15, 20], pure: true });
});

describe('one group stays one', () => {
  test.each<[string, (i: number) => Work, (i: number) => Work]>([
    ['one schedule, two tasks', () => ({ asks: 0.6, hours: even }), () => ({ asks: 0.02, hours: even })],
    ['people, of whom some study', (i) => ({ asks: 0.6, hours: inBursts(i % 24) }), (i) => ({ asks: 0.02, hours: inBursts((5 * i) % 24) })],
    ['people and their robots, who ask for as much', (i) => ({ asks: 0.1, hours: inBursts(i % 24) }), () => ({ asks: 0.12, hours: even })],
  ])('%s', (_, one, other) => {
    const sizes = parted(many('one', 15, campus, one), many('other', 15, campus, other)).sizes;
    expect(sizes).toEqual([30]);
  });
  test('what one operator moves and hides: one pool, one tool, cards for six accounts each', () => {
    const pool = (i: number): Given => ({
      ips: Array.from({ length: 6 }, (_, k) => `exit-${(7 * i + k) % 10}`),
      clients: ['tool'],
      card: `card-${i % 5}`,
    });
    const machines = many('machine', 15, pool, () => ({ asks: 0.6, hours: even }));
    const decoys = many('decoy', 15, pool, (i) => ({ asks: 0.02, hours: inBursts(i % 24) }));
    expect(parted(machines, decoys).sizes).toEqual([30]);
  });
  test('property: how much people ask, drawn from one distribution, parts nobody, whatever their rhythm', () => {
    const reached = new Reached();
    fc.assert(
      fc.property(
        fc.integer({ min: 18, max: 60 }),
        fc.double({ min: 0.02, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.nat(),
        (size, usual, spread, seed) => {
          const chance = new SeededChance(seed);
          const next = (): number => chance.next();
          let machines = 0;
          const all = many('person', size, campus, (i) => {
            const isEven = next() < 0.5;
            if (isEven) machines++;
            return {
              asks: Math.min(1, Math.max(0, usual + spread * (next() + next() + next() - 1.5))),
              hours: isEven ? even : inBursts(i % 24),
            };
          });
          // As many of each rhythm as make a part: the network would be parted, if what is asked parted it, too.
          if (Math.min(machines, size - machines) >= Math.max(8, 0.15 * size)) reached.met('two rhythms');
          expect(parted(all, []).sizes).toEqual([size]);
        },
      ),
      { numRuns: 100 },
    );
    reached.atLeast({ 'two rhythms': 50 });
  });
});
