import { type JudgedUnit, judgeUnits } from '../../functions/detection/judge-units';
import type { Profile } from '../../functions/detection/profiles/profile';
import { Spill } from '../../functions/detection/screen/columns/spill';
import { Screening } from '../../functions/detection/screen/screened';
import { TraitIndex } from '../../functions/detection/traits/trait-index';
import recommended from '../../policies/recommended.json';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { SUM } from '../../shared/formats/features';
import { campaignId } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';
import { Reached } from '../support/reached';
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
    it.current.sums[SUM.prompts] = 60;
    it.current.sums[SUM.elicitsTrait] = of.asks ? 55 : 1;
    it.current.sums[SUM.content + (of.asks ? 40 : i % 8)] = 60;
    for (let hour = 100; hour < 130; hour++) it.current.hourly[hour] = 2;
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
    it.current.sums[SUM.prompts] = 40;
    it.current.sums[SUM.content + (i % 8)] = 40;
    return it;
  });

/** What a run says, without what holds the memory. */
const saidOf = ({ assessments, campaigns, links, index }: JudgedUnit) => ({
  campaigns: campaigns.map(({ id }) => id),
  links: links.map(({ a, b, weight }) => [index.accounts[a]!.profile.account, index.accounts[b]!.profile.account, weight]),
  assessments: assessments.map(({ network, unlike, ...others }) => ({
    ...others,
    foundBy: network.foundBy,
    unlike: [...unlike],
    members: network.members.map(({ entry, ...member }) => ({ ...member, account: entry.profile.account })),
  })),
});

async function judged(profiles: readonly Profile[], campaigns: readonly Campaign[], segments: number, countedAtOnce: number) {
  const held = new Map(profiles.map((one) => [one.account, one]));
  const columns = segmentsOf(profiles, segments);
  const ties = campaigns.filter(({ foundBy }) => foundBy !== 'content').map((one) => one.members.map(({ account }) => account));
  const hostile = new Set(
    campaigns.filter(({ classification }) => classification === 'distillation').flatMap((one) => one.members.map(({ account }) => account)),
  );
  const cut = { partitions: 3, rowsAtOnce: 50 };
  const screening = await Screening.of(columns, { ties, known: hostile, now: NOW, policy, cut }, new Spill());
  let readings = 0;
  const counting: Screening = Object.assign(Object.create(screening), {
    counted: (...given: Parameters<Screening['counted']>) => {
      readings++;
      return screening.counted(...given);
    },
  });
  const population = { profiles: { peek: (account: Profile['account']) => held.get(account) }, releases: new Map<string, number>() };
  const units: ReturnType<typeof saidOf>[] = [];
  for await (const unit of judgeUnits({ population, screening: counting, campaigns, operators: [], policy, now: NOW, countedAtOnce }))
    units.push(saidOf(unit));
  return { units, readings, size: screening.units.length };
}

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
        const campaigns = groups.flatMap(({ wasCampaign, isLinked, size }, at) =>
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
        const [one, other] = [await judged(profiles, campaigns, 1, 1_000_000), await judged(profiles, campaigns, segments, atOnce)];
        expect(other.units).toEqual(one.units);
        const tracked = one.units.flatMap((unit) => unit.campaigns);
        expect([...tracked].sort()).toEqual(campaigns.map(({ id }) => id).sort());
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
      const held = new Map(profiles.map((one) => [one.account, one]));
      const population = { profiles: { peek: (account: Profile['account']) => held.get(account) }, releases: new Map<string, number>() };
      const screening = await Screening.of(
        segmentsOf(profiles, 8),
        { ties: [], known: new Set(), now: NOW, policy, cut: { partitions: 2, rowsAtOnce: 9 } },
        new Spill(),
      );
      const accounts = some.map(({ account }) => account);
      const index = screening.index(accounts, population, await screening.counted(accounts));
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
