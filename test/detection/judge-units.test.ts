import type { Profile } from '../../functions/detection/profiles/profile';
import { Profiles } from '../../functions/detection/profiles/profiles';
import { Spill } from '../../functions/detection/screen/columns/spill';
import { indexOf, Screening } from '../../functions/detection/screen/screened';
import { Board, type BoardStore } from '../../functions/detection/screen/tasks/board';
import { type CalledTask, called, doTask, prefixOf } from '../../functions/detection/tasks/called-task';
import { TraitIndex } from '../../functions/detection/traits/trait-index';
import { countedBesides, judgeUnits, marksOf, rulesOf } from '../../functions/detection/units/judge-units';
import { JudgedElsewhere } from '../../functions/detection/units/judged-elsewhere';
import { JudgedHere } from '../../functions/detection/units/judged-here';
import { type SettledUnit, settled } from '../../functions/detection/units/settled';
import type { JudgedUnit } from '../../functions/detection/units/unit-judge';
import recommended from '../../policies/recommended.json';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { SUM } from '../../shared/formats/features';
import { campaignId, operatorId } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';
import { Reached } from '../support/reached';
import { saidOf } from '../support/said-of';
import { segmentsOf } from '../support/segments';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { hash, NOW, profile } from '../support/worlds/population';

const policy = Policy.parse(recommended).detection;
const HOUR_NOW = Math.floor(NOW / HOUR);

/** A group of accounts: how many, what they share, and whether one of them holds something of the next group's. */
const group = fc.record({
  size: fc.integer({ min: 4, max: 14 }),
  hasCard: fc.constantFrom(true, true, false),
  hasSystem: fc.boolean(),
  asks: fc.boolean(),
  isLinked: fc.constantFrom(true, true, false),
  leansOnNext: fc.boolean(),
  wasCampaign: fc.constantFrom<Campaign['classification'] | undefined>(
    undefined,
    'distillation',
    'distillation',
    'shared-origin',
    'unclear',
  ),
});
type Group = typeof group extends fc.Arbitrary<infer T> ? T : never;

function members(of: Group, at: number): Profile[] {
  const own = (what: string, i: number) => (of.isLinked ? `${what} ${at}` : `${what} ${at}/${i}`);
  return Array.from({ length: of.size }, (_, i) => {
    const next = of.leansOnNext && i === 0 ? [`exit a ${at + 1}`, `exit b ${at + 1}`] : [];
    const it = profile(`member ${at}/${i}`, {
      bornAt: NOW - 5 * DAY - i * HOUR,
      ips: [...(of.isLinked ? [`exit a ${at}`, `exit b ${at}`] : [`home ${at}/${i}`]), ...next],
      clients: [own('client', i)],
      templates: [own('template', i)],
      ...(of.hasCard ? { card: own('card', Math.floor(i / 4)) } : {}),
      ...(of.hasSystem ? { system: `system ${at}` } : {}),
      exchanges: 60,
    });
    it.samples.phrases.add(hash(`phrase ${at}`), 1, HOUR_NOW - 20);
    it.window.sums[SUM.prompts] = 60;
    it.window.sums[SUM.elicitsTrait] = of.asks ? 55 : 1;
    it.window.sums[SUM.content + (of.asks ? 40 : i % 8)] = 60;
    for (let hour = 100; hour < 130; hour++) it.hourly[hour] = 2;
    return it;
  });
}
/** What accounts of a group hold: a campaign that is known by it may have come back in that group. */
const knownBy = (at: number): Campaign['indicators'] =>
  (
    [
      ['network-address', 'infrastructure', `exit a ${at}`],
      ['network-address', 'infrastructure', `exit b ${at}`],
      ['client-build', 'infrastructure', `client ${at}`],
      ['payment-instrument', 'payment', `card ${at}`],
    ] as const
  ).map(([type, family, name]) => ({
    type,
    family,
    hash: hashText(hash(name)),
    members: 10,
    others: 0,
    firstUse: NOW - DAY,
    lastUse: NOW,
  }));

const strangers = (): Profile[] =>
  Array.from({ length: 260 }, (_, i) => {
    const it = profile(`stranger ${i}`, { ips: [`address ${i % 120}`], clients: ['popular'], exchanges: 40 });
    it.window.sums[SUM.prompts] = 40;
    it.window.sums[SUM.content + (i % 8)] = 40;
    return it;
  });

/** What a run says, without what holds the memory. */
const said = ({ assessments, campaigns, links, index }: JudgedUnit) => ({
  campaigns: campaigns.map(({ id }) => id),
  links: links.map(({ a, b, weight }) => [index.accounts[a]!.profile.account, index.accounts[b]!.profile.account, weight]),
  assessments: saidOf(assessments),
});

const HALF = HOUR_NOW - 100;
const tracking = {
  start: HALF,
  provenance: { run: 'run-1', code: 'detection-1', policy: 'p', input: 'i' },
  names: new Set(['c-0', 'c-1']),
};
const held = (profiles: readonly Profile[]): Profiles => {
  const all = new Profiles();
  for (const one of profiles) all.set(one.account, one);
  all.pack();
  return all;
};

/** A population with the campaigns that stand, screened. `countedAtOnce`: how much is counted in one reading. */
async function world(all: readonly Profile[], campaigns: readonly Campaign[], segments: number, countedAtOnce: number) {
  const profiles = held(all);
  const columns = segmentsOf(all, segments);
  const ties = campaigns.filter(({ foundBy }) => foundBy !== 'content').map((one) => one.members.map(({ account }) => account));
  const hostile = new Set(
    campaigns.filter(({ classification }) => classification === 'distillation').flatMap((one) => one.members.map(({ account }) => account)),
  );
  const cut = { partitions: 3, rowsAtOnce: 50 };
  const screening = await Screening.of(columns, { profiles, ties, known: hostile, now: NOW, policy, cut }, new Spill());
  let readings = 0;
  const counting: Screening = Object.assign(Object.create(screening), {
    about: (...given: Parameters<Screening['about']>) => {
      readings++;
      return screening.about(...given);
    },
  });
  const given = { units: screening.units, campaigns, operators: [operator], policy, now: NOW };
  const judged = {
    screening: counting,
    rules: rulesOf(given, new Map([['atlas-5', NOW - 9 * DAY]])),
    marks: marksOf(campaigns),
    besides: countedBesides(given),
    countedAtOnce,
  };
  return { given, judged, readings: () => readings };
}

/** Known from elsewhere by what the second group holds. */
const operator: KnownOperator = {
  id: operatorId('o-1'),
  name: 'theirs',
  source: 'another lab',
  classification: 'distillation',
  accounts: 10,
  indicators: knownBy(1).map(({ type, hash: of, family, members: by }) => ({ type, hash: of, family, members: by })),
  importedAt: NOW - DAY,
  until: NOW + 90 * DAY,
  because: 'they told us',
  by: 'ana',
  revoked: false,
};

async function judgedHere({ given, judged, readings }: Awaited<ReturnType<typeof world>>) {
  const units: ReturnType<typeof said>[] = [];
  const made: SettledUnit[] = [];
  const here = new JudgedHere(judged, (unit) => {
    units.push(said(unit));
    return settled(unit, policy, tracking);
  });
  for await (const one of judgeUnits(given, here)) made.push(one);
  return { units, made: JSON.stringify(made), readings: readings(), size: given.units.length };
}

const campaignsOf = (groups: readonly Group[], all: readonly (readonly Profile[])[]): Campaign[] =>
  groups.flatMap(({ wasCampaign, isLinked, size }, at) =>
    wasCampaign === undefined
      ? []
      : [
          {
            ...buildCampaign({
              id: campaignId(`c-${at}`),
              classification: wasCampaign,
              members: all[at]!.slice(0, size - 1).map(({ account }) => buildMember(0, { account })),
              indicators: knownBy(at + 1),
            }),
            ...(isLinked ? {} : { foundBy: 'content' as const }),
          },
        ],
  );

test('property: however much is counted at once, and in however many segments, the same is found in the same words', async () => {
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(
      fc.array(group, { minLength: 2, maxLength: 7 }),
      fc.constantFrom(1, 9, 40),
      fc.constantFrom(1, 8),
      async (groups, atOnce, segments) => {
        const all = groups.map(members);
        const profiles = [...all.flat(), ...strangers()];
        const campaigns = campaignsOf(groups, all);
        const one = await judgedHere(await world(profiles, campaigns, 1, 1_000_000));
        const other = await judgedHere(await world(profiles, campaigns, segments, atOnce));
        expect(other.units).toEqual(one.units);
        expect(other.made).toBe(one.made);
        const ofCampaigns = one.units.flatMap((unit) => unit.campaigns);
        expect([...ofCampaigns].sort()).toEqual(campaigns.map(({ id }) => id).sort());
        const found = one.units.flatMap(({ assessments }) => assessments);
        const accounts = found.flatMap((assessment) => assessment.members.map(({ account }) => account));
        expect(new Set(accounts).size).toBe(accounts.length);
        if (other.readings > one.readings) reached.met('several batches');
        if (found.length > 1) reached.met('several networks');
        if (found.some(({ evidence }) => evidence.some(({ numbers }) => numbers.p !== undefined))) reached.met('tests');
        if (found.some(({ foundBy }) => foundBy === 'content')) reached.met('found by content');
        if (one.units.some((unit) => unit.campaigns.length > 0 && unit.assessments.length > 0)) reached.met('campaign met again');
        if (one.units.length < one.size) reached.met('units joined');
      },
    ),
    { numRuns: 60 },
  );
  reached.atLeast({ 'several batches': 25, 'several networks': 30, 'campaign met again': 15, 'units joined': 3, tests: 20 });
});

/** Nothing links them but what they ask for. */
const COURSE: Group = {
  size: 14,
  hasCard: false,
  hasSystem: true,
  asks: true,
  isLinked: false,
  leansOnNext: false,
  wasCampaign: undefined,
};
/** How the tasks of a step are done: in which order, which of them twice, and which fail at a write and are done again alone. */
const doing = fc.record({ seed: fc.nat(), twice: fc.nat({ max: 3 }), failed: fc.nat({ max: 3 }) });
type Doing = typeof doing extends fc.Arbitrary<infer T> ? T : never;

test('property: units judged by functions, from nothing, in batches of any size, in any order, twice, or again after they failed, are those of the loop to the byte', async () => {
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(
      fc.array(group, { minLength: 2, maxLength: 7 }),
      fc.constantFrom(1, 20, 60, 1_000),
      fc.constantFrom(9, 40, 1_000_000),
      fc.constantFrom(12, 60_000),
      doing,
      async (drawn, batchOf, countedAtOnce, elsewhereAtMost, how) => {
        const groups = how.seed % 2 === 0 ? drawn : [...drawn, COURSE];
        const all = groups.map(members);
        // Here for long: of the reference, of which a sample is looked through.
        if (groups !== drawn) for (const { facts } of all.at(-1)!) Object.assign(facts, { createdAt: NOW - 90 * DAY });
        const profiles = [...all.flat(), ...strangers()];
        const campaigns = campaignsOf(groups, all);
        const { made, size } = await judgedHere(await world(profiles, campaigns, 4, 1_000_000));
        const { given, judged } = await world(profiles, campaigns, 4, countedAtOnce);
        const store = new Spill();
        const prefix = prefixOf('run-1');
        const tasks = called((items) => carriedOut(items, store, how, reached), prefix);
        const there = new JudgedElsewhere({ ...judged, batchOf, elsewhereAtMost, tracking }, new Board(store, prefix), tasks);
        const found: SettledUnit[] = [];
        for await (const one of judgeUnits(given, there)) found.push(one);
        expect(JSON.stringify(found)).toBe(made);
        expect([...store.keys()]).toEqual([]);
        if (found.some(({ changed }) => changed.length > 0)) reached.met('campaigns');
        if (found.some(({ links }) => links.some(({ links: kept }) => kept.length > 0))) reached.met('links kept');
        if (found.some(({ changed }) => changed.some(({ lineage }) => lineage.some(({ what }) => what === 'known-operator'))))
          reached.met('an operator known from elsewhere');
        if (found.some(({ changed }) => changed.some(({ foundBy }) => foundBy === 'content'))) reached.met('found by content');
        if (found.length < size) reached.met('units joined');
        if (elsewhereAtMost < 60_000) reached.met('too large for a function');
      },
    ),
    { numRuns: 60 },
  );
  reached.atLeast({
    'several tasks': 40,
    'done twice': 40,
    'failed at a write': 15,
    campaigns: 45,
    'links kept': 30,
    'an operator known from elsewhere': 5,
    'units joined': 3,
    'too large for a function': 20,
    look: 60,
    ask: 40,
    settle: 40,
    test: 3,
    content: 8,
  });
});

async function carriedOut(
  items: readonly CalledTask[],
  store: BoardStore,
  { seed, twice, failed }: Doing,
  reached: Reached,
): Promise<void> {
  const order = [...items].sort((a, b) => ((a.at * 7919 + seed) % 31) - ((b.at * 7919 + seed) % 31));
  for (const [place, task] of order.entries()) {
    if (place === failed) {
      const broken: BoardStore = {
        put: async () => {
          throw new Error('killed');
        },
        get: (key) => store.get(key),
        delete: async () => {
          throw new Error('a task removes nothing');
        },
      };
      await expect(doTask(task, broken)).rejects.toThrow('killed');
      reached.met('failed at a write');
    }
    await doTask(task, store);
    if (place === twice) {
      await doTask(task, store);
      reached.met('done twice');
    }
    reached.met(task.step);
  }
  if (items.length > 1) reached.met('several tasks');
}

test('property: an index of some accounts counts what an index of everybody counts, what one account holds alone too', async () => {
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 4 }), async (groups) => {
      const some = groups.flatMap(members);
      for (const [at, one] of some.entries()) {
        if (at % 5 > 0) continue;
        // Here for long, with a client taken up yesterday: it vouches for what it had before.
        Object.assign(one.facts, { createdAt: NOW - 90 * DAY });
        one.firstUse = NOW - 40 * DAY;
        one.samples.clients.add(hash('long used'), 1, HOUR_NOW - 900);
        one.samples.clients.add(hash('long used'), 1, HOUR_NOW - 1);
        one.samples.clients.add(hash(`taken up ${at % 2}/${at}`), 1, HOUR_NOW - 30);
      }
      const profiles = [...some, ...strangers()];
      const { referenceAgeDays, smallestReference, hubShare } = policy;
      const whole = new TraitIndex({
        referenceAgeDays: referenceAgeDays.value,
        smallestReference: smallestReference.value,
        hubShare: hubShare.value,
      });
      whole.update(profiles, new Map(), NOW, new Set());
      const screening = await Screening.of(
        segmentsOf(profiles, 8),
        { profiles: held(profiles), ties: [], known: new Set(), now: NOW, policy, cut: { partitions: 2, rowsAtOnce: 9 } },
        new Spill(),
      );
      const accounts = some.map(({ account }) => account);
      const about = await screening.about(accounts);
      const index = indexOf(accounts, about.profiles, new Map(), about.counted, policy, NOW);
      expect([index.population, index.referenceSize]).toEqual([whole.population, whole.referenceSize]);
      for (let id = 0; id < index.size; id++) {
        const there = whole.find(index.typeName(id), index.hashes[id]!)!;
        expect([index.typeName(id), index.holdersOf(id), index.referenceHolders[id]]).toEqual([
          index.typeName(id),
          whole.holdersOf(there),
          whole.referenceHolders[there],
        ]);
        if (whole.holdersOf(there) === 1) reached.met(`alone, ${whole.referenceHolders[there]} vouch`);
        else reached.met('shared');
      }
      if (index.accounts.some(({ established, onset }) => established && onset > Number.NEGATIVE_INFINITY))
        reached.met('vouches for some only');
    }),
    { numRuns: 30 },
  );
  reached.atLeast({ shared: 300, 'alone, 0 vouch': 100, 'alone, 1 vouch': 30, 'vouches for some only': 20 });
});
