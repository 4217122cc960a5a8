import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { ingestNotified } from '../../functions/ingest/ingest-notified';
import { bodiesOf, countRefused, redrive, refusedRecords, repaired, takeDue } from '../../functions/ingest/redrive';
import { WAITS_AT_MOST } from '../../functions/ingest/refused';
import { stages } from '../../infra/stages';
import type { ProducerSettings } from '../../shared/contract/producer-settings';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryQueue } from '../../shared/memory/memory-queue';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { manifestOf } from '../../shared/stores/archive/manifest-store';
import { AT, kong, litellm, span, traces, usage } from '../support/producer-records';
import { SETTINGS } from '../support/producer-settings';
import { fc } from '../support/property';

const world = (producers: ProducerSettings = SETTINGS) => {
  const clock = new SimulatedClock(AT + MINUTE);
  const ports = {
    archive: new MemoryObjectStore(),
    refused: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    hasher: new KeyedHasher('k'.repeat(64)),
    segments: 1,
    producers,
  };
  return { ...ports, clock, queue: new MemoryQueue(clock) };
};
const lines = (...records: object[]) => records.map((one) => JSON.stringify(one)).join('\n');
const keysOf = async (store: MemoryObjectStore) => {
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  return keys;
};

test('refused before a producer was enabled: counted, shown, sent again and taken; nothing is left behind', async () => {
  const before = world({});
  const body = lines(litellm(1), litellm(2), kong(3), usage(4), traces(span(5), span(6)));
  const { accepted, rejected } = await ingest([{ id: 'm', body }], before);
  expect([accepted, rejected.length]).toEqual([1, 4]);
  expect(
    rejected.every(({ code, fix }) => code === 'producer-not-enabled' && /ingest\.producers\.(litellm|kong|otlp)\.account/.test(fix)),
  ).toBe(true);
  expect(await countRefused(before.refused)).toEqual(
    ['kong', 'litellm', 'otlp'].map((producer) => ({
      day: '2026-11-28',
      producer,
      reason: 'producer-not-enabled',
      count: producer === 'litellm' ? 2 : 1,
    })),
  );
  for await (const { records } of refusedRecords(before.refused, { producer: 'kong' }))
    expect(records).toMatchObject([{ place: 'm:3', record: { client_ip: '203.0.113.9' } }]);

  const after = { ...before, producers: SETTINGS };
  expect(await redrive(after.refused, after.queue, { producer: 'litellm' })).toEqual({ sent: 2, messages: 1, late: 0 });
  expect(await ingest(after.queue.take(), after)).toMatchObject({ accepted: 2, rejected: [] });
  expect(await redrive(after.refused, after.queue, {})).toMatchObject({ sent: 2 });
  after.clock.advanceTo(after.clock.now() + HOUR);
  const rest = await ingest(
    after.queue.take().filter(({ body: sent }) => !sent.includes('litellm')),
    after,
  );
  expect(rest).toMatchObject({ accepted: 3, rejected: [] });
  expect(await keysOf(after.refused)).toEqual([]);
});

test('repaired and sent again: a place that was wrong, one that was missing, one that must go', async () => {
  const here = world();
  await ingest([{ id: 'm', body: lines(usage(1, {}, { model: '', tools: -1, labels: { grading: 7 } })) }], here);
  const repair = [
    { path: 'data.model', value: 'atlas-5' },
    { path: 'data.network.ip', value: '203.0.113.9' },
    { path: 'data.tools', value: undefined },
    { path: 'data.labels', value: {} },
  ];
  expect(await redrive(here.refused, here.queue, { reason: 'invalid-field' }, repair)).toMatchObject({ sent: 1 });
  expect(await ingest(here.queue.take(), here)).toMatchObject({
    accepted: 1,
    rejected: [],
    arrivals: { contract: { fields: { address: 1 } } },
  });
});

test('interrupted before it was removed, it is sent twice: the fold sees one event', async () => {
  const here = world({});
  await ingest([{ id: 'm', body: lines(litellm(1)) }], here);
  const failing = {
    ...here.refused,
    list: (prefix: string) => here.refused.list(prefix),
    get: (key: string) => here.refused.get(key),
    put: async () => ({ kind: 'written' as const }),
    delete: async () => Promise.reject(new Error('gone')),
  };
  await expect(redrive(failing, here.queue, {})).rejects.toThrow('gone');
  await redrive(here.refused, here.queue, {});
  const after = { ...here, producers: SETTINGS };
  const chunks = new Set<string | undefined>();
  for (const message of here.queue.take()) chunks.add((await ingest([message], after)).chunk);
  expect(chunks.size).toBe(1);
});

test('what is ahead of the clock is kept aside and taken when its time comes, and not before', async () => {
  const here = world();
  const ahead = (minutes: number) => usage(minutes, { time: new Date(AT + minutes * MINUTE).toISOString() });
  const { accepted, rejected } = await ingest([{ id: 'm', body: lines(ahead(0), ahead(93), ahead(300)) }], here);
  expect([accepted, rejected.map(({ code }) => code)]).toEqual([1, ['early', 'early']]);
  expect(await takeDue(here)).toEqual({ accepted: 0, rejected: 0 });
  here.clock.advanceTo(AT + 2.6 * HOUR);
  expect(await takeDue(here)).toEqual({ accepted: 1, rejected: 0 });
  expect(await manifestOf(here.features, Math.floor((AT + 93 * MINUTE) / HOUR) * HOUR)).toHaveLength(1);
  expect(await keysOf(here.refused)).toHaveLength(1);
  here.clock.advanceTo(AT + 7 * HOUR);
  expect(await takeDue(here)).toEqual({ accepted: 1, rejected: 0 });
  expect(await keysOf(here.refused)).toEqual([]);
});

describe('late events', () => {
  const at = (days: number) => new Date(AT - days * DAY).toISOString();
  const kept = async (...days: number[]) => {
    const here = world();
    const events = days.map((age, number) => usage(number, { time: at(age) }));
    expect((await ingest([{ id: 'm', body: lines(...events) }], here)).rejected.map(({ code }) => code)).toEqual(days.map(() => 'late'));
    return here;
  };

  test('are counted, shown with what to do, and taken although they are late once somebody sends them again', async () => {
    const here = await kept(15, 30, 43);
    expect(await countRefused(here.refused, { reason: 'late' })).toMatchObject([{ producer: 'contract', reason: 'late', count: 3 }]);
    for await (const { records } of refusedRecords(here.refused, { reason: 'late' }))
      for (const { remedy } of records) expect(remedy).toMatch(/npm run redrive -- send --reason late/);
    expect(await takeDue(here)).toEqual({ accepted: 0, rejected: 0 });
    expect(await redrive(here.refused, here.queue, { reason: 'late' })).toEqual({ sent: 0, messages: 0, late: 3 });
    expect(await takeDue(here)).toEqual({ accepted: 3, rejected: 0 });
    expect(await keysOf(here.refused)).toEqual([]);

    const folded = [];
    for (const task of await plan({ ...here, shards: 1 })) folded.push(await fold(task, { ...here, rows: 'none' }));
    expect(folded.map(({ events }) => events)).toEqual([1, 1, 1]);
    expect(await plan({ ...here, shards: 1 })).toEqual([]);
  });

  test('join what was folded of their hour, as far as the archive still has it', async () => {
    const here = world();
    const taken = async (at: number, ...numbers: number[]) => {
      here.clock.advanceTo(at);
      return ingest([{ id: 'm', body: lines(...numbers.map((number) => usage(number))) }], here);
    };
    const foldedAt = async (at: number, archiveDays: number) => {
      here.clock.advanceTo(at);
      const events = [];
      for (const task of await plan({ ...here, shards: 1, archiveDays })) events.push((await fold(task, { ...here, rows: 'none' })).events);
      return events;
    };
    await taken(AT + MINUTE, 1, 2);
    expect(await foldedAt(AT + 2 * HOUR, 60)).toEqual([2]);
    await taken(AT + 20 * DAY, 3);
    await redrive(here.refused, here.queue, {});
    await takeDue(here);
    expect(await foldedAt(AT + 20 * DAY, 60)).toEqual([3]);
    // A stage that keeps 15 days has lost the first two by now.
    await taken(AT + 21 * DAY, 4);
    await redrive(here.refused, here.queue, {});
    await takeDue(here);
    expect(await foldedAt(AT + 21 * DAY, 15)).toEqual([2]);
  });

  test('are repaired on the way, and refused for good where nothing of their hour is kept any more', async () => {
    const here = await kept(44.5, 200);
    expect(await redrive(here.refused, here.queue, {}, [{ path: 'subject', value: 'acct-new' }])).toMatchObject({ late: 2 });
    expect(await takeDue(here)).toEqual({ accepted: 0, rejected: 2 });
    for await (const { records } of refusedRecords(here.refused)) {
      expect(records.map(({ record }) => record)).toMatchObject([{ subject: 'acct-new' }, { subject: 'acct-new' }]);
      for (const { remedy } of records) expect(remedy).toMatch(/cannot be counted/);
    }
    expect(await redrive(here.refused, here.queue, {}, [{ path: 'time', value: at(1) }])).toMatchObject({ late: 2 });
    expect(await takeDue(here)).toEqual({ accepted: 2, rejected: 0 });
  });
});

describe('early events', () => {
  test('are counted under the day they are due and can be shown; what is ahead by more than the bucket keeps waits for repair', async () => {
    const here = world();
    const ahead = (days: number) => usage(days, { time: new Date(AT + days * DAY).toISOString() });
    await ingest([{ id: 'm', body: lines(ahead(1), ahead(2), ahead(40)) }], here);
    expect(await countRefused(here.refused, { reason: 'early' })).toMatchObject([
      { day: '2026-11-28', count: 1 },
      { day: '2026-11-29', count: 1 },
      { day: '2026-11-30', count: 1 },
    ]);
    here.clock.advanceTo(AT + 3 * DAY);
    expect(await takeDue(here)).toEqual({ accepted: 2, rejected: 0 });
    const repair = [{ path: 'time', value: new Date(AT).toISOString() }];
    expect(await redrive(here.refused, here.queue, { reason: 'early' }, repair)).toMatchObject({ sent: 1 });
    expect(await ingest(here.queue.take(), here)).toMatchObject({ accepted: 1 });
  });

  test('of every stage wait no longer than its bucket keeps them', () => {
    for (const { refusedDays } of Object.values(stages)) expect(refusedDays * DAY).toBeGreaterThan(WAITS_AT_MOST);
  });
});

test('messages of a redrive hold every record, and no more than a message may', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.record({ text: fc.integer({ min: 0, max: 200_000 }).map((length) => 'x'.repeat(length)) }),
          fc.constantFrom('raw text', '{"half":'),
        ),
        { maxLength: 12 },
      ),
      (records) => {
        const bodies = bodiesOf(records);
        for (const body of bodies) expect(body.length).toBeLessThanOrEqual(256 * 1024);
        const read = bodies.flatMap((body) => body.split('\n')).map((line) => (line.startsWith('{"text') ? JSON.parse(line) : line));
        expect(read).toEqual(records);
      },
    ),
  );
});

test('a repair changes nothing but its places, and nothing that it was given', () => {
  fc.assert(
    fc.property(fc.object(), fc.constantFrom('a', 'a.b', 'x.y.z'), fc.jsonValue(), (record, path, value) => {
      const before = structuredClone(record);
      const after = repaired(record, [{ path, value }]) as Record<string, unknown>;
      expect(record).toEqual(before);
      const [first = ''] = path.split('.');
      const { [first]: _, ...others } = after;
      const { [first]: __, ...same } = record as Record<string, unknown>;
      expect(others).toEqual(same);
    }),
  );
});

describe('files that notifications name', () => {
  const read = async (body: string) => {
    const here = world();
    const buckets: Record<string, MemoryObjectStore> = { inbox: new MemoryObjectStore(), logs: new MemoryObjectStore() };
    const key = 'AWSLogs/a b+(1).ndjson';
    for (const store of Object.values(buckets)) await store.put(key, Buffer.from(lines(usage(1), usage(2))));
    const places = {
      inbox: 'inbox',
      sources: [{ bucket: 'logs', prefix: 'AWSLogs/' }],
      bucket: (name: string) => buckets[name] ?? new MemoryObjectStore(),
    };
    const results: unknown[] = [];
    for await (const { file, result } of ingestNotified([{ id: 'n', body }], places, here))
      results.push([file?.bucket, result.kind, 'accepted' in result ? result.accepted : undefined]);
    return {
      results,
      left: (await Promise.all(Object.values(buckets).map((store) => store.get(key)))).map((bytes) => bytes !== undefined),
    };
  };
  const records = (bucket: string, key = 'AWSLogs/a+b%2B%281%29.ndjson', eventName = 'ObjectCreated:Put') =>
    JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName, s3: { bucket: { name: bucket }, object: { key } } }] });
  const bridged = (bucket: string) =>
    JSON.stringify({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: bucket }, object: { key: 'AWSLogs/a b+(1).ndjson' } },
    });
  test.each<[string, string, unknown[], boolean[]]>([
    ['S3’s own, of the inbox: read and removed', records('inbox'), [['inbox', 'ingested', 2]], [false, true]],
    ['S3’s own, of a source: read and left', records('logs'), [['logs', 'ingested', 2]], [true, true]],
    ['EventBridge’s, whose keys are as they are', bridged('logs'), [['logs', 'ingested', 2]], [true, true]],
    [
      'inside SNS',
      JSON.stringify({ Type: 'Notification', TopicArn: 'arn:x', Message: records('logs') }),
      [['logs', 'ingested', 2]],
      [true, true],
    ],
    ['a bucket of nobody’s', records('others'), [['others', 'unknown', undefined]], [true, true]],
    ['another prefix of a source', records('logs', 'elsewhere/x'), [['logs', 'unknown', undefined]], [true, true]],
    ['a removal', records('logs', 'AWSLogs/x', 'ObjectRemoved:Delete'), [], [true, true]],
    [
      'a test',
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'inbox' }),
      [[undefined, 'ignored', undefined]],
      [true, true],
    ],
    ['something else', '{"hello":1}', [[undefined, 'unknown', undefined]], [true, true]],
  ])('%s', async (_, body, results, left) => expect(await read(body)).toEqual({ results, left }));
});
