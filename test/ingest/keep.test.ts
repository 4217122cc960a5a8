import { isAsExpected, keep } from '../../functions/ingest/ingest';
import { type Effect, readMessages } from '../../functions/ingest/read-messages';
import { valuesIn } from '../../functions/ingest/records/json-values';
import { MINUTE } from '../../shared/domain/time';
import { frameOf, readSegment, statusOf } from '../../shared/formats/segment';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';

const NOW = Date.UTC(2026, 3, 22, 12);
const hasher = new KeyedHasher('k'.repeat(64));
const event = (number: number): string =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${number}`,
    time: new Date(NOW + number * MINUTE).toISOString(),
    subject: `account-${number % 3}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
  });

async function kept(ahead: boolean, effect?: Effect) {
  const archive = new MemoryObjectStore();
  const taken = readMessages([{ id: 'm', values: valuesIn([0, 1, 2, 3, 4, 5].map(event).join('\n')) }], { now: NOW, hasher, segments: 1 });
  const events = ahead ? taken.events.map((part) => ({ ...part, frame: frameOf(part.columns) })) : taken.events;
  const { chunk } = await keep({ ...taken, events }, { archive, features: new MemoryTable(new SimulatedClock(NOW)), effect });
  return { chunk, bytes: Buffer.from((await archive.get(chunk ?? ''))!) };
}

const FINE = Array.from({ length: 6 }, () => 'ok');
const { key: held } = hasher.account('account-1');
test.each<[string, Effect | undefined, string[]]>([
  ['nobody', () => undefined, FINE],
  ['one account', (account) => (account === held ? () => 'blocked' : undefined), ['ok', 'blocked', 'ok', 'ok', 'blocked', 'ok']],
  [
    'one account since a time',
    (account) => (account === held ? (at) => (at >= NOW + 2 * MINUTE ? 'limited' : undefined) : undefined),
    ['ok', 'ok', 'ok', 'ok', 'limited', 'ok'],
  ],
  ['no gateway', undefined, FINE],
])('bytes made ahead make no difference: %s held', async (_, effect, statuses) => {
  const [here, ahead] = [await kept(false, effect), await kept(true, effect)];
  expect(ahead).toEqual(here);
  const { columns, rows } = readSegment(here.bytes);
  const all = Array.from({ length: rows }, (_, row): [number, string] => [columns.offset[row]!, statusOf(columns.status[row]!)]);
  expect(all.sort(([one], [other]) => one - other).map(([, status]) => status)).toEqual(statuses);
});

describe('requests that are known to be prevented while they are read', () => {
  const since = (from: number, to = Number.POSITIVE_INFINITY): Effect => {
    return (account) =>
      account === held ? (at) => (at >= NOW + from * MINUTE && at < NOW + to * MINUTE ? 'blocked' : undefined) : undefined;
  };
  const taken = (effect?: Effect) =>
    readMessages([{ id: 'm', values: valuesIn([0, 1, 2, 3, 4, 5].map(event).join('\n')) }], { now: NOW, hasher, segments: 1, effect });
  const chunkOf = async (effect: Effect, known?: Effect) => {
    const archive = new MemoryObjectStore();
    const { chunk } = await keep(taken(known), { archive, features: new MemoryTable(new SimulatedClock(NOW)), effect });
    return Buffer.from((await archive.get(chunk ?? ''))!).toString('base64');
  };

  test.each<[string, Effect, Effect, boolean]>([
    ['all is known', since(0), since(0), true],
    ['some is known', since(0), since(2), true],
    ['an action ended before they were kept', since(0, 2), since(0), false],
    ['another action holds', () => () => 'limited', since(0), false],
  ])('%s: the same bytes are kept, or they are read again', async (_, effect, known, stands) => {
    expect(isAsExpected(taken(known), effect)).toBe(stands);
    if (stands) expect(await chunkOf(effect, known)).toBe(await chunkOf(effect));
  });

  test('an event that says itself that it was prevented is expected whatever holds', () => {
    const values = valuesIn(event(1).replace('"outputTokens"', '"status":"blocked","outputTokens"'));
    const read = readMessages([{ id: 'm', values }], { now: NOW, hasher, segments: 1, effect: () => undefined });
    expect(read.accepted).toBe(1);
    expect(isAsExpected(read, () => undefined)).toBe(true);
  });
});
