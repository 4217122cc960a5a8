import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { groupHash, matched } from '../../functions/exchange/group';
import { type Item, normalised } from '../../functions/exchange/normalise';
import { type Ask, MOST_PAGES, pull, standing } from '../../functions/exchange/taxii/pull';
import { FEEDBACK, INDICATORS, TAXII, taxiiRoutes } from '../../functions/exchange/taxii/taxii-routes';
import {
  identityOf,
  indicatorOf,
  opinionOf,
  revocationOf,
  type Saying,
  type SharedIndicator,
  type SharedObject,
  sharedObject,
  sightingOf,
} from '../../shared/domain/campaigns/shared-indicator';
import { knownBundle, operatorIn } from '../../shared/domain/campaigns/stix';
import type { Scope } from '../../shared/domain/producer-scope';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { makeKey } from '../../shared/http/producer-keys';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { openDoor } from '../support/api-client';
import { MEMORY, onBothSides, type Side } from '../support/sides';
import { secretOf } from '../support/whole-api';

const SALT = 'a salt that the labs of the group agreed on';
const item = (type: string, value: string): Item => {
  const found = normalised(type, value);
  if (found.kind !== 'item') throw new Error(found.because);
  return found.item;
};

async function lab(side: Side) {
  const door = await openDoor(side);
  taxiiRoutes(door.api, door.http, { objects: door.state, access: door.state });
  let made = 0;
  const keyOf = async (...scopes: Scope[]) =>
    (
      await makeKey(
        { name: 'a partner', scopes, perMinute: 10_000, by: 'ada', request: `key ${++made}` },
        { table: door.state, clock: door.clock, secretOf },
      )
    ).text;
  const request = async (path: string, key: string, init: { method?: string; body?: unknown; headers?: Record<string, string> } = {}) => {
    const { method = 'GET', body, headers = {} } = init;
    const answer = await door.api.request(path, {
      method,
      headers: { accept: TAXII, authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': TAXII }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      headers: answer.headers,
      body: JSON.parse((await answer.text()) || '{}'),
    };
  };
  const objects = (of: { id: string }, query = '') => `/taxii2/exchange/collections/${of.id}/objects/${query}`;
  const says = (more: Partial<Saying> = {}): Saying => ({ lab: 'lab one', tlp: 'amber', now: door.clock.now(), ...more });
  const indicator = (value: string, until = door.clock.now() + 30 * DAY) =>
    indicatorOf({ kind: 'email-domain', hash: groupHash(item('email-domain', value), SALT), campaign: 'june', until }, says());
  return { ...door, keyOf, request, objects, says, indicator };
}

onBothSides((side) => {
  test('a client finds the way: discovery, root, collections, and each answer has the media type', async () => {
    const { keyOf, request } = await lab(side);
    const key = await keyOf('exchange');
    const discovery = await request('/taxii2/', key);
    expect(discovery).toMatchObject({
      status: 200,
      type: TAXII,
      body: { title: expect.any(String), api_roots: [expect.stringMatching(/\/taxii2\/exchange\/$/)] },
    });
    const root = new URL(discovery.body.api_roots[0]).pathname;
    // As it comes through a gateway that has no route with a slash at its end.
    expect((await request('/taxii2', key)).body).toEqual(discovery.body);
    expect((await request(root.slice(0, -1), key)).status).toBe(200);
    expect(await request(root, key)).toMatchObject({
      status: 200,
      type: TAXII,
      body: { versions: [TAXII], max_content_length: expect.any(Number) },
    });
    const { body } = await request(`${root}collections/`, key);
    expect(body.collections).toMatchObject([
      { id: INDICATORS.id, can_read: true, can_write: false, media_types: ['application/stix+json;version=2.1'] },
      { id: FEEDBACK.id, can_read: false, can_write: true },
    ]);
    expect((await request(`${root}collections/${INDICATORS.id}/`, key)).body).toEqual(body.collections[0]);
    // As the password of HTTP Basic, and with any of the names that the standard allows for the type.
    const basic = { authorization: `Basic ${Buffer.from(`partner:${key}`).toString('base64')}` };
    for (const accept of [
      TAXII,
      'application/taxii+json',
      'application/taxii+json; version=2.1',
      '*/*',
      'text/html, application/taxii+json;version=2.1',
    ])
      expect((await request(root, key, { headers: { ...basic, accept } })).status).toBe(200);
  });

  test('published, paged, filtered, followed from where one stopped; a version replaces the one before; the same twice is one', async () => {
    const { keyOf, request, objects, says, indicator, clock } = await lab(side);
    const [own, partner] = [await keyOf('publish'), await keyOf('exchange')];
    const many = Array.from({ length: 7 }, (_, n) => indicator(`${n}.example`));
    const sent = await request(objects(INDICATORS), own, { method: 'POST', body: { objects: [identityOf(says()), ...many] } });
    expect(sent).toMatchObject({
      status: 202,
      type: TAXII,
      body: { status: 'complete', total_count: 8, success_count: 8, failure_count: 0, pending_count: 0 },
    });
    expect((await request(`/taxii2/exchange/status/${sent.body.id}/`, own)).body).toEqual(sent.body);
    expect((await request(`/taxii2/exchange/status/${sent.body.id}/`, partner)).status).toBe(404);

    const seen: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const page = await request(objects(INDICATORS, `?limit=3${next === undefined ? '' : `&next=${next}`}`), partner);
      expect(page.headers.get('x-taxii-date-added-last')).toMatch(/^\d{4}-.*\.\d{6}Z$/);
      seen.push(...page.body.objects.map(({ id }: { id: string }) => id));
      expect(page.body.more).toBe(page.body.next !== undefined);
      next = page.body.next;
      pages++;
    } while (next !== undefined);
    expect(pages).toBe(3);
    expect(seen).toEqual([identityOf(says()).id, ...many.map(({ id }) => id)]);

    const first = await request(objects(INDICATORS, '?limit=4'), partner);
    const after = first.headers.get('x-taxii-date-added-last') ?? '';
    const rest = await request(objects(INDICATORS, `?added_after=${after}`), partner);
    expect([...first.body.objects, ...rest.body.objects].map(({ id }: { id: string }) => id)).toEqual(seen);
    expect((await request(objects(INDICATORS, '?match[type]=identity'), partner)).body.objects).toHaveLength(1);
    expect((await request(objects(INDICATORS, `?match[id]=${many[2]!.id},${many[3]!.id}`), partner)).body.objects).toEqual([
      many[2],
      many[3],
    ]);

    clock.advanceTo(clock.now() + HOUR);
    const gone = revocationOf(many[0]!, clock.now());
    for (let times = 0; times < 2; times++)
      expect((await request(objects(INDICATORS), own, { method: 'POST', body: { objects: [gone, many[1]] } })).body.success_count).toBe(2);
    const now = await request(objects(INDICATORS), partner);
    expect(now.body.objects.filter(({ id }: { id: string }) => id === gone.id)).toEqual([gone]);
    expect(now.body.objects).toHaveLength(8);
    expect((await request(`${objects(INDICATORS)}${gone.id}/`, partner)).body.objects).toEqual([gone]);
    expect((await request(`${objects(INDICATORS)}${gone.id}/?match[version]=all`, partner)).body.objects).toHaveLength(2);
    expect((await request(`${objects(INDICATORS)}${gone.id}/?match[version]=first`, partner)).body.objects).toEqual([many[0]]);
    expect((await request(`${objects(INDICATORS)}${gone.id}/versions/`, partner)).body.versions).toEqual([
      many[0]!.modified,
      gone.modified,
    ]);
    const manifest = await request(`/taxii2/exchange/collections/${INDICATORS.id}/manifest/?match[id]=${gone.id}`, partner);
    expect(manifest.body.objects).toMatchObject([{ id: gone.id, version: gone.modified, media_type: 'application/stix+json;version=2.1' }]);
    // What is long past is not told any more.
    clock.advanceTo(clock.now() + 70 * DAY);
    expect((await request(objects(INDICATORS, '?match[type]=indicator'), partner)).body).toEqual({});
  });

  test('two labs over loopback: said, met, called by the other’s own hash, sighted, disagreed with, revoked; nobody is acted on', async () => {
    const [one, other] = [await lab(side), await lab(side)];
    const server = createServer(getRequestListener(one.api.fetch)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const [own, partner] = [await one.keyOf('publish'), await one.keyOf('exchange')];
      const call = async (path: string, key: string, body?: object) => {
        const headers = { accept: TAXII, authorization: `Bearer ${key}`, ...(body ? { 'content-type': TAXII } : {}) };
        const answer = await fetch(base + path, { headers, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
        const added = answer.headers.get('x-taxii-date-added-last');
        return {
          kind: 'answer' as const,
          status: answer.status,
          type: answer.headers.get('content-type') ?? '',
          body: await answer.text(),
          ...(added ? { added } : {}),
        };
      };
      const pulling =
        (key: string, of: string = INDICATORS.id): Ask =>
        (query) =>
          call(`/taxii2/exchange/collections/${of}/objects/?${new URLSearchParams({ limit: '50', ...query })}`, key);
      const said = Array.from({ length: 120 }, (_, n) => one.indicator(`campaign-${n}.example`));
      expect((await call(one.objects(INDICATORS), own, { objects: [identityOf(one.says()), ...said] })).status).toBe(202);

      const now = other.clock.now();
      const pulled = await pull(pulling(partner), { now });
      if (pulled.kind === 'failed') throw new Error(pulled.because);
      expect(pulled).toMatchObject({ pages: 3, refused: [] });
      expect(standing(pulled.objects, now)).toEqual(said);

      // The other lab met two of them, under other spellings, and much else.
      const met = ['CAMPAIGN-7.example', 'campaign-8.example.', ...Array.from({ length: 50 }, (_, n) => `honest-${n}.example`)].map(
        (domain) => item('email-domain', domain),
      );
      const hasher = new KeyedHasher('the identifier key of the other lab, its own');
      const found = matched(standing(pulled.objects, now), met, SALT, hasher);
      expect(found.map(({ indicator }) => indicator)).toEqual([said[7], said[8]]);
      expect(found.flatMap((match) => match.own.map(({ hash }) => hash))).toEqual(
        ['campaign-7.example', 'campaign-8.example'].map((domain) => hashText(hasher.object('domain', domain))),
      );
      expect(matched(standing(pulled.objects, now), met, 'another salt of as many characters', hasher)).toEqual([]);
      const bundle = knownBundle(
        { name: 'group-june', classification: 'distillation', accounts: 40, now, tlp: 'amber' },
        found.flatMap((match) => match.own),
      );
      expect(operatorIn(JSON.parse(JSON.stringify(bundle)))).toMatchObject({
        kind: 'operator',
        operator: { classification: 'distillation', accounts: 40, indicators: [{ type: 'email-domain' }, { type: 'email-domain' }] },
      });

      const back: Saying = { lab: 'lab two', tlp: 'amber', now };
      const feedback = [identityOf(back), sightingOf(said[7]!.id, 3, back), opinionOf([said[8]!.id], 'disagree', back)];
      expect(JSON.parse((await call(one.objects(FEEDBACK), partner, { objects: feedback })).body)).toMatchObject({ success_count: 3 });
      const heard = await pull(pulling(own, FEEDBACK.id), { now: one.clock.now() });
      expect(heard).toMatchObject({ kind: 'pulled', objects: feedback });

      one.clock.advanceTo(one.clock.now() + HOUR);
      await call(one.objects(INDICATORS), own, { objects: [revocationOf(said[8]!, one.clock.now())] });
      const again = await pull(pulling(partner), { now: one.clock.now(), ...(pulled.last === null ? {} : { since: pulled.last }) });
      expect(again).toMatchObject({ kind: 'pulled', pages: 1, objects: [{ id: said[8]!.id, revoked: true }] });
      expect(standing(again.kind === 'pulled' ? again.objects : [], one.clock.now())).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('who may not, and what cannot be asked', () => {
  test('keys, scopes, types, filters and addresses that do not fit: each answered in the form of TAXII', async () => {
    const { keyOf, request, objects, indicator, says } = await lab(MEMORY);
    const [own, partner, check] = [await keyOf('publish'), await keyOf('exchange'), await keyOf('check')];
    const post = (key: string, body: unknown, headers = {}, of: { id: string } = INDICATORS) =>
      request(objects(of), key, { method: 'POST', body, headers });
    const one = { objects: [indicator('a.example')] };
    const answers: [number, Awaited<ReturnType<typeof request>>][] = [
      [401, await request('/taxii2/', 'lsk_guess')],
      [401, await request('/taxii2/', '', { headers: { authorization: 'Basic !!!' } })],
      [403, await request('/taxii2/', check)],
      [406, await request('/taxii2/', partner, { headers: { accept: 'application/vnd.oasis.taxii+json; version=2.0' } })],
      [406, await request('/taxii2/', partner, { headers: { accept: 'text/html' } })],
      [404, await request('/taxii2/exchange/collections/00000000-0000-4000-8000-000000000000/', partner)],
      [404, await request(`${objects(INDICATORS)}indicator--00000000-0000-4000-8000-000000000000/`, partner)],
      [403, await request(objects(FEEDBACK), partner)],
      [403, await post(partner, one)],
      [415, await post(own, one, { 'content-type': 'application/json' })],
      [400, await post(own, '{"objects": [')],
      [400, await post(own, { objects: [] })],
      [400, await post(own, [])],
      [413, await post(own, { objects: Array(501).fill({}) })],
      ...(await Promise.all(
        [
          'limit=0',
          'limit=x',
          'added_after=yesterday',
          'next=x',
          'match[spec_version]=2.0',
          'match[version]=all,first',
          'unheard=1',
          'limit=1&limit=2',
        ].map(
          async (query): Promise<[number, Awaited<ReturnType<typeof request>>]> => [
            400,
            await request(objects(INDICATORS, `?${query}`), partner),
          ],
        ),
      )),
    ];
    for (const [status, answer] of answers) {
      expect(answer.status).toBe(status);
      expect(answer).toMatchObject({ type: TAXII, body: { title: expect.any(String), http_status: String(status) } });
    }
    // A partner says what it met, and no indicators.
    expect((await post(partner, one, {}, FEEDBACK)).body).toMatchObject({
      success_count: 0,
      failure_count: 1,
      failures: [{ id: one.objects[0]!.id }],
    });
    expect((await post(partner, { objects: [sightingOf(one.objects[0]!.id, 1, says())] }, {}, FEEDBACK)).body).toMatchObject({
      success_count: 1,
    });
  });

  const now = Date.parse('2026-06-05T10:00:00Z');
  const says: Saying = { lab: 'lab one', tlp: 'green', now };
  const good = indicatorOf({ kind: 'email-domain', hash: 'a'.repeat(64), campaign: 'june', until: now + DAY }, says);
  test.each<[string, object, RegExp]>([
    ['an object of another kind', { type: 'malware' }, /type/],
    ['a raw value in the pattern', { pattern: "[domain-name:value = 'a.example']" }, /pattern/],
    ['no end', { valid_until: undefined }, /valid_until/],
    ['an end after years', { valid_until: iso(now + 900 * DAY) }, /valid_until/],
    ['an end before its beginning', { valid_until: iso(now - DAY) }, /valid_until/],
    ['a time that is still to come', { modified: iso(now + DAY) }, /modified/],
    ['changed before it was made', { modified: iso(now - DAY) }, /modified/],
    ['no marking', { object_marking_refs: [] }, /object_marking_refs/],
    ['red', { object_marking_refs: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'] }, /RED/],
    ['a name of two lines', { name: 'a\nb' }, /name/],
    ['markup', { description: '<script>' }, /description/],
    ['a field of its own', { x_payload: 'a' }, /./],
    ['too large', { description: 'a'.repeat(20_000) }, /larger/],
  ])('%s is refused, and says why', (_, change, because) => {
    expect(sharedObject(good, now).kind).toBe('object');
    expect(sharedObject({ ...good, ...change }, now)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
  });

  test('a card, a person or a short salt goes to nobody', () => {
    expect(normalised('payment-instrument', '4111111111111111').kind).toBe('refused');
    expect(normalised('email-domain', 'ada@a.example').kind).toBe('refused');
    expect(() => groupHash({ type: 'email-domain', value: 'a.example' }, 'short')).toThrow('32');
  });
});

describe('a server that lies, loops or is slow', () => {
  const now = Date.parse('2026-06-05T10:00:00Z');
  const said = (n: number): SharedIndicator =>
    indicatorOf(
      { kind: 'email-domain', hash: String(n).padStart(64, '0'), campaign: 'june', until: now + DAY },
      { lab: 'l', tlp: 'amber', now },
    );
  const page = (body: unknown, more: object = {}) => ({
    kind: 'answer' as const,
    status: 200,
    type: TAXII,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });
  let calls = 0;
  beforeEach(() => {
    calls = 0;
  });
  test.each<[string, Ask, RegExp]>([
    ['goes round in a circle', async () => page({ more: true, next: ['a', 'b', 'c'][calls++ % 3], objects: [said(1)] }), /circle/],
    ['never ends', async () => page({ more: true, next: String(calls++), objects: [said(calls)] }), new RegExp(`${MOST_PAGES} pages`)],
    ['sends empty pages', async () => page({ more: true, next: String(calls++) }), /empty/],
    ['says more and not where', async () => page({ more: true, objects: [said(1)] }), /not where/],
    ['sends too many at once', async () => page({ more: false, objects: Array(50_001).fill(0) }), /50000 objects/],
    ['answers a web page', async () => page('<html>', { type: 'text/html' }), /no TAXII/],
    ['answers TAXII 2.0', async () => page({}, { type: 'application/vnd.oasis.taxii+json; version=2.0' }), /no TAXII 2.1/],
    ['answers half a page', async () => page('{"objects": ['), /no envelope/],
    ['answers a list', async () => page([]), /no envelope/],
    ['refuses', async () => page({}, { status: 503 }), /503/],
    ['is slow', async () => ({ kind: 'failed', because: 'no whole answer within 30 s' }), /30 s/],
    [
      'fails in the middle',
      async () => (calls++ === 0 ? page({ more: true, next: 'a', objects: [said(1)] }) : { kind: 'failed', because: 'gone' }),
      /page 2: gone/,
    ],
  ])('%s: nothing is taken over, and it says why', async (_, ask, because) => {
    expect(await pull(ask, { now })).toEqual({ kind: 'failed', because: expect.stringMatching(because) });
  });

  test('what does not fit is left out by name, and the rest is taken; of versions the newest, in whatever order they come', async () => {
    const revoked = revocationOf(said(1), now + 1_000);
    const objects: unknown[] = [
      revoked,
      said(1),
      said(2),
      { ...said(3), valid_until: iso(now + 900 * DAY) },
      7,
      null,
      { id: 'x'.repeat(9_000) },
    ];
    const pulled = await pull(async () => page({ more: false, objects }, { added: '2026-06-05T09:00:00.000000Z' }), { now });
    expect(pulled).toMatchObject({ kind: 'pulled', objects: [revoked, said(2)], refusedInAll: 4, last: '2026-06-05T09:00:00.000000Z' });
    const objectsTaken: SharedObject[] = pulled.kind === 'pulled' ? pulled.objects : [];
    expect(standing(objectsTaken, now)).toEqual([said(2)]);
    expect(standing(objectsTaken, now + 2 * DAY)).toEqual([]);
  });
});
