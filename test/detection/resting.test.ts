import { restingOf } from '../../functions/detection/campaigns/resting';
import { track } from '../../functions/detection/campaigns/track';
import { Detection } from '../../functions/detection/detect';
import { controlFalseDiscovery } from '../../functions/detection/findings/assess';
import { baselineOf } from '../../functions/detection/findings/baseline';
import { judge } from '../../functions/detection/judgement';
import type { Profile } from '../../functions/detection/profiles/profile';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import recommended from '../../policies/recommended.json';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { fc } from '../support/property';
import { Reached } from '../support/reached';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { indexOf, NOW, profile, strangers } from '../support/worlds/population';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const policy = Policy.parse(recommended).detection;

/** A group that one operator moves: how many, of whom so many are at work, so many never used, and so many are in no campaign. */
const group = fc.record({
  size: fc.constantFrom(12, 49, 50, 55, 60, 60),
  silentFor: fc.constantFrom(1.9 * DAY, 2 * DAY, 2 * DAY, 9 * DAY, 9 * DAY),
  atWork: fc.constantFrom(0, 0, 0, 0, 0, 1, 30),
  waiting: fc.constantFrom(0, 0, 0, 0, 1),
  strange: fc.constantFrom(0, 0, 0, 0, 1),
  classification: fc.constantFrom<Campaign['classification']>('distillation', 'distillation', 'unclear', 'shared-origin'),
  foundBy: fc.constantFrom<Campaign['foundBy']>('links', 'links', 'links', 'links', 'content'),
  /** Its campaign was seen last so long ago: a day later it is saved again. */
  savedFor: fc.constantFrom(2 * HOUR, 25 * HOUR),
});
type Group = typeof group extends fc.Arbitrary<infer T> ? T : never;

function accountsOf({ size, silentFor, atWork, waiting }: Group, at: number): Profile[] {
  return Array.from({ length: size }, (_, i) => {
    const it = profile(`member ${at}/${i}`, {
      bornAt: NOW - 20 * DAY,
      card: `card ${at}/${Math.floor(i / 6)}`,
      ips: [`exit a ${at}`, `exit b ${at}`, `exit c ${at}/${i % 3}`],
      clients: [`client ${at}`],
      system: `system ${at}`,
      exchanges: 60,
      lastUse: i < atWork ? NOW - HOUR : NOW - silentFor,
    });
    for (let hour = 100; hour < 130; hour++) it.hourly[hour] = 2;
    if (i >= size - waiting) {
      it.exchanges = 0;
      it.lastUse = Number.NEGATIVE_INFINITY;
    }
    return it;
  });
}

function judged(profiles: readonly Profile[], before: readonly Campaign[], rests: (profile: Profile) => boolean) {
  const index = indexOf(profiles);
  const context = { index, baseline: baselineOf(index), releases: new Map<string, number>(), operators: [], now: NOW };
  const found = judge(context, { policy, named: new Set(), rests });
  const held = new Map(profiles.map((one) => [one.account, one]));
  const provenance = { run: 'run', code: 'code', policy: 'policy', input: 'input' };
  const start = Math.floor(NOW / HOUR) - 100;
  const changed = track(controlFalseDiscovery(found.assessments, policy), before, {
    ...context,
    profiles: held,
    policy,
    start,
    provenance,
  });
  return { changed, resting: found.resting.map(({ length }) => length), networks: found.linked.length };
}

test('property: to leave a group whole of which nothing new can be known changes no campaign', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), (groups) => {
      const all = groups.map(accountsOf);
      const before = groups.map(({ size, strange, classification, foundBy, savedFor }, at) => ({
        ...buildCampaign({
          id: campaignId(`c-${at}`),
          classification,
          members: all[at]!.slice(0, size - strange).map(({ account }) => buildMember(0, { account })),
        }),
        foundBy,
        updatedAt: NOW - savedFor,
      }));
      const profiles = [...all.flat(), ...strangers(150)];
      const anew = judged(profiles, before, () => false);
      const reused = judged(profiles, before, restingOf(before, NOW));
      expect(reused.changed).toEqual(anew.changed);
      expect(anew.resting).toEqual([]);
      const expected = groups.filter(
        (one) => one.size >= 50 && one.silentFor >= 2 * DAY && one.atWork + one.waiting + one.strange === 0 && one.foundBy === 'links',
      );
      expect(reused.resting.sort()).toEqual(expected.map(({ size }) => size).sort());
      // Nothing was left whole that would not have been a network.
      expect(anew.networks).toBe(reused.networks + reused.resting.length);
      reached.met(expected.length > 0 ? 'somebody rests' : 'nobody rests');
      if (expected.length > 0 && expected.length < groups.length) reached.met('beside others who do not');
      if (groups.some((one) => one.size >= 50 && one.silentFor >= 2 * DAY && one.atWork === 1)) reached.met('kept awake by one');
      if (groups.some((one) => one.size >= 50 && one.silentFor >= 2 * DAY && one.strange === 1)) reached.met('a newcomer is linked');
      if (anew.changed.length > 0) reached.met('campaigns change');
      if (expected.some(({ savedFor }) => savedFor > DAY)) reached.met('saved daily');
    }),
    { numRuns: 60 },
  );
  reached.atLeast({
    'somebody rests': 8,
    'nobody rests': 8,
    'beside others who do not': 4,
    'kept awake by one': 2,
    'a newcomer is linked': 2,
    'campaigns change': 15,
    'saved daily': 2,
  });
});

test('whoever rests is a member who used once and is silent for two days; a campaign that only content holds together keeps nobody at rest', () => {
  const [member, other] = [profile('member', { lastUse: NOW - 2 * DAY }), profile('other', { lastUse: NOW - 2 * DAY })];
  const campaign = (foundBy: Campaign['foundBy']) => ({
    ...buildCampaign({ members: [buildMember(0, { account: member.account })] }),
    foundBy,
  });
  const rests = restingOf([campaign('links')], NOW);
  expect([rests(member), rests(other)]).toEqual([true, false]);
  expect(rests({ ...member, account: member.account, lastUse: NOW - 2 * DAY + 1 })).toBe(false);
  expect(rests({ ...member, account: member.account, lastUse: Number.NEGATIVE_INFINITY })).toBe(false);
  expect(restingOf([campaign('content')], NOW)(member)).toBe(false);
});

describe('a campaign that fell silent', () => {
  const MEMBERS = Array.from({ length: 60 }, (_, i) => `campaign-${i}`);
  const hasher = new KeyedHasher('k'.repeat(64));

  /** Runs of detection half a day apart, in one process or in a new one each; with whom accounts come that are linked with them, last. */
  async function runs(isNew: boolean, comeLast: readonly string[]) {
    const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
    const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new MemoryTable(clock) };
    const ports = { ...stores, clock, hasher, segments: 1, shards: 1, rows: 'none' as const };
    const take = async (lines: readonly string[]): Promise<void> => {
      expect((await ingest([{ id: `${clock.now()}`, body: lines.join('\n') }], ports)).rejected).toEqual([]);
      for (const task of await plan(ports)) await fold(task, ports);
    };
    await take(smallTraffic(MEMBERS));
    const begun = new Detection({ stores, clock });
    const seen: { resting: number; networks: number; changed: number[] }[] = [];
    let detection = begun;
    for (let half = 0; half < 8; half++) {
      if (isNew) detection = new Detection({ stores, clock });
      const { resting, networks, changed } = await detection.run(policy, 'policy-1');
      seen.push({ resting, networks, changed: changed.map(({ members }) => members.length) });
      clock.advanceTo(clock.now() + DAY / 2);
    }
    if (comeLast.length > 0) {
      const late = smallTraffic([...comeLast, ...MEMBERS]).filter((line) => comeLast.some((name) => line.includes(`"subject":"${name}"`)));
      const days = Math.floor((clock.now() - START) / DAY) - 1;
      await take(
        late.map((line) =>
          line.replace(/"id":"e-/, '"id":"late-').replace(/2026-06-0(\d)T/g, (_, day) => `2026-06-0${Number(day) + days}T`),
        ),
      );
      if (isNew) detection = new Detection({ stores, clock });
      const { resting, networks, changed } = await detection.run(policy, 'policy-1');
      seen.push({ resting, networks, changed: changed.map(({ members }) => members.length) });
    }
    const campaigns: Campaign[] = [];
    for await (const { document } of detection.campaigns.headers()) campaigns.push(await detection.campaigns.document(document));
    return { seen, campaigns };
  }

  test('is left whole from two days on, and stands as it was, in one process and in a new one each run', async () => {
    const one = await runs(false, []);
    expect(one.seen.map(({ resting }) => resting)).toEqual([0, 0, 0, 0, 60, 60, 60, 60]);
    expect(new Set(one.seen.map(({ networks }) => networks))).toEqual(new Set([1]));
    expect(one.campaigns.map(({ members }) => members.length)).toEqual([60]);
    expect(await runs(true, [])).toEqual(one);
  });

  test('is judged with those who come to it', async () => {
    const { seen, campaigns } = await runs(
      true,
      Array.from({ length: 30 }, (_, i) => `campaign-${60 + i}`),
    );
    expect(seen.at(-2)?.resting).toBe(60);
    expect(seen.at(-1)).toEqual({ resting: 0, networks: 1, changed: [90] });
    expect(campaigns.map(({ members }) => members.length)).toEqual([90]);
  });
});
