import { importOperator, revokeOperator } from '../../functions/enforcement/commands/known-operators';
import { Pipeline } from '../../local/pipeline';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { ReadOperator } from '../../shared/domain/campaigns/known-operator';
import { operatorIn, StixBundle, stixOf, TLP } from '../../shared/domain/campaigns/stix';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { hash64 } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';
import { BEN, RECOMMENDED, says } from '../support/worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign } from '../support/worlds/fixture-world';
import { CAMPAIGN, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

/** Indicators found in one deployment, brought to another: each a whole pipeline in one process. */
const KEY = 'k'.repeat(64);
const END = START + HOURS * HOUR + 15 * 60_000;
const AGAIN = CAMPAIGN.map((account) => `again-${account}`);

async function deployment({ secret = KEY, accounts = AGAIN, known = [], until }: Given = {}) {
  const pipeline = new Pipeline({ policy: withMode(RECOMMENDED, 'auto', 'the test says so'), secret, start: START, detectEvery: DAY });
  await pipeline.arm('the test');
  const imports = [];
  for (const read of known)
    imports.push(await importOperator({ ...says(BEN), read, ...(until === undefined ? {} : { until }) }, pipeline.enforcement));
  pipeline.clock.advanceTo(END);
  const { rejected } = await pipeline.take([{ id: 'm', body: smallTraffic(accounts).join('\n') }]);
  expect(rejected).toEqual([]);
  await pipeline.fold();
  await pipeline.detect();
  return { pipeline, imports };
}
type Given = { secret?: string; accounts?: readonly string[]; known?: readonly ReadOperator[]; until?: number };

async function campaignsOf({ detection }: Pipeline): Promise<Campaign[]> {
  const found: Campaign[] = [];
  for await (const header of detection.campaigns.headers()) found.push(await detection.campaigns.document(header.document));
  return found;
}
async function onlyCampaign(pipeline: Pipeline): Promise<Campaign> {
  const found = await campaignsOf(pipeline);
  expect(found).toHaveLength(1);
  return found[0]!;
}
const findingOf = ({ evidence }: Campaign) => evidence.find(({ detector }) => detector === 'known-operator');
const seenOf = async ({ enforcement }: Pipeline, { id }: ReadOperator) => (await enforcement.sightings.seen(id)).size;

/** What another deployment exports of the first campaign, as text over the wire. */
let bundle: string;
let exported: ReadOperator;
const read = (text: string): ReadOperator => {
  const found = operatorIn(JSON.parse(text));
  if (found.kind !== 'operator') throw new Error(JSON.stringify(found));
  return found.operator;
};
beforeAll(async () => {
  bundle = JSON.stringify(stixOf(await onlyCampaign((await deployment({ accounts: CAMPAIGN })).pipeline)));
  exported = read(bundle);
});

describe('the same operator in another deployment', () => {
  test('what is read is what was exported, and its accounts are not in it', async () => {
    const campaign = await onlyCampaign((await deployment({ accounts: CAMPAIGN })).pipeline);
    expect(exported.accounts).toBe(campaign.members.length);
    expect(exported.indicators).toEqual(
      campaign.indicators
        .filter(({ type }) => type !== 'rhythm')
        .map(({ type, hash, family, members }) => ({ type, hash, family, members })),
    );
    for (const { account } of campaign.members) expect(bundle).not.toContain(account);
  });

  test('same key, other accounts: the network is known, says so in its lineage and in its evidence, and what was seen is counted', async () => {
    const { pipeline } = await deployment({ known: [exported] });
    const campaign = await onlyCampaign(pipeline);
    expect(campaign.lineage).toEqual([expect.objectContaining({ what: 'known-operator', with: exported.id })]);
    const finding = findingOf(campaign);
    expect(finding?.because).toContain(`members carry the indicators of ${exported.name} (distillation), known from Lockstep`);
    expect(finding?.numbers).toEqual({
      members: campaign.members.length,
      carrying: campaign.members.length,
      matched: exported.indicators.length,
      indicators: exported.indicators.length,
    });
    expect(await seenOf(pipeline, exported)).toBe(exported.indicators.length);
  });

  test('another key: nothing matches, nothing was ever seen', async () => {
    const { pipeline } = await deployment({ known: [exported], secret: 'other'.repeat(12) });
    const campaign = await onlyCampaign(pipeline);
    expect([campaign.lineage, findingOf(campaign)]).toEqual([[], undefined]);
    expect(await seenOf(pipeline, exported)).toBe(0);
  });

  test('an import that ended is looked for no longer', async () => {
    const { pipeline } = await deployment({ known: [exported], until: START + 2 * HOUR });
    expect(findingOf(await onlyCampaign(pipeline))).toBeUndefined();
  });

  test('a revoked import is looked for no longer: the finding goes with the next version, the history stays', async () => {
    const { pipeline } = await deployment({ known: [exported] });
    expect(findingOf(await onlyCampaign(pipeline))).toBeDefined();
    expect((await revokeOperator({ ...says(BEN), id: exported.id }, pipeline.enforcement)).kind).toBe('done');
    pipeline.clock.advanceTo(END + DAY);
    await pipeline.detect();
    const campaign = await onlyCampaign(pipeline);
    expect([findingOf(campaign), campaign.lineage.map(({ what }) => what), campaign.version]).toEqual([undefined, ['known-operator'], 2]);
  });
});

describe('an import by itself', () => {
  /** Everything that is judged and done, but for the finding and the history. */
  const judged = async (pipeline: Pipeline) => ({
    campaigns: (await campaignsOf(pipeline)).map(({ evidence, lineage: _lineage, provenance: _provenance, ...rest }) => ({
      ...rest,
      evidence: evidence.filter(({ detector }) => detector !== 'known-operator'),
    })),
    suspended: pipeline.gateway.suspended(),
  });

  test('changes nobody’s standing: the same campaigns, members, families, kinds and actions with it as without', async () => {
    const [without, with_] = [await deployment(), await deployment({ known: [exported] })];
    expect(findingOf(await onlyCampaign(with_.pipeline))).toBeDefined();
    expect(await judged(with_.pipeline)).toEqual(await judged(without.pipeline));
  });

  test('whatever the list says, even that honest people’s addresses and cards are an operator’s: the same accounts in networks', async () => {
    const without = await judged((await deployment()).pipeline);
    const hasher = (await deployment()).pipeline.hasher;
    const trait = fc.oneof(
      fc.nat(259).map((i) => ({
        type: 'payment-instrument' as const,
        family: 'payment' as const,
        hash: hashText(hasher.object('payment', `own-${i}`)),
      })),
      fc.nat(259).map((i) => ({
        type: 'network-address' as const,
        family: 'infrastructure' as const,
        hash: hashText(hasher.object('ip', `203.0.${i >> 7}.${i & 127}`)),
      })),
      fc.nat(2).map((i) => ({
        type: 'client-build' as const,
        family: 'infrastructure' as const,
        hash: hashText(hasher.object('client', `popular/${i}`)),
      })),
      fc.constantFrom(...exported.indicators),
    );
    const list = fc.array(trait, { minLength: 5, maxLength: 300 }).map(
      (traits): ReadOperator => ({
        ...exported,
        accounts: 300,
        indicators: traits.map((one) => ({ ...one, hash: hash64(one.hash), members: 300 })),
      }),
    );
    await fc.assert(
      fc.asyncProperty(list, async (known) => {
        const { pipeline } = await deployment({ known: [known] });
        expect(await judged(pipeline)).toEqual(without);
        expect(await seenOf(pipeline, known)).toBeGreaterThan(0);
      }),
      { numRuns: 8 },
    );
  });
});

test.each([
  ['distillation', ['AML.T0040', 'AML.T0024.002']],
  ['hijacked-keys', ['AML.T0012']],
  ['reselling', []],
] as const)(
  'a %s campaign names the ATLAS techniques %j, every object is marked, and the bundle is read again',
  (classification, techniques) => {
    const bundle = stixOf(
      { ...fixtureCampaign({ id: 'c-1', classification, accounts: 30, firstSeen: FIXTURE_NOW - DAY }).campaign },
      'green',
    );
    const patterns = bundle.objects.filter((object) => object.type === 'attack-pattern');
    expect(patterns.map(({ external_references }) => external_references[0]?.external_id)).toEqual(techniques);
    const uses = bundle.objects.filter((object) => object.type === 'relationship' && object.relationship_type === 'uses');
    expect(uses).toHaveLength(techniques.length);
    for (const object of bundle.objects)
      if (object.type === 'marking-definition') expect(object.definition).toEqual({ tlp: 'green' });
      else expect(object.object_marking_refs).toEqual([TLP.green]);
    expect(StixBundle.safeParse(bundle).success).toBe(true);
    expect(operatorIn(bundle).kind).toBe('operator');
  },
);
