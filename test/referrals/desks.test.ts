import { letterOf } from '../../functions/enforcement/referrals/letter';
import { desksAt, Receiver } from '../../local/provider/receiver/receiver';
import type { Referral } from '../../shared/domain/cases/referral';
import { accountKey, campaignId, hash64 } from '../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { openedTenants } from '../../shared/identity/opened-names';
import { tenantsUnder } from '../../shared/lambda/key-ring';
import type { DeskMessage } from '../../shared/ports';
import { filteredPost } from '../../shared/webhook/filtered-post';
import { WebhookDesks } from '../../shared/webhook/webhook-desks';

const KEY = 'an-identifier-key-of-the-test-32-characters';
const hasher = new KeyedHasher(KEY);
const SECRET = `whsec_${Buffer.from('the secret of this test'.padEnd(32, '.')).toString('base64')}`;
const T0 = Date.parse('2026-04-22T00:00:00Z');

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const tenantOf = (name: string, payer: string | null) => ({
  account: accountKey(`account of ${name}`),
  tenant: hashText(hasher.object('tenant', name)),
  tenantSealed: hasher.sealed(name),
  billingAccount: payer === null ? null : hashText(hasher.object('billing-account', payer)),
  billingSealed: payer === null ? null : hasher.sealed(payer),
  exchanges: 26,
  firstSeen: T0,
  lastSeen: null,
});
const referral = (over: Partial<Referral> = {}): Referral => ({
  id: 'C-hydra.bedrock.1',
  cloud: 'bedrock',
  campaign: campaignId('C-hydra'),
  classification: 'distillation',
  version: 1,
  tenants: [tenantOf('111122223333', '999988887777'), tenantOf('444455556666', null)],
  evidence: [{ family: 'content', because: 'members share one prompt' }],
  elsewhere: { firstParty: 20, otherClouds: 0 },
  askedAt: T0,
  by: 'ben',
  key: 'key',
  reference: null,
  progress: { kind: 'to-send', since: T0, answerBy: T0 + 1, overdueAt: null },
  answers: [],
  latest: 0,
  ...over,
});
const message = (over: Partial<DeskMessage> = {}, of = referral()): DeskMessage => ({
  id: `${of.id}.${over.sequence ?? 1}`,
  kind: 'refer',
  sequence: 1,
  referral: of,
  letter: (tenants) => letterOf(of, tenants, { withdrawn: over.kind === 'withdraw' }),
  ...over,
});

async function desk(secrets = [SECRET]) {
  const reports: { type: string; subject: string; data: object }[] = [];
  const receiver = new Receiver({ secrets, report: async (event) => void reports.push(event as (typeof reports)[number]) });
  const url = await receiver.listen();
  closing.push(() => receiver.close());
  const bodies: string[] = [];
  const post = filteredPost({ timeoutMs: 10_000, allow: ['127.0.0.1'] });
  const desks = new WebhookDesks({
    urls: desksAt(url),
    secrets: async () => [SECRET],
    open: async ({ tenants }) => tenantsUnder(`another-key-that-is-first-of-the-ring\n${KEY}`, tenants),
    post: (to, headers, body) => {
      bodies.push(body);
      return post(to, headers, body);
    },
    clock: { now: () => Date.now() },
    tries: 2,
    firstPauseMs: 1,
  });
  return { desks, receiver, reports, bodies };
}

test('a referral arrives signed, in the words of its cloud, opens one case however often it comes, and is answered as an event', async () => {
  const { desks, receiver, reports, bodies } = await desk();
  expect(desks.isSetUp('bedrock')).toBe(true);
  expect(desks.isSetUp('constructor')).toBe(false);
  for (let again = 0; again < 2; again++) expect(await desks.deliver(message())).toEqual({ kind: 'acknowledged' });
  expect([...receiver.desk.cases]).toEqual([
    ['C-hydra.bedrock.1', expect.objectContaining({ kind: 'refer', tenants: ['111122223333', '444455556666'] })],
  ]);
  expect(reports).toEqual([
    expect.objectContaining({
      type: 'lockstep.referral.v1',
      subject: 'C-hydra.bedrock.1',
      data: { answer: 'acknowledged', reference: 'desk-1' },
    }),
  ]);
  const body = JSON.parse(bodies[0]!);
  expect(body.data.tenants[0]).toEqual({
    tenant: '111122223333',
    billingAccount: '999988887777',
    exchanges: 26,
    firstSeen: '2026-04-22T00:00:00.000Z',
    lastSeen: null,
  });
  // Nothing that is ours leaves: no key of an account, no hash, no sealed name, no person.
  for (const { account, tenant, tenantSealed } of referral().tenants)
    for (const secret of [account, tenant, tenantSealed, '"ben"']) expect(bodies[0]).not.toContain(secret);
  // Taken back, and a late repeat of the first message changes nothing.
  expect(await desks.deliver(message({ kind: 'withdraw', sequence: 3 }))).toEqual({ kind: 'acknowledged' });
  await desks.deliver(message());
  expect(receiver.desk.cases.get('C-hydra.bedrock.1')).toMatchObject({ kind: 'withdraw', sequence: 3 });
});

test('a forged name of a tenant is sent to nobody; a desk that knows another secret, or is down, is not one that refuses', async () => {
  const { desks, receiver, bodies } = await desk();
  const [one, other] = referral().tenants;
  const forged = referral({ tenants: [{ ...one!, tenantSealed: other!.tenantSealed }] });
  expect(await desks.deliver(message({}, forged))).toMatchObject({ kind: 'refused', because: expect.stringContaining('another tenant') });
  const payer = referral({ tenants: [{ ...one!, billingAccount: hash64('another payer') }] });
  expect(await desks.deliver(message({}, payer))).toMatchObject({ kind: 'refused' });
  expect(bodies).toEqual([]);
  expect(await desks.deliver(message({}, referral({ cloud: 'unheard-of' })))).toMatchObject({ kind: 'unreachable' });
  receiver.close();
  expect(await desks.deliver(message())).toMatchObject({ kind: 'unreachable' });
  const stranger = await desk([`whsec_${Buffer.from('another'.padEnd(32, '.')).toString('base64')}`]);
  expect(await stranger.desks.deliver(message())).toEqual({ kind: 'unreachable', because: 'the receiver answered 401' });
  expect(() => openedTenants(referral().tenants, [new KeyedHasher('k'.repeat(32))])).toThrow('no longer holds');
});
