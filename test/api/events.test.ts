import { gzipSync } from 'node:zlib';
import { ingest } from '../../functions/ingest/ingest';
import { DAY, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { litellm, span, traces, usage } from '../support/producer-records';
import { SETTINGS } from '../support/producer-settings';
import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { FIXTURE_NOW } from '../support/worlds/fixture-world';

const now = new Date(FIXTURE_NOW).toISOString();
const event = (number: number, change: object = {}, data: { [name: string]: unknown } = {}) =>
  usage(number, { time: now, ...change }, data);
const facts = (number: number) => ({ ...event(number), type: 'lockstep.account.v1', data: { plan: 'trial' } });

onBothSides((side) => {
  async function open() {
    const whole = await wholeApi(side, 24);
    const { api, token, sent } = whole;
    const asAdmin = async (path: string, body?: object, key = 'make-0001') =>
      api.request(path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await token('admin', { exp: Math.floor(whole.clock.now() / 1000) + 3600 })}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    const made = await (await asAdmin('/v1/producer-keys', { name: 'edge', scopes: ['usage'], perMinute: 20 })).json();
    const send = (body: BodyInit, headers: Record<string, string> = {}, key: string = made.key) =>
      api.request('/v1/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body,
      });
    const json = async (body: unknown) => (await send(JSON.stringify(body))).json();
    /** What ingest makes of what was sent. */
    const ingested = async () => {
      const ports = {
        archive: new MemoryObjectStore(),
        refused: new MemoryObjectStore(),
        features: new MemoryTable(whole.world.clock),
        clock: { now: () => FIXTURE_NOW },
        hasher: new KeyedHasher('k'.repeat(64)),
        segments: 1,
        producers: SETTINGS,
      };
      return ingest(sent.take(100), ports);
    };
    return { ...whole, made, asAdmin, send, json, ingested };
  }

  test('an answer for each event, and the queue gets what is new: also what is refused, to be kept', async () => {
    const { json, ingested } = await open();
    const answer = await json([event(1), event(2), event(1), event(3, {}, { inputTokens: '7' }), event(4, { subject: null })]);
    expect(answer).toMatchObject({ accepted: 2, duplicate: 1, refused: 2 });
    expect(
      answer.events.map(({ index, status, field }: { index: number; status: string; field?: string }) => [index, status, field]),
    ).toEqual([
      [0, 'accepted', undefined],
      [1, 'accepted', undefined],
      [2, 'duplicate', undefined],
      [3, 'refused', 'data.inputTokens'],
      [4, 'refused', 'subject'],
    ]);
    for (const { status, because, fix } of answer.events)
      if (status === 'refused') expect([because.length, fix.length].every((length) => length > 5)).toBe(true);
    expect(await ingested()).toMatchObject({ accepted: 2, rejected: [{ field: 'data.inputTokens' }, { field: 'subject' }] });
  });

  test.each<[string, BodyInit, Record<string, string>, number]>([
    ['one event', JSON.stringify(event(1)), { 'content-type': 'application/cloudevents+json' }, 1],
    ['a batch', JSON.stringify([event(1), event(2)]), { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' }, 2],
    ['lines', `${JSON.stringify(event(1))}\n${JSON.stringify(event(2))}`, { 'content-type': 'application/x-ndjson' }, 2],
    ['characters that SQS does not take', JSON.stringify(event(1, {}, { prompt: { text: 'a\u007f\uffff\ud8a0\udd99😀' } })), {}, 1],
    ['packed', gzipSync(JSON.stringify([event(1), event(2), event(3)])), { 'content-encoding': 'gzip' }, 3],
    [
      'LiteLLM, as its own callback posts it',
      JSON.stringify([{ ...litellm(1), startTime: FIXTURE_NOW / 1000, endTime: FIXTURE_NOW / 1000 + 1 }]),
      {},
      1,
    ],
  ])('%s', async (_, body, headers, accepted) => {
    const { send, ingested } = await open();
    const answer = await send(body, headers);
    expect([answer.status, (await answer.json()).accepted]).toEqual([200, accepted]);
    expect(await ingested()).toMatchObject({ accepted, rejected: [] });
  });

  test('what is about no request is no event and no mistake', async () => {
    const { json, sent } = await open();
    for (const body of [[[]], { Event: 's3:TestEvent' }, traces(span(1, { 'gen_ai.operation.name': 'execute_tool' }))])
      expect(await json(body)).toEqual({ accepted: 0, duplicate: 0, refused: 0, events: [] });
    expect(sent.waiting).toBe(0);
  });

  test('no message of the queue holds what SQS refuses', async () => {
    const { json, sent } = await open();
    await json([event(1, {}, { prompt: { text: '\uffff' } })]);
    const [message] = sent.take();
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    expect(message?.body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]+$/);
  });

  test('the same body again: duplicates, and nothing is sent', async () => {
    const { json, sent } = await open();
    await json([event(1), event(2)]);
    const before = sent.waiting;
    expect(await json([event(1), event(2)])).toMatchObject({ accepted: 0, duplicate: 2 });
    expect(sent.waiting).toBe(before);
  });

  test('a key says what its scopes allow, and nothing more', async () => {
    const { json, asAdmin, send, ingested } = await open();
    expect(await json([event(1), facts(2)])).toMatchObject({
      accepted: 1,
      refused: 1,
      events: [{ status: 'accepted' }, { status: 'refused', reason: 'out-of-scope', field: 'type' }],
    });
    expect(await ingested()).toMatchObject({ accepted: 1, rejected: [] });
    const system = await (await asAdmin('/v1/producer-keys', { name: 'accounts', scopes: ['account'] }, 'make-0002')).json();
    expect(await (await send(JSON.stringify([event(3), facts(4)]), {}, system.key)).json()).toMatchObject({ accepted: 1, refused: 1 });
    // No machine acts on a tenant: who may call an account one is said by the key.
    const tenant = (number: number) => event(number, {}, { cloud: 'bedrock', tenant: '123456789012' });
    expect(await json([tenant(5), event(6)])).toMatchObject({
      accepted: 1,
      refused: 1,
      events: [{ reason: 'out-of-scope', field: 'data.cloud', fix: expect.stringContaining('scope tenant') }, { status: 'accepted' }],
    });
    const cloud = await (await asAdmin('/v1/producer-keys', { name: 'their cloud', scopes: ['usage', 'tenant'] }, 'make-0003')).json();
    expect(await (await send(JSON.stringify([tenant(5), facts(7)]), {}, cloud.key)).json()).toMatchObject({
      events: [{ status: 'accepted' }, { reason: 'out-of-scope', field: 'type' }],
    });
    // A producer key opens nothing else.
    expect((await send('{}', {}, `${system.key}x`)).status).toBe(401);
  });

  test('keys: admins make and revoke them, a retry shows the same, nobody sees a secret again', async () => {
    const { made, asAdmin, api, token, send, state } = await open();
    expect(made.key).toMatch(/^lsk_[0-9a-f]{16}_[0-9a-f]{64}$/);
    expect((await (await asAdmin('/v1/producer-keys', { name: 'edge', scopes: ['usage'], perMinute: 20 })).json()).key).toBe(made.key);
    const list = await (await api.request('/v1/producer-keys', { headers: { authorization: `Bearer ${await token('admin')}` } })).json();
    expect(list.items).toHaveLength(1);
    expect(JSON.stringify([list, await state.query({ pk: 'PRODUCER_KEYS' })])).not.toContain(made.key.split('_')[2]);
    for (const role of ['viewer', 'reviewer'] as const)
      expect((await api.request('/v1/producer-keys', { headers: { authorization: `Bearer ${await token(role)}` } })).status).toBe(403);
    expect((await send(JSON.stringify(event(1)))).status).toBe(200);
    expect(await (await asAdmin(`/v1/producer-keys/${made.id}/revoke`, undefined, 'revoke-01')).json()).toMatchObject({
      id: made.id,
      revokedAt: expect.any(String),
    });
    expect((await send(JSON.stringify(event(2)))).status).toBe(401);
    expect((await asAdmin('/v1/producer-keys/0000000000000000/revoke', undefined, 'revoke-02')).status).toBe(404);
  });

  test('over the quota: 429 says when to come back, and nothing was taken', async () => {
    const { json, send, clock, sent } = await open();
    const some = (from: number, count: number) => Array.from({ length: count }, (_, index) => event(from + index));
    expect(await json(some(0, 15))).toMatchObject({ accepted: 15 });
    const before = sent.waiting;
    const refused = await send(JSON.stringify(some(100, 6)));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: 'urn:lockstep:problem:too-many-requests' });
    expect(sent.waiting).toBe(before);
    // What fits is still taken, and a minute later all of it.
    expect(await json(some(200, 5))).toMatchObject({ accepted: 5 });
    clock.advanceTo(clock.now() + MINUTE);
    expect(await json(some(100, 6))).toMatchObject({ accepted: 6 });
    expect((await send(JSON.stringify(some(300, 21)))).status).toBe(413);
  });

  test.each<[string, BodyInit, Record<string, string>, number]>([
    ['no key', '{}', { authorization: 'Bearer lsk_guess' }, 401],
    ['no token at all', '{}', { authorization: '' }, 401],
    ['not JSON', 'hello', {}, 400],
    ['half a list', '{"half":', {}, 400],
    ['a number', '7', {}, 400],
    ['nothing', '', {}, 400],
    ['an empty list', '[]', {}, 400],
    ['plain text', JSON.stringify(event(1)), { 'content-type': 'text/plain' }, 415],
    ['brotli', JSON.stringify(event(1)), { 'content-encoding': 'br' }, 415],
    ['half packed', gzipSync(JSON.stringify(event(1))).subarray(0, 30), { 'content-encoding': 'gzip' }, 400],
    ['a bomb', gzipSync(Buffer.alloc(9 * 1024 * 1024, 32)), { 'content-encoding': 'gzip' }, 413],
    ['6 MiB', ' '.repeat(6 * 1024 * 1024), {}, 413],
  ])('%s: a problem that says what is wrong', async (_, body, headers, status) => {
    const { send, failures } = await open();
    const answer = await send(body, headers);
    expect([answer.status, failures]).toEqual([status, []]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('sources: who sent what, what was refused, which fields arrive, and which evidence is silent', async () => {
    const { api, token, stores, world } = await open();
    const ports = {
      archive: stores.archive,
      refused: new MemoryObjectStore(),
      features: stores.features,
      clock: world.clock,
      hasher: new KeyedHasher('k'.repeat(64)),
      segments: 1,
      producers: SETTINGS,
    };
    const time = new Date(world.clock.now() - 90_000).toISOString();
    const body = JSON.stringify([
      event(1, { time }),
      event(2, { time }, { prompt: null }),
      event(3, { id: '' }),
      litellm(4, {}, { user_api_key_user_id: null }),
    ]);
    await ingest([{ id: 'm', body }], ports);
    // Delivered again, it counts once.
    await ingest([{ id: 'm', body }], ports);
    const ask = async (query: string) =>
      (await api.request(`/v1/sources${query}`, { headers: { authorization: `Bearer ${await token('viewer')}` } })).json();
    const sources = await ask('?days=2');
    expect(sources).toMatchObject({
      days: 2,
      items: [
        {
          producer: 'contract',
          accepted: 2,
          refused: { 'invalid-field': 1 },
          usage: 2,
          lastEvent: time,
          lagSeconds: 90,
          fields: { prompt: 0.5, address: 0 },
        },
        { producer: 'litellm', accepted: 0, refused: { 'no-account': 1 }, lastEvent: null, lagSeconds: null },
      ],
    });
    expect(sources.silent).toEqual([
      'no addresses and no clients: no evidence from infrastructure',
      'no account events: no evidence from payment or registration, and nobody can be acted on',
    ]);
    world.clock.advanceTo(world.clock.now() + 9 * DAY);
    expect((await ask('')).items).toEqual([]);
  });
});
