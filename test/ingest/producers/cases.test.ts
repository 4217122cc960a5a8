import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { blocksOf } from '../../../cli/replay/read-blocks';
import { FileReplay } from '../../../cli/replay/replay-files';
import { ingest } from '../../../functions/ingest/ingest';
import { ingestFile } from '../../../functions/ingest/ingest-file';
import { Pipeline } from '../../../local/pipeline';
import recommended from '../../../policies/recommended.json';
import type { Arrivals } from '../../../shared/domain/arrival';
import { Policy } from '../../../shared/domain/policy/policy';
import { HOUR, MINUTE } from '../../../shared/domain/time';
import { readSegment } from '../../../shared/formats/segment';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { manifestOf } from '../../../shared/stores/archive/manifest-store';
import { AT, accessLine, bedrock, chat, kong, litellm, metered, span, traces, usage } from '../../support/producer-records';
import { SETTINGS } from '../../support/producer-settings';

/** What is right of an input: events taken, and refused by producer and reason. `packed`: it is no text, and reaches a queue in base64. */
type Case = { bytes: string | Buffer; taken: number; refused?: Record<string, Record<string, number>>; damaged?: true };
const lines = (...records: object[]): string => `${records.map((one) => JSON.stringify(one)).join('\n')}\n`;
const line = (record: object) => JSON.stringify(record);
const envelope = (message: string) => ({
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: 'arn:aws:sns:eu-central-1:111122223333:usage',
  Message: message,
});
const subscription = (...messages: string[]) => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'bedrock',
  logEvents: messages.map((message, id) => ({ id: String(id), timestamp: AT, message })),
});

const CASES: Record<string, Case> = {
  contract: { bytes: lines(usage(0), usage(1), usage(2)), taken: 3 },
  'Bedrock, gzip': {
    bytes: gzipSync(
      lines(bedrock(0), bedrock(1), bedrock(2, { requestMetadata: undefined }), bedrock(3, { errorCode: 'ThrottlingException' })),
    ),
    taken: 3,
    refused: { bedrock: { 'no-account': 1 } },
  },
  'a body that Bedrock put aside': { bytes: gzipSync(line({ messages: [{ role: 'user', content: [{ text: 'long' }] }] })), taken: 0 },
  'the permission check of Bedrock': { bytes: 'Permissions are set correctly for Amazon Bedrock logs.', taken: 0 },
  'Bedrock from CloudWatch': { bytes: gzipSync(line(subscription(line(bedrock(0)), line(bedrock(1))))), taken: 2 },
  'Bedrock through Firehose: members without line feeds': {
    bytes: Buffer.concat([
      gzipSync(line(subscription(line(bedrock(0))))),
      gzipSync(line(subscription(line(bedrock(1)), line(bedrock(2))))),
    ]),
    taken: 3,
  },
  'the control message of a subscription': {
    bytes: line({ messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'checking' }] }),
    taken: 0,
  },
  OTLP: {
    bytes: line(
      traces(
        span(0),
        span(1, chat(1, { 'error.type': '429' }), { status: { code: 2 } }),
        span(2, chat(2, { 'user.id': '' })),
        span(3, { 'gen_ai.operation.name': 'execute_tool' }),
        span(4, { 'http.request.method': 'POST' }),
      ),
    ),
    taken: 2,
    refused: { otlp: { 'no-account': 1 } },
  },
  OpenMeter: { bytes: line([metered(0), metered(1), metered(2)]), taken: 3 },
  Kong: { bytes: lines(kong(0), kong(1), kong(2, { response: { status: 401 }, ai: undefined, consumer: undefined })), taken: 2 },
  LiteLLM: { bytes: line(litellm(0)), taken: 1 },
  'LiteLLM through the SDK: no account': {
    bytes: lines(
      litellm(0, {}, { user_api_key_user_id: null }),
      litellm(1, { model_parameters: { user: 'acct-1' } }, { user_api_key_user_id: null }),
    ),
    taken: 0,
    refused: { litellm: { 'no-account': 2 } },
  },
  'LiteLLM through the SDK, whose caller wrote a user into the metadata': {
    bytes: lines(
      litellm(
        0,
        { requester_ip_address: null, user_agent: null },
        { user_api_key_hash: null, requester_ip_address: null, user_agent: null, user_api_key_user_id: 'acct-0' },
      ),
      litellm(1, {}, { user_api_key_hash: null }),
    ),
    taken: 1,
    refused: { litellm: { 'no-account': 1 } },
  },
  'LiteLLM with the master key: everybody’s account is nobody’s': {
    bytes: line(litellm(0, {}, { user_api_key_user_id: 'default_user_id' })),
    taken: 0,
    refused: { litellm: { 'no-account': 1 } },
  },
  'an access log': {
    bytes: lines(
      accessLine(0),
      accessLine(1, { input_tokens: null, output_tokens: null }),
      accessLine(2, { account_id: '-' }),
      accessLine(3, { model: null, input_tokens: null, output_tokens: null }),
    ),
    taken: 2,
    refused: { 'access-log': { 'no-account': 1 } },
  },
  'our fields in a template of Envoy': {
    bytes: lines(
      usage(0),
      usage(1, {}, { client: { userAgent: null } }),
      usage(2, {}, { inputTokens: null, outputTokens: null }),
      usage(3, { subject: null }),
    ),
    taken: 3,
    refused: { contract: { 'invalid-field': 1 } },
  },
  'an empty id': { bytes: lines(usage(0, { id: '' }), usage(1)), taken: 1, refused: { contract: { 'invalid-field': 1 } } },
  'the test event of S3': { bytes: line({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'inbox' }), taken: 0 },
  'inside SNS': { bytes: line(envelope(line(usage(0)))), taken: 1 },
  'inside SNS, packed': { bytes: line(envelope(gzipSync(lines(usage(0), usage(1))).toString('base64'))), taken: 2 },
  'inside EventBridge': { bytes: line({ 'detail-type': 'usage', source: 'gateway', detail: usage(0) }), taken: 1 },
  'EventBridge inside SNS around a subscription': {
    bytes: line(envelope(line({ 'detail-type': 'logs', source: 'x', detail: subscription(line(usage(0))) }))),
    taken: 1,
  },
  'four envelopes are one too many': {
    bytes: line(envelope(line(envelope(line(envelope(line(envelope(line(usage(0)))))))))),
    taken: 0,
    refused: { unknown: { 'unknown-type': 1 } },
  },
  'gzip members': { bytes: Buffer.concat([gzipSync(lines(usage(0))), gzipSync(lines(usage(1), usage(2)))]), taken: 3 },
  'packed twice, as Firehose packs what CloudWatch packed': {
    bytes: gzipSync(Buffer.concat([gzipSync(lines(usage(0))), gzipSync(line(subscription(line(bedrock(1)), line(bedrock(2)))))])),
    taken: 3,
  },
  'JSON as text inside JSON': { bytes: line([line(usage(0)), line([usage(1), usage(2)]), JSON.stringify(line(usage(3)))]), taken: 4 },
  'JSON as text four deep is one too many': {
    bytes: JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify(line(usage(0)))))),
    taken: 0,
    refused: { unknown: { 'not-an-object': 1 } },
  },
  'gzip padded': { bytes: Buffer.concat([gzipSync(lines(usage(0), usage(1))), Buffer.alloc(512)]), taken: 2 },
  'gzip, and garbage behind it': {
    bytes: Buffer.concat([gzipSync(lines(usage(0), usage(1))), Buffer.from('garbage')]),
    taken: 2,
    damaged: true,
  },
  NaN: {
    bytes: `${line(usage(0)).replace('"inputTokens":10', '"inputTokens":10,"labels":{"scores":{"x":NaN}}')}\n${line(usage(1)).slice(0, -1)},"x":Infinity}\n${lines(usage(2))}`,
    taken: 1,
    refused: { unknown: { 'not-json': 2 } },
  },
  'a mark and a list': { bytes: `\uFEFF${line([usage(0), usage(1)])}`, taken: 2 },
  'a mark and CRLF': { bytes: `\uFEFF${line(usage(0))}\r\n${line(usage(1))}\r\n`, taken: 2 },
  'no line feeds': { bytes: line(usage(0)) + line(usage(1)) + line(usage(2)), taken: 3 },
  pretty: { bytes: JSON.stringify(usage(0), null, 2) + JSON.stringify([usage(1), usage(2)], null, 4), taken: 3 },
  'numbers as text: the contract refuses them': {
    bytes:
      lines(
        usage(0, {}, { inputTokens: '812' }),
        usage(1, {}, { durationMs: 12.7 }),
        usage(2, {}, { inputTokens: 99_999_999_999 }),
        usage(3, {}, { inputTokens: -1 }),
      ) + line(usage(4)).replace('"outputTokens":20', '"outputTokens":20.0'),
    taken: 1,
    refused: { contract: { 'invalid-field': 4 } },
  },
  blank: { bytes: '\n \n\n', taken: 0 },
  'no bytes': { bytes: '', taken: 0 },
  'an empty list': { bytes: '[]', taken: 0 },
  'an empty object': { bytes: '{}', taken: 0, refused: { unknown: { 'unknown-type': 1 } } },
  nulls: {
    bytes: lines(
      usage(
        0,
        {},
        { network: null, client: null, apiKey: null, durationMs: null, tools: null, labels: { task: null, scores: { a: null } } },
      ),
    ),
    taken: 1,
  },
  'one bad of three': {
    bytes: line([usage(0), usage(1, { data: {} }), usage(2)]),
    taken: 2,
    refused: { contract: { 'invalid-field': 1 } },
  },
  'a clock ahead': {
    bytes: lines(usage(0), usage(1, { time: new Date(AT + 93 * MINUTE).toISOString() }), usage(2)),
    taken: 2,
    refused: { contract: { early: 1 } },
  },
  'nobody hides by being odd': {
    bytes: lines(
      usage(0, {}, { apiKey: 'k'.repeat(600) }),
      usage(1, {}, { client: { userAgent: 'u'.repeat(1_025), fingerprint: 'f'.repeat(513) } }),
      usage(2, {}, { network: { country: 'DEU' } }),
      usage(3, {}, { model: `arn:aws:bedrock:eu-central-1:111122223333:inference-profile/${'m'.repeat(130)}` }),
      usage(4, {}, { network: { ip: `203.0.113.9, ${'10.0.0.4, '.repeat(20)}` } }),
      usage(5, {}, { status: 'success' }),
      usage(6, {}, { network: { ip: '203.0.113.9:64484' } }),
      usage(7, {}, { prompt: { text: 'x '.repeat(524_289), system: 's'.repeat(1_048_577) } }),
      usage(8, {}, { labels: { task: 't'.repeat(129), language: 'l'.repeat(129), scores: { ['s'.repeat(129)]: 1 } } }),
      usage(9, { id: 'i'.repeat(513) }, { channel: 'c'.repeat(129) }),
    ),
    taken: 10,
  },
};

const NOW = AT + MINUTE;
const secret = 'k'.repeat(64);
const hasher = new KeyedHasher(secret);
const world = (now = NOW) => {
  const clock = new SimulatedClock(now);
  return {
    archive: new MemoryObjectStore(),
    refused: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    hasher,
    segments: 1,
    producers: SETTINGS,
  };
};
const refusedIn = (arrivals: Arrivals) =>
  Object.fromEntries(
    Object.entries(arrivals)
      .filter(([, { refused }]) => Object.keys(refused).length > 0)
      .map(([producer, { refused }]) => [producer, refused]),
  );
async function keptIn(store: MemoryObjectStore): Promise<number> {
  let kept = 0;
  for await (const key of store.list(''))
    kept += Buffer.from((await store.get(key))!)
      .toString('utf8')
      .trim()
      .split('\n').length;
  return kept;
}
const total = (refused: Case['refused'] = {}) =>
  Object.values(refused)
    .flatMap((reasons) => Object.values(reasons))
    .reduce((sum, count) => sum + count, 0);

describe('from a queue', () => {
  test.each(Object.entries(CASES))('%s', async (_, { bytes, taken, refused = {}, damaged }) => {
    const ports = world();
    const { accepted, arrivals } = await ingest([{ id: 'm', body: typeof bytes === 'string' ? bytes : bytes.toString('base64') }], ports);
    const damage: NonNullable<Case['refused']> = damaged ? { unknown: { 'bad-encoding': 1 } } : {};
    expect([accepted, refusedIn(arrivals)]).toEqual([taken, { ...refused, ...damage }]);
    // Nothing refused is lost.
    expect(await keptIn(ports.refused)).toBe(total({ ...refused, ...damage }));
  });
});

describe('from a file', () => {
  test.each(Object.entries(CASES))('%s', async (_, { bytes, taken, refused = {}, damaged }) => {
    const ports = world();
    const bucket = new MemoryObjectStore();
    await bucket.put('f', Buffer.from(bytes));
    const result = await ingestFile({ bucket, key: 'f', remove: true }, ports);
    if (result.kind === 'gone') throw new Error('the file was not found');
    expect([result.kind, result.accepted, refusedIn(result.arrivals)]).toEqual([damaged ? 'unreadable' : 'ingested', taken, refused]);
    expect(await keptIn(ports.refused)).toBe(total(refused));
    expect((await bucket.get('f')) !== undefined).toBe(damaged === true);
  });
});

describe('from replay', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-cases-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  test.each(Object.entries(CASES))('%s', async (_, { bytes, taken, refused = {}, damaged }) => {
    const path = join(folder, 'f');
    writeFileSync(path, bytes);
    const replay = new FileReplay((start) => new Pipeline({ policy: Policy.parse(recommended), secret, start, detectEvery: HOUR }));
    const reading = replay.run(blocksOf({ files: [path], secret, detectEvery: HOUR, producers: SETTINGS }));
    if (damaged) await expect(reading).rejects.toThrow('damaged');
    else await reading;
    expect([replay.pipeline?.counts.accepted ?? 0, refusedIn(replay.arrivals)]).toEqual([taken, refused]);
  });
});

test.each<[string, Buffer]>([
  [
    'UTF-16, little end first, as PowerShell writes it',
    Buffer.from(`\uFEFF${lines(usage(0), usage(1, {}, { channel: 'größe 数' }))}`, 'utf16le'),
  ],
  ['UTF-16, big end first', Buffer.from(`\uFEFF${lines(usage(0), usage(1))}`, 'utf16le').swap16()],
  ['UTF-16 inside gzip', gzipSync(Buffer.from(`\uFEFF${lines(usage(0), usage(1))}`, 'utf16le'))],
])('a file in %s', async (_, bytes) => {
  const bucket = new MemoryObjectStore();
  await bucket.put('f', bytes);
  expect(await ingestFile({ bucket, key: 'f', remove: true }, world())).toMatchObject({ kind: 'ingested', accepted: 2, rejected: 0 });
});

test('logged twice, in whatever form: two events and a duplicate', async () => {
  const ports = world();
  await ingest([{ id: 'a', body: lines(litellm(0), litellm(0), litellm(1)) }], ports);
  const [{ key, places } = { key: '', places: [] }] = await manifestOf(ports.features, Math.floor(AT / HOUR) * HOUR);
  const { columns, rows } = readSegment((await ports.archive.get(key, places[0]))!);
  expect(rows).toBe(3);
  expect(new Set(Array.from({ length: rows }, (_, row) => `${columns.idHigh[row]}/${columns.idLow[row]}`)).size).toBe(2);
});

test('nothing that is no field of the contract is stored: responses, e-mail addresses, tracebacks, what a sanitizer found', async () => {
  const ports = world();
  await ingest([{ id: 'a', body: lines(litellm(0), kong(1), bedrock(2), traces(span(3)), metered(4), accessLine(5)) }], ports);
  const all: string[] = [];
  for await (const key of ports.archive.list('')) all.push(JSON.stringify(readSegment((await ports.archive.get(key))!).dictionaries));
  expect(all.join()).toContain('atlas-5');
  for (const secretText of ['nobody may keep', 'example.com', 'acct-', 'REDACTED', '203.0.113.9', 'sdk-py', PROMPT_WORD])
    expect(all.join()).not.toContain(secretText);
});
const PROMPT_WORD = 'three ways';

describe('the limits of a message', () => {
  test.each([
    [1_000, 1_000, false],
    [1_001, 1, true],
  ])('%d records that do not fit: %d refusals', async (count, refusals, whole) => {
    const body = 'x\n'.repeat(count);
    const { rejected } = await ingest(
      [
        { id: 'm', body },
        { id: 'n', body: line(usage(0)) },
      ],
      world(),
    );
    expect(rejected).toHaveLength(refusals);
    // Too many to tell apart: then the message is kept as it came.
    expect(rejected[0]?.record === body).toBe(whole);
  });
  test('a bomb of line feeds and letters costs what its bytes cost', async () => {
    const body = gzipSync('x\n'.repeat(4_000_000)).toString('base64');
    const { rejected } = await ingest([{ id: 'm', body }], world());
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toMatchObject({ code: 'too-many', record: body });
  });
});
