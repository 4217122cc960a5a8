import { identityOf } from '../../functions/detection/findings/identity';
import { legsOf, opennessOf } from '../../functions/detection/findings/legs';
import { GroupProfile } from '../../functions/detection/networks/networks';
import type { Profile } from '../../functions/detection/profiles/profile';
import { refer } from '../../functions/enforcement/referrals/refer';
import { Pipeline } from '../../local/pipeline';
import { type Campaign, firstPartyOf, tenantsOf } from '../../shared/domain/campaigns/campaign';
import { REFERRAL_CHAIN } from '../../shared/domain/cases/referral';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { hash64 } from '../../shared/identity/ids';
import { openedTenants } from '../../shared/identity/opened-names';
import { fc } from '../support/property';
import { BEN, RECOMMENDED, says } from '../support/worlds/enforcement-world';
import { indexOf, NOW, profile, strangers } from '../support/worlds/population';
import { CAMPAIGN, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const END = START + HOURS * HOUR + 15 * 60_000;
const TENANTS = new Set(CAMPAIGN.slice(0, 10));

type Change = (account: string, data: Record<string, unknown>) => Record<string, unknown>;

/** The small world, with account facts of some accounts changed, or what comes with their requests. */
async function world(facts: Change, usage: Change = (_, data) => data) {
  const pipeline = new Pipeline({
    policy: withMode(RECOMMENDED, 'auto', 'the test says so'),
    secret: 'k'.repeat(64),
    start: START,
    detectEvery: HOUR,
  });
  await pipeline.arm('the test');
  pipeline.clock.advanceTo(END);
  const lines = smallTraffic().map((line) => {
    const event = JSON.parse(line);
    const change = event.type === 'lockstep.account.v1' ? facts : usage;
    return JSON.stringify({ ...event, data: change(event.subject, event.data) });
  });
  expect((await pipeline.take([{ id: 'm', body: lines.join('\n') }])).rejected).toEqual([]);
  await pipeline.fold();
  await pipeline.detect();
  await pipeline.advanceTo(END + 2 * DAY);
  const campaigns: Campaign[] = [];
  for await (const header of pipeline.detection.campaigns.headers())
    campaigns.push(await pipeline.detection.campaigns.document(header.document));
  return { pipeline, campaigns };
}
const asTenant = (account: string, { createdAt }: Record<string, unknown>) => ({
  createdAt,
  // As people write it; ingest reads it as `bedrock`.
  cloud: 'Amazon Bedrock',
  tenant: `9000-${account}`,
  billingAccount: 'payer-77',
});

test('from events to the ledger: one operator behind first-party accounts and tenants; those are suspended, these referred and answered for', async () => {
  const { pipeline, campaigns } = await world((account, data) => (TENANTS.has(account) ? asTenant(account, data) : data));
  const { enforcement, desks, hasher, gateway } = pipeline;
  expect(campaigns).toHaveLength(1);
  const [campaign] = campaigns;
  // Linked by the same traits, and each still an account of its own.
  expect(campaign!.members).toHaveLength(CAMPAIGN.length);
  expect(firstPartyOf(campaign!.members)).toMatchObject({ accounts: 20 });
  expect(tenantsOf(campaign!.members)).toMatchObject({ bedrock: { accounts: 10, exchanges: 10 * HOURS } });
  const key = (name: string) => hasher.account(name).key;
  expect([...gateway.suspended()].sort()).toEqual(
    CAMPAIGN.filter((name) => !TENANTS.has(name))
      .map(key)
      .sort(),
  );

  expect(await refer({ ...says(BEN), campaign: campaign!.id, cloud: 'bedrock', withhold: [] }, enforcement)).toMatchObject({
    kind: 'done',
  });
  const id = `${campaign!.id}.bedrock.1`;
  expect(desks.standing()).toEqual([id]);
  const [message] = desks.received;
  const opened = openedTenants(message!.referral.tenants, [hasher]);
  expect(new Set(opened.map(({ tenant }) => tenant))).toEqual(new Set([...TENANTS].map((name) => `9000-${name}`)));
  expect(new Set(opened.map(({ billingAccount }) => billingAccount))).toEqual(new Set(['payer-77']));
  expect(message!.letter(opened).markdown).toContain('| 9000-campaign-3 | payer-77 | 30 |');
  // Somebody who exchanges the sealed names of two tenants names nobody to the cloud.
  const [one, other] = message!.referral.tenants;
  expect(() => openedTenants([{ ...one!, tenantSealed: other!.tenantSealed }], [hasher])).toThrow('another tenant');

  const answer = (answer: string, reference?: string) =>
    JSON.stringify({
      specversion: '1.0',
      type: 'lockstep.referral.v1',
      source: 'partner-desk',
      id: answer,
      time: iso(pipeline.clock.now()),
      subject: id,
      data: { answer, ...(reference === undefined ? {} : { reference }) },
    });
  expect(
    (await pipeline.take([{ id: 'a', body: `${answer('acknowledged', 'AWS-1')}\n${answer('acknowledged', 'AWS-1')}` }])).rejected,
  ).toEqual([]);
  await pipeline.advanceTo(pipeline.clock.now() + DAY);
  await pipeline.take([{ id: 'b', body: answer('acted') }]);
  expect((await enforcement.ledger.history(REFERRAL_CHAIN, id)).map(({ what }) => what)).toEqual([
    'referred',
    'sent',
    'acknowledged',
    'acted',
  ]);
  // What is no answer is refused, and says what to send.
  const { rejected } = await pipeline.take([{ id: 'c', body: answer('ignored') }]);
  expect(rejected).toEqual([expect.objectContaining({ field: 'data.answer', fix: 'use one of acknowledged, acted, declined' })]);
});

test('a cloud’s gateway that sends requests alone says it with them: the same accounts are tenants, and the same are acted on', async () => {
  const cardless: Change = (account, data) => (TENANTS.has(account) ? { createdAt: data.createdAt } : data);
  const { createdAt: _, ...tenancy } = asTenant('', {});
  const { pipeline, campaigns } = await world(cardless, (account, data) =>
    TENANTS.has(account) ? { ...data, ...tenancy, tenant: `9000-${account}` } : data,
  );
  const [campaign] = campaigns;
  expect(firstPartyOf(campaign!.members)).toMatchObject({ accounts: 20 });
  expect(tenantsOf(campaign!.members)).toMatchObject({ bedrock: { accounts: 10, exchanges: 10 * HOURS } });
  const key = (name: string) => pipeline.hasher.account(name).key;
  expect([...pipeline.gateway.suspended()].sort()).toEqual(
    CAMPAIGN.filter((name) => !TENANTS.has(name))
      .map(key)
      .sort(),
  );
  const { enforcement, desks, hasher } = pipeline;
  expect(await refer({ ...says(BEN), campaign: campaign!.id, cloud: 'bedrock', withhold: [] }, enforcement)).toMatchObject({
    kind: 'done',
  });
  const opened = openedTenants(desks.received[0]!.referral.tenants, [hasher]);
  expect(new Set(opened.map(({ tenant }) => tenant))).toEqual(new Set([...TENANTS].map((name) => `9000-${name}`)));
});

test('a firm that works through both, in lockstep: its tenants neither hide it nor are they acted on', async () => {
  // A third of the accounts are its own, of one organisation; the others are its teams' tenants at a cloud, each with a billing account of its own.
  const firm = (account: string, data: Record<string, unknown>) => {
    if (!account.startsWith('campaign-')) return data;
    const n = Number(account.slice('campaign-'.length));
    return n % 3 !== 0 ? { ...asTenant(account, data), billingAccount: `team-${n}` } : { ...data, organization: 'Acme' };
  };
  const { pipeline, campaigns } = await world(firm);
  expect(pipeline.gateway.suspended()).toEqual([]);
  for (const { legs } of campaigns) expect(legs?.concealment.holds).not.toBe(true);
});

describe('identity of a group', () => {
  const tenant = (n: number, billing: string): Profile => {
    const made = profile(`tenant-${n}`, { ips: [0, 1, 2, 3].map((i) => `exit-${(n + 3 * i) % 12}`), bornAt: NOW - 3 * DAY });
    Object.assign(made.facts, { cloud: 'bedrock', tenant: hash64(`t${n}`), billingAccount: hash64(billing), paymentInstrument: undefined });
    return made;
  };
  const own = (n: number, organization: string | undefined, card: string): Profile => {
    const made = profile(`own-${n}`, { card, ips: [0, 1, 2, 3].map((i) => `exit-${(n + 3 * i) % 12}`), bornAt: NOW - 3 * DAY });
    if (organization !== undefined) made.facts.organization = hash64(organization);
    return made;
  };
  const { legs } = RECOMMENDED.detection;

  test('tenants change nothing of what first-party accounts say of themselves, nor whether they hide', () => {
    let open = 0;
    let concealed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.record({ organization: fc.option(fc.constantFrom('Acme', 'Other'), { nil: undefined }), card: fc.nat(4) }), {
          minLength: 8,
          maxLength: 16,
        }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 3 }),
        (accounts, tenants, payers) => {
          const first = accounts.map(({ organization, card }, n) => own(n, organization, `card-${card}`));
          const there = Array.from({ length: tenants }, (_, n) => tenant(n, `payer-${n % payers}`));
          // A population with the tenants in it, and one without.
          const groupOf = (profiles: readonly Profile[]) => {
            const index = indexOf([...profiles, ...strangers(120)]);
            const wanted = new Set(profiles);
            const entries = index.accounts.filter((entry) => wanted.has(entry.profile));
            const holdings = new GroupProfile(index, entries.length, entries);
            return identityOf({ members: entries.map((entry) => holdings.score(entry, true)), profiles, holdings, index, now: NOW });
          };
          const [without, beside] = [groupOf(first), groupOf([...first, ...there])];
          const { pool: _pool, exclusive: _exclusive, exclusiveOfReference: _reference, pooled: _pooled, ...said } = without;
          expect(beside).toMatchObject(said);
          expect(opennessOf(beside, legs)).toBe(opennessOf(without, legs));
          const read = { load: undefined, asking: [], dispersion: 1 };
          const before = legsOf({ ...read, identity: without }, [], legs).concealment.holds;
          if (legsOf({ ...read, identity: beside }, [], legs).concealment.holds) {
            concealed++;
            expect(before).toBe(true);
          }
          if (opennessOf(without, legs) !== undefined) open++;
        },
      ),
      { numRuns: 150 },
    );
    expect(open).toBeGreaterThan(10);
    expect(concealed).toBeGreaterThan(0);
  });

  test('tenants alone: one payer at their cloud can be called by it', () => {
    const there = Array.from({ length: 12 }, (_, n) => tenant(n, 'one payer'));
    const index = indexOf([...there, ...strangers(120)]);
    const holdings = new GroupProfile(index, there.length, index.accounts.slice(0, there.length));
    const group = { members: [], profiles: there, holdings, index, now: NOW };
    expect(identityOf(group).organization).toBe(1);
    // Called tenants by mistake: nobody of theirs says for whom they work.
    for (const { facts } of there) facts.cloud = 'none';
    expect(identityOf(group).organization).toBe(0);
  });
});
