import { joiningLinks } from '../../functions/detection/links/candidate-pairs';
import { hashOfMinute } from '../../functions/detection/links/co-timing';
import { FAMILY_COUNTS_FROM } from '../../functions/detection/links/links';
import { components, GroupProfile, supported } from '../../functions/detection/networks/networks';
import type { Profile } from '../../functions/detection/profiles/profile';
import { ordinalsOf } from '../../functions/detection/screen/holders/census';
import { firstOf, secondOf } from '../../functions/detection/screen/holders/trait-records';
import { screen } from '../../functions/detection/screen/screen';
import { placesBySegment } from '../../functions/detection/screen/screened';
import { unitsOf } from '../../functions/detection/screen/units';
import { CalledTask, called, doTask, prefixOf } from '../../functions/detection/tasks/called-task';
import { TraitIndex } from '../../functions/detection/traits/trait-index';
import { FAMILY_CAP, TRAIT_TYPES } from '../../functions/detection/traits/traits';
import type { Family } from '../../shared/domain/campaigns/campaign';
import { DAY, HOUR } from '../../shared/domain/time';
import { segmentOf } from '../../shared/formats/segment-of';
import type { AccountKey } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { SeededChance } from '../../shared/memory/simulated-clock';
import { fc } from '../support/property';
import { segmentsOf } from '../support/segments';
import { hash, NOW, profile } from '../support/worlds/population';

const POLICY = { referenceAgeDays: 30, smallestReference: 60, hubShare: 0.04, linkThreshold: 12, minimumNetwork: 3, memberThreshold: 10 };
const HOUR_NOW = Math.floor(NOW / HOUR);

const byAccount = (one: Profile, other: Profile): number => (one.account < other.account ? -1 : 1);
/** The order in which the screen counts accounts. */
const inOrder = (profiles: readonly Profile[]): Profile[] =>
  [...profiles].sort(
    (x, y) =>
      Math.floor(x.firstSeen / HOUR) - Math.floor(y.firstSeen / HOUR) ||
      segmentOf(x.account, 64) - segmentOf(y.account, 64) ||
      byAccount(x, y),
  );

const screened = (
  profiles: readonly Profile[],
  { segments = 1, partitions = 1, rowsAtOnce = 1_000_000 } = {},
  known = new Set<AccountKey>(),
) => screen(segmentsOf(profiles, segments), known, NOW, POLICY, { partitions, rowsAtOnce }, new MemoryObjectStore());

/** What the product finds with every profile in its index. */
function indexed(profiles: readonly Profile[], known: ReadonlySet<Profile> = new Set()) {
  const index = new TraitIndex(POLICY);
  const ordered = inOrder(profiles);
  index.update(ordered, new Map(), NOW, known);
  const links = joiningLinks(index, POLICY.linkThreshold);
  return { index, ordered, links, groups: components(ordered.length, supported(links), POLICY.minimumNetwork) };
}

const few = (name: string, most: number) => fc.integer({ min: 0, max: most }).map((which) => `${name} ${which}`);
/** Accounts of a small world in which much is shared: cards, addresses, builds, domains, templates, phrases, minutes, rhythms. */
const someone = fc.record({
  card: fc.option(few('card', 5), { nil: undefined }),
  domain: fc.option(few('domain', 4), { nil: undefined }),
  system: fc.option(few('system', 5), { nil: undefined }),
  ips: fc.uniqueArray(few('ip', 12), { maxLength: 8 }),
  clients: fc.uniqueArray(few('client', 4), { maxLength: 3 }),
  templates: fc.uniqueArray(few('template', 8), { maxLength: 3 }),
  phrases: fc.uniqueArray(few('phrase', 12), { maxLength: 6 }),
  prefixes: fc.uniqueArray(few('prefix', 6), { maxLength: 3 }),
  minutes: fc.constantFrom<readonly number[]>([], [1, 8, 15, 27, 31, 44, 52, 58], [2, 8, 15, 27, 33, 44, 52, 59]),
  age: fc.constantFrom(2, 2.1, 5, 40, 90),
  steady: fc.boolean(),
  laterClient: fc.boolean(),
});
type Someone = typeof someone extends fc.Arbitrary<infer T> ? T : never;

function made(one: Someone, i: number): Profile {
  const bornAt = NOW - one.age * DAY;
  const it = profile(`account ${i}`, { ...one, bornAt });
  for (const phrase of one.phrases) it.samples.phrases.add(hash(phrase), 1, HOUR_NOW - 20);
  for (const prefix of one.prefixes) it.samples.prefixes.add(hash(prefix), 1, HOUR_NOW - 20);
  for (const minute of one.minutes) it.minutes.add(hashOfMinute((HOUR_NOW - 20) * 60 + minute), 1, HOUR_NOW - 20);
  if (one.steady) Object.assign(it.gaps, { n: 40, sum: 40 * 977, squares: 40 * 977 * 977 * 1.01 });
  if (one.laterClient && one.clients.length > 0) {
    it.firstUse = NOW - 20 * DAY;
    for (const client of it.samples.clients.keys) it.samples.clients.add(client, 1, HOUR_NOW - 480);
    it.samples.clients.add(hash('stolen'), 1, HOUR_NOW - 30);
  }
  return it;
}
const world = fc.array(someone, { minLength: 20, maxLength: 60 });
const populated = (people: readonly Someone[]): Profile[] => [
  ...people.map(made),
  ...Array.from({ length: 150 }, (_, i) => profile(`stranger ${i}`, { ips: [`ip ${100 + (i % 70)}`], clients: ['popular'] })),
];

describe('the screen beside the index that holds every profile', () => {
  test('property: every link of the index is a link of the screen, with the same weight unless minutes speak, and every component lies in a group', async () => {
    const reached = { links: 0, components: 0, exact: 0 };
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(1, 4), async (people, segments) => {
        const profiles = populated(people);
        const { links, groups, ordered } = indexed(profiles);
        const found = await screened(profiles, { segments, partitions: 3, rowsAtOnce: 7 });
        const weights = new Map(
          Array.from(found.links.pairs, (pair, at) => [`${firstOf(pair)}-${secondOf(pair)}`, found.links.weights[at]!]),
        );
        for (const { a, b, weight } of links) {
          const most = weights.get(`${a}-${b}`);
          expect(most).toBeGreaterThanOrEqual(weight - 1e-9);
          const hasMinutes = [a, b].every((order) => ordered[order]!.minutes.keys.length > 0);
          if (!hasMinutes) {
            expect(most).toBeCloseTo(weight, 9);
            reached.exact++;
          }
        }
        const silent = [...weights.keys()].filter((name) =>
          name.split('-').some((order) => ordered[Number(order)]!.minutes.keys.length === 0),
        );
        const spoken = new Set(links.map(({ a, b }) => `${a}-${b}`));
        expect(silent.filter((name) => !spoken.has(name))).toEqual([]);
        for (const group of groups) expect(new Set(group.map((order) => found.groupOf[order])).size).toBe(1);
        for (const order of groups.flat()) expect(found.groupOf[order]).toBeGreaterThan(0);
        reached.links += links.length;
        reached.components += groups.length;
      }),
      { numRuns: 60 },
    );
    expect(reached.links).toBeGreaterThan(500);
    expect(reached.exact).toBeGreaterThan(100);
    expect(reached.components).toBeGreaterThan(30);
  });

  test('property: who holds half of what a member must, of what two of a group and few others hold, is its guest; and who pays as one of it does', async () => {
    const reached = { held: 0, paid: 0 };
    await fc.assert(
      fc.asyncProperty(world, async (people) => {
        const profiles = populated(people);
        const { index, groups } = indexed(profiles);
        const found = await screened(profiles);
        const guests = new Set(Array.from(found.guests, (guest) => `${firstOf(guest)} of ${secondOf(guest)}`));
        for (const group of groups) {
          if (found.groupOf.filter((one) => one === found.groupOf[group[0]!]).length !== group.length) continue;
          const members = group.map((order) => index.accounts[order]!);
          const counts = new GroupProfile(index, members.length, members).counts;
          for (const { order, ids } of index.accounts) {
            if (found.groupOf[order] !== 0) continue;
            const nats = new Map<string, number>();
            let pays = false;
            for (const id of ids) {
              const { family, links, cap, prior } = TRAIT_TYPES[index.typeName(id)];
              const count = counts.get(id) ?? 0;
              const outside = Math.max(0, index.referenceHolders[id]! - count);
              const base = (outside + prior) / (index.referenceSize + 1);
              const share = count / group.length;
              if (!links || index.weight(id) < FAMILY_COUNTS_FROM || count === 0) continue;
              if (index.typeName(id) === 'payment-instrument') pays = true;
              if (count < 2 || share < 0.05 || share <= 5 * base) continue;
              const says = Math.min(cap, Math.max(0, Math.log((0.9 * share) / base) - Math.log(1 + outside)));
              nats.set(family, (nats.get(family) ?? 0) + says);
            }
            const sum = [...nats].reduce((all, [family, some]) => all + Math.min(FAMILY_CAP[family as Family], some), 0);
            expect(guests.has(`${order} of ${found.groupOf[group[0]!]}`)).toBe(pays || sum >= POLICY.memberThreshold / 2 - 1e-9);
            if (pays) reached.paid++;
            else if (sum >= 5) reached.held++;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(reached.held).toBeGreaterThan(30);
    expect(reached.paid).toBeGreaterThan(10);
  });

  test('property: any number of segments, partitions and blocks of rows gives the same answer to the byte', async () => {
    let links = 0;
    const cuts = fc.record({
      segments: fc.constantFrom(1, 2, 8, 64),
      partitions: fc.integer({ min: 1, max: 9 }),
      rowsAtOnce: fc.constantFrom(1, 5, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(world, cuts, async (people, cut) => {
        const profiles = populated(people);
        const [one, other] = [await screened(profiles), await screened(profiles, cut)];
        expect({ ...other, census: undefined }).toEqual({ ...one, census: undefined });
        links += one.links.pairs.length;
        const tied = profiles.slice(0, 9).map(({ account }) => account);
        const ties = [tied.slice(0, 4), tied.slice(4), []];
        const units = (found: typeof one, segments: number) =>
          unitsOf(found, placesBySegment(found, segmentsOf(profiles, segments), ties), ties);
        expect(await units(other, cut.segments)).toEqual(await units(one, 1));
      }),
      { numRuns: 30 },
    );
    expect(links).toBeGreaterThan(200);
  });

  test('property: tasks in processes of their own, in any order, some twice, some killed at a write and done again: the same answer to the byte, and nothing is left', async () => {
    const reached = { tasks: 0, killed: 0, links: 0, guests: 0 };
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.record({
          segments: fc.constantFrom(1, 2, 8),
          partitions: fc.integer({ min: 1, max: 5 }),
          rowsAtOnce: fc.constantFrom(5, 1_000),
        }),
        fc.nat(1_000),
        async (people, { segments, ...cut }, seed) => {
          const profiles = populated(people);
          const known = new Set(profiles.slice(0, 2).map(({ account }) => account));
          const chance = new SeededChance(seed);
          const store = new MemoryObjectStore();
          const prefix = prefixOf('run-1');
          const carryOut = async (items: readonly CalledTask[]): Promise<void> => {
            for (const item of [...items].sort(() => chance.next() - 0.5)) {
              const sent = CalledTask.parse(JSON.parse(JSON.stringify(item)));
              let writes = Math.floor(chance.next() * 6);
              const dying = {
                get: (key: string) => store.get(key),
                delete: (key: string) => store.delete(key),
                put: (key: string, bytes: Uint8Array) => {
                  if (writes-- === 0) throw new Error('killed');
                  return store.put(key, bytes);
                },
              };
              const outcome = await doTask(sent, dying).then(
                () => 'done',
                (error: Error) => error.message,
              );
              if (outcome === 'killed') reached.killed++;
              else expect(outcome).toBe('done');
              if (outcome === 'killed' || chance.next() < 0.2) await doTask(sent, store);
              reached.tasks++;
            }
          };
          const where = { prefix, elsewhere: called(carryOut, prefix) };
          const found = await screen(segmentsOf(profiles, segments), known, NOW, POLICY, cut, store, where);
          const here = await screened(profiles, {}, known);
          expect({ ...found, census: undefined }).toEqual({ ...here, census: undefined });
          expect({ ...found.census, known: undefined }).toEqual({ ...here.census, known: undefined });
          const left: string[] = [];
          for await (const key of store.list('')) left.push(key);
          expect(left).toEqual([]);
          reached.links += found.links.pairs.length;
          reached.guests += found.guests.length;
        },
      ),
      { numRuns: 15 },
    );
    expect(reached.tasks).toBeGreaterThan(200);
    expect(reached.killed).toBeGreaterThan(60);
    expect(reached.links).toBeGreaterThan(100);
    expect(reached.guests).toBeGreaterThan(10);
  });

  test('members of campaigns are no reference: what only they hold stays rare', async () => {
    const gang = Array.from({ length: 12 }, (_, i) =>
      profile(`gang ${i}`, { card: 'card 1', clients: ['their build'], ips: ['exit 1', 'exit 2'] }),
    );
    const all = [...gang, ...Array.from({ length: 100 }, (_, i) => profile(`stranger ${i}`))];
    const known = new Set(gang.map(({ account }) => account));
    const [without, withThem] = [await screened(all), await screened(all, {}, known)];
    expect(without.groups).toBe(0);
    expect(withThem.groups).toBe(1);
    expect(withThem.census.referenceSize).toBe(100);
    expect(indexed(all, new Set(gang)).groups[0]).toHaveLength(12);
    expect(ordinalsOf(await segmentsOf(all, 1).columns(0), withThem.census).length).toBe(112);
  });

  test('an hour in which nobody was heard of is screened, too', async () => {
    expect(await screened([])).toMatchObject({ pairs: 0, groups: 0 });
  });
});
