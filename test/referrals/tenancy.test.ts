import { Profile } from '../../functions/detection/profiles/profile';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { parseEvent } from '../../functions/ingest/parse-event';
import { cloudOf } from '../../shared/domain/account';
import { DAY, HOUR, hourLabel, iso } from '../../shared/domain/time';
import { readFoldOutput } from '../../shared/formats/fold-output';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { fc } from '../support/property';

/** Whose tenant an account is, as the events of its requests say. */
const NOW = Date.UTC(2026, 5, 1, 12);
const FIRST = NOW - 4 * HOUR;
const HOURS = 3;
const hasher = new KeyedHasher('k'.repeat(64));

type Said = { at: number; subject: string; cloud?: string; tenant?: string; billingAccount?: string };
const event = (type: string, { at, subject, ...data }: Said, id: string) => ({
  ...{ specversion: '1.0', type, source: 'gateway', id, time: iso(FIRST + at), subject },
  data: type === 'lockstep.usage.v1' ? { model: 'atlas-5', inputTokens: 1, outputTokens: 2, ...data } : data,
});
type Event = ReturnType<typeof event>;

function door() {
  const clock = new SimulatedClock(NOW);
  const ports = {
    archive: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    segments: 4,
    shards: 2,
    hasher,
    rows: 'none' as const,
  };
  const take = async (batch: readonly Event[]): Promise<void> => {
    const { rejected } = await ingest([{ id: 'm', body: batch.map((one) => JSON.stringify(one)).join('\n') }], ports);
    expect(rejected).toEqual([]);
  };
  return { ports, take };
}

/** What detection knows of each account, with how many facts the folds of its hours hold. */
async function known({ ports }: ReturnType<typeof door>) {
  for (const task of await plan(ports)) await fold(task, ports);
  const profiles = new Map<string, Profile>();
  const facts: number[] = [];
  for (let hour = 0; hour < HOURS; hour++) {
    const { items } = await ports.features.query({ pk: `F#${hourLabel(FIRST + hour * HOUR)}`, prefix: 'S#' });
    for (const { output } of items) {
      for (const row of readFoldOutput((await ports.archive.get(String(output)))!).rows) {
        const profile = profiles.get(row.account) ?? new Profile(row.account, row.sealed, FIRST);
        profiles.set(row.account, profile);
        profile.learn(row.facts);
        facts.push(row.facts.length);
      }
    }
  }
  return { facts, accounts: Object.fromEntries([...profiles].map(([account, profile]) => [account, profile.facts])) };
}

const said = fc.uniqueArray(
  fc.record(
    {
      at: fc.integer({ min: 0, max: HOURS * HOUR - 1 }),
      subject: fc.constantFrom('a', 'b', 'c'),
      cloud: fc.constantFrom('bedrock', 'vertex', 'none'),
      tenant: fc.constantFrom('1111', '2222', '3333'),
      billingAccount: fc.constantFrom('payer', 'other payer'),
    },
    { requiredKeys: ['at', 'subject'] },
  ),
  { selector: ({ at }) => at, minLength: 1, maxLength: 30 },
);

test('property: in any order, in any batches, twice or late, requests say what account events of the same times would', async () => {
  const reached = { partly: 0, changed: 0, late: 0 };
  await fc.assert(
    fc.asyncProperty(said, fc.array(fc.nat(200), { minLength: 60, maxLength: 60 }), async (all, order) => {
      const told = door();
      await told.take(all.map((one, n) => event('lockstep.account.v1', one, `fact-${n}`)));
      const wanted = (await known(told)).accounts;

      const events = all.map((one, n) => event('lockstep.usage.v1', one, `request-${n}`));
      const twice = [...events, ...events].map((one, n) => ({ one, key: order[n]! })).sort((a, b) => a.key - b.key);
      const requests = door();
      const cut = order[0]! % twice.length;
      for (const batch of [twice.slice(0, cut), twice.slice(cut)]) {
        if (batch.length === 0) continue;
        await requests.take(batch.map(({ one }) => one));
        // The second comes after its hours were folded.
        const { facts } = await known(requests);
        expect(Math.max(...facts)).toBeLessThanOrEqual(3);
      }
      const { accounts } = await known(requests);
      expect(accounts).toEqual(wanted);
      if (cut > 0) reached.late++;
      if (new Set(all.flatMap(({ subject, tenant }) => (tenant ? [`${subject} ${tenant}`] : []))).size > 3) reached.changed++;
      if (all.some(({ tenant, cloud }) => tenant && !cloud)) reached.partly++;
    }),
    { numRuns: 60 },
  );
  expect(reached.late).toBeGreaterThan(30);
  expect(reached.changed).toBeGreaterThan(20);
  expect(reached.partly).toBeGreaterThan(20);
});

test('a late request of a tenant is a late request, not a late fact, for which everything would be read again at once', async () => {
  const world = door();
  const tenant = { subject: 'a', cloud: 'bedrock', tenant: '1111' };
  await world.take([event('lockstep.usage.v1', { at: 0, ...tenant }, '1')]);
  await known(world);
  await world.take([event('lockstep.usage.v1', { at: 1, ...tenant, subject: 'b' }, '2')]);
  expect(Object.values((await known(world)).accounts).map(cloudOf)).toEqual(['bedrock', 'bedrock']);
  const { items } = await world.ports.features.query({ pk: `F#${hourLabel(FIRST)}`, prefix: 'S#' });
  expect(items.map(({ facts }) => facts)).toEqual(items.map(() => 0));
});

test('who was called a tenant by mistake is taken back by the word for no cloud', async () => {
  const world = door();
  await world.take([
    event('lockstep.usage.v1', { at: 0, subject: 'a', cloud: 'bedrock', tenant: '1111', billingAccount: 'payer' }, '1'),
    event('lockstep.account.v1', { at: 5, subject: 'a', cloud: 'none' }, '2'),
  ]);
  const [facts] = Object.values((await known(world)).accounts);
  expect(facts).toMatchObject({ cloud: 'none', tenant: expect.any(String) });
  expect(cloudOf(facts!)).toBeUndefined();
});

test.each([
  ['cloud', 7, 'name the cloud in lower-case letters, digits and -, at most 32'],
  ['tenant', 123456789012, 'send what that cloud calls the tenant as text, in quotes'],
  ['billingAccount', ['x'], 'send what that cloud calls who pays as text, in quotes'],
])('%s that does not fit: the field and what to change, on requests as on account events', (field, value, fix) => {
  for (const type of ['lockstep.usage.v1', 'lockstep.account.v1']) {
    const given = event(type, { at: 0, subject: 'a' }, 'x');
    expect(parseEvent({ ...given, data: { ...given.data, [field]: value } }, NOW)).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'invalid-field', field: `data.${field}`, fix },
    });
  }
});

test('a name of a cloud as people write it is read, null is absent, what is too long is cut and stays apart', () => {
  const long = 'x'.repeat(600);
  const of = (data: object) => {
    const given = event('lockstep.usage.v1', { at: 0, subject: 'a' }, 'x');
    const parsed = parseEvent({ ...given, data: { ...given.data, ...data } }, NOW - 4 * HOUR + DAY);
    return parsed.kind === 'event' && parsed.event.type === 'lockstep.usage.v1' ? parsed.event.data : undefined;
  };
  expect(of({ cloud: ' Amazon Bedrock', tenant: null })).toMatchObject({ cloud: 'amazon-bedrock' });
  expect(of({ cloud: ' Amazon Bedrock', tenant: null })).not.toHaveProperty('tenant');
  const [one, other] = [of({ tenant: `${long}1` }), of({ tenant: `${long}2` })];
  expect(one?.tenant).toHaveLength(512);
  expect(one?.tenant).not.toBe(other?.tenant);
});
