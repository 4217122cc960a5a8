import { createHash } from 'node:crypto';
import { fold, foldRows } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { parseEvent } from '../../functions/ingest/parse-event';
import { readMessages } from '../../functions/ingest/read-messages';
import { observed, signalsOf } from '../../functions/query/accounts/observed';
import { queryRoutes } from '../../functions/query/routes';
import { LONGEST, MOST_CANARIES } from '../../shared/contract/event';
import { DAY, HOUR, hourOf, iso, MINUTE } from '../../shared/domain/time';
import { unpack } from '../../shared/formats/codec';
import { distinctEvents } from '../../shared/formats/distinct-events';
import { frameOf, readSegment, type Segment, tenancyAt } from '../../shared/formats/segment';
import { type ShownEvent, shownEvent } from '../../shared/formats/shown-event';
import { withoutAccounts } from '../../shared/formats/without-accounts';
import { tenancyOf } from '../../shared/identity/account-facts';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { openDoor } from '../support/api-client';
import { onBothSides, storesOn } from '../support/sides';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';

const GOLDEN = '5546d3b0b10fdaf7f19346807b5a8def8ad52cb6792ac02f1225a42e87cc71d4';
const T = Date.parse('2026-06-05T10:00:00Z');
const hasher = new KeyedHasher('k'.repeat(64));
const SIGNALS = {
  client: { userAgent: 'x/1', headerOrder: 'host,user-agent,accept', http2: '1:65536;4:131072|12517377|0|m,p,a,s' },
  network: { ip: '203.0.113.1', asnClass: 'hosting' },
  maxTokens: 0,
  stopReason: 'length',
  refusalCategory: 'weapons',
  session: 'conversation-1',
};
const event = (number: number, data: object = {}, subject = `a${number % 7}`) => ({
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 's',
  id: `e${number}`,
  time: iso(T + number * 1_000),
  subject,
  data: {
    model: 'atlas-5',
    inputTokens: number,
    outputTokens: 10,
    network: { ip: `203.0.113.${number % 9}` },
    client: { userAgent: 'x/1' },
    prompt: { text: `what is ${number}` },
    ...data,
  },
});
const segmentOf = (events: readonly object[]): Segment => {
  const { events: parts, rejected } = readMessages([{ id: 'm', body: JSON.stringify(events) }], { now: T + HOUR, hasher, segments: 1 });
  expect(rejected).toEqual([]);
  return parts[0]!.columns;
};
const shown = (segment: Segment): ShownEvent[] => Array.from({ length: segment.rows }, (_, row) => shownEvent({ segment, row }));

describe('an archive', () => {
  test('without signals is to the byte what it was before there were any', () => {
    const frame = frameOf(segmentOf(Array.from({ length: 300 }, (_, number) => event(number))));
    // Made by the code of before there were signals.
    expect(createHash('sha256').update(unpack(frame)).digest('hex')).toBe(GOLDEN);
  });

  test('takes what is empty for not given', () => {
    const { signals } = segmentOf([event(1, { session: '', client: { headerOrder: '', http2: '' } })]);
    expect(signals).toBeUndefined();
  });

  test('keeps what is given, by row, whatever comes before and after it, as hashes and words; nothing that identifies', () => {
    const events = Array.from({ length: 700 }, (_, number) =>
      event(number, number % 100 === 50 ? { ...SIGNALS, session: `s-${number}` } : {}),
    );
    const segment = readSegment(frameOf(segmentOf(events)));
    const rows = shown(segment);
    expect(rows.filter(({ signals }) => signals)).toHaveLength(7);
    expect(rows[350]).toMatchObject({
      signals: {
        maxTokens: 0,
        stopReason: 'length',
        refusalCategory: 'weapons',
        asnClass: 'hosting',
        http2: expect.stringMatching(/^[0-9a-f]{13}$/),
      },
    });
    expect(rows[350]!.signals!.session).not.toBe(rows[450]!.signals!.session);
    expect(rows[350]!.signals!.headerOrder).toBe(rows[450]!.signals!.headerOrder);
    const stored = Buffer.from(unpack(frameOf(segment))).toString('latin1');
    for (const raw of ['s-350', 'host,user-agent', '12517377']) expect(stored).not.toContain(raw);
  });

  test('with other signals is another event: a conflict, decided whatever the order; with the same ones a duplicate', () => {
    const [one, other] = [{ maxTokens: 1 }, { maxTokens: 2 }].map((data) => segmentOf([event(1, data)]));
    const same = segmentOf([event(1, { maxTokens: 1 }), event(2, { session: 'x' })]);
    const kept = (segments: Segment[]) => distinctEvents(segments).places.map((place) => shownEvent(place).signals?.maxTokens);
    expect(distinctEvents([one!, other!])).toMatchObject({ duplicates: 1, conflicts: 1 });
    expect(kept([one!, other!])).toEqual(kept([other!, one!]));
    expect(distinctEvents([one!, same])).toMatchObject({ duplicates: 1, conflicts: 0 });
    // An event without signals is the same in a segment that has some.
    expect(distinctEvents([segmentOf([event(3)]), segmentOf([event(3), event(4, { session: 'x' })])])).toMatchObject({
      duplicates: 1,
      conflicts: 0,
    });
  });

  test('keeps the signals of what was served beside requests that our own action stopped, which have none', () => {
    const events = [1, 2, 3, 4].map((number) => event(number, { ...SIGNALS, maxTokens: number, status: number % 2 ? 'blocked' : 'ok' }));
    const rows = shown(readSegment(frameOf(segmentOf(events))));
    expect(rows.map(({ status, signals }) => [status, signals?.maxTokens])).toEqual([
      ['ok', 2],
      ['ok', 4],
      ['blocked', undefined],
      ['blocked', undefined],
    ]);
    const all = readSegment(frameOf(segmentOf(events.filter((_, place) => place % 2 === 0))));
    expect(shown(all).map(({ signals }) => signals)).toEqual([undefined, undefined]);
  });

  test('from which somebody was erased keeps the signals of the others', () => {
    const segment = segmentOf([event(1, SIGNALS, 'gone'), event(2, { ...SIGNALS, maxTokens: 7 }, 'stays'), event(3, {}, 'gone')]);
    const gone = hasher.account('gone').key;
    const left = readSegment(frameOf(withoutAccounts(segment, (account) => (account === gone ? Number.POSITIVE_INFINITY : undefined))));
    expect(shown(left).map(({ signals }) => signals?.maxTokens)).toEqual([7]);
  });

  test('says whose tenants accounts are, to nobody by name; from which a tenant was erased, only of the others', () => {
    const events = [
      event(1, { cloud: 'bedrock', tenant: 'tenant-1' }, 'gone'),
      event(2, { cloud: 'bedrock', tenant: 'tenant-2', session: 's' }, 'stays'),
      event(3),
    ];
    const segment = readSegment(frameOf(segmentOf(events)));
    expect(shown(segment).map(({ signals }) => signals?.session !== undefined)).toEqual([false, true, false]);
    const stored = Buffer.from(unpack(frameOf(segment))).toString('latin1');
    for (const raw of ['tenant-1', 'tenant-2']) expect(stored).not.toContain(raw);
    const gone = hasher.account('gone').key;
    const left = readSegment(frameOf(withoutAccounts(segment, (account) => (account === gone ? Number.POSITIVE_INFINITY : undefined))));
    expect(left.dictionaries.tenancies).toEqual([tenancyOf({ cloud: 'bedrock', tenant: 'tenant-2' }, hasher)]);
    expect([0, 1].map((row) => tenancyAt(left, row)?.tenant)).toEqual([left.dictionaries.tenancies![0]!.tenant, undefined]);
  });
});

test('features, and so links, networks, verdicts and decisions, are the same to the byte with signals and without', () => {
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  const rows = (data: (number: number) => object) => {
    const segment = segmentOf(numbers.map((number) => event(number, data(number))));
    return foldRows(hourOf(T), [segment], distinctEvents([segment]).places);
  };
  const plain = rows((number) => ({ client: { userAgent: 'x/1' }, network: { ip: `203.0.113.${number % 9}` } }));
  const signalled = rows((number) => ({
    ...SIGNALS,
    client: { ...SIGNALS.client, headerOrder: `order ${number}` },
    network: { ip: `203.0.113.${number % 9}`, asnClass: 'residential-proxy' },
    maxTokens: number * 7,
    session: `s${number}`,
    canaries: ['what is none'],
  }));
  expect(plain).toHaveLength(7);
  expect(signalled).toEqual(plain);
});

test.each<[string, object, object | undefined]>([
  ['a class of nobody’s list', { network: { asnClass: 'evil' } }, { network: {} }],
  ['a class in other letters', { network: { asnClass: 'Residential Proxy' } }, { network: { asnClass: 'residential-proxy' } }],
  ['null everywhere', { session: null, maxTokens: null, stopReason: null, canaries: null }, {}],
  ['one canary that is no list', { canaries: 'abc' }, { canaries: ['abc'] }],
  ['canaries that are no text, and too long ones', { canaries: [1, null, 'x'.repeat(129), 'abc'] }, { canaries: ['abc'] }],
  ['more canaries than an answer holds', { canaries: Array(20).fill('abc') }, { canaries: Array(MOST_CANARIES).fill('abc') }],
  ['a word that is too long', { stopReason: 'x'.repeat(500) }, { stopReason: 'x'.repeat(LONGEST.word) }],
])('%s is read', (_, data, expected) => {
  const parsed = parseEvent(event(1, data), T + MINUTE);
  expect(parsed).toMatchObject({ kind: 'event', event: { data: expected } });
});

test.each<[string, object]>([
  ['a negative limit', { maxTokens: -1 }],
  ['half a token', { maxTokens: 1.5 }],
  ['a session that is a number', { session: 7 }],
])('%s is refused by its field', (_, data) => {
  expect(parseEvent(event(1, data), T + MINUTE)).toMatchObject({ kind: 'rejected', rejection: { field: `data.${Object.keys(data)[0]}` } });
});

describe('what stands out in an account’s requests', () => {
  const base = shown(segmentOf([event(1, {}, 'a')]))[0]!;
  const blank = { headerOrder: null, http2: null, session: null, maxTokens: null, stopReason: null, refusalCategory: null, asnClass: null };
  const at = (minute: number, signals: object = {}, more: object = {}): ShownEvent => ({
    ...base,
    at: iso(T + minute * MINUTE),
    ...more,
    signals: { ...blank, ...signals },
  });
  const many = (count: number, one: (number: number) => ShownEvent): ShownEvent[] =>
    Array.from({ length: count }, (_, number) => one(number));
  const home = { prefix: 'home', client: 'mine', apiKey: 'k1' };
  const away = (number: number) => ({ prefix: `far-${number % 5}`, client: 'theirs', apiKey: 'k1' });
  const stolen = [...many(40, (n) => at(n, {}, home)), ...many(40, (n) => at(40 + n, {}, n % 2 ? home : away(n)))];

  test.each<[string, ShownEvent[], string[]]>([
    ['nothing at all', [], []],
    ['a client with three limits', many(60, (n) => at(n, { maxTokens: [256, 1024, 4096][n % 3] })), []],
    ['a client with one usual limit and odd ones', many(60, (n) => at(n, { maxTokens: n % 3 ? 4096 : n })), []],
    ['a sweep of limits', many(40, (n) => at(n, { maxTokens: 2 ** (n % 14) })), ['limits-swept']],
    ['a sweep too short to tell', many(19, (n) => at(n, { maxTokens: 2 ** (n % 14) })), []],
    ['somebody refused often for one reason', many(60, (n) => at(n, n % 2 ? { refusalCategory: 'medical' } : {})), []],
    ['refusals in many categories', many(60, (n) => at(n, n % 4 ? {} : { refusalCategory: `c${n % 5}` })), ['refusals-probed']],
    ['sessions of a person', many(40, (n) => at(n * n, { session: `s${n}` })), []],
    ['sessions on the hour', many(12, (n) => at(60 * n + (n % 2) * 0.3, { session: `s${n}` })), ['sessions-on-a-timer']],
    ['one long session', many(60, (n) => at(n, { session: 's' })), []],
    ['what our own action stopped', many(40, (n) => at(n, { maxTokens: 2 ** (n % 14) }, { status: 'blocked' })), []],
    ['a stolen key: many new networks, while the owner goes on', stolen, ['key-elsewhere']],
    ['a new server of its own', stolen.map((one) => (one.client === 'theirs' ? { ...one, prefix: 'server' } : one)), []],
    ['a move: nobody is where the account was', [...many(40, (n) => at(n, {}, home)), ...many(40, (n) => at(40 + n, {}, away(n)))], []],
    [
      'the whole account elsewhere, by two keys',
      stolen.map((one, n) => (one.client === 'theirs' && n % 4 ? { ...one, apiKey: 'k2' } : one)),
      [],
    ],
    ['a traveller with the same client', stolen.map((one) => ({ ...one, client: 'mine' })), []],
    ['no networks given', stolen.map((one) => ({ ...one, prefix: null })), []],
  ])('%s', (_, events, expected) => {
    expect(observed(events).map(({ what }) => what)).toEqual(expected);
  });

  test('the stolen key is named, and the sentence holds the numbers', () => {
    expect(observed(stolen)[0]).toMatchObject({
      because: expect.stringMatching(/^key k1 alone came from elsewhere from 2026-06-05T10:40:00.000Z on: 20 requests from 5 networks/),
      numbers: { away: 20, networks: 5, home: 20, before: 40 },
    });
  });

  test('what a producer said is summed up', () => {
    const events = [
      at(1, { maxTokens: 9, stopReason: 'end', session: 'a' }),
      at(2, { maxTokens: 3, stopReason: 'end', session: 'b', asnClass: 'mobile' }),
    ];
    expect(signalsOf(events)).toEqual({
      given: 2,
      maxTokens: { values: 2, least: 3, most: 9 },
      stopReasons: { end: 2 },
      refusalCategories: {},
      sessions: 2,
      headerOrders: 0,
      http2: 0,
      asnClasses: { mobile: 1 },
    });
  });
});

onBothSides((side) => {
  test('over the API, from the archive: of an account, for reviewers, with the range that was read', async () => {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const now = hourOf(door.clock.now());
    const events = Array.from({ length: 30 }, (_, number) => ({
      ...event(number, { maxTokens: 2 ** (number % 10), session: `s${number % 3}` }, 'sweeper'),
      time: iso(now - 3 * HOUR + number * MINUTE),
    }));
    await ingest([{ id: 'm', body: JSON.stringify(events) }], { ...stores, clock: door.clock, hasher, segments: 1 });
    for (const task of await plan({ ...stores, clock: door.clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
    const ask = async (query = '', role: 'viewer' | 'reviewer' = 'reviewer', subject = 'sweeper') => {
      const headers = { authorization: `Bearer ${await door.token(role)}` };
      const answer = await door.api.request(`/v1/accounts/${hasher.account(subject).key}/observed${query}`, { headers });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await ask()).toMatchObject({
      status: 200,
      body: {
        events: 30,
        complete: true,
        counted: false,
        signals: { given: 30, sessions: 3 },
        observed: [{ what: 'limits-swept', numbers: { values: 10 } }],
      },
    });
    expect((await ask('', 'reviewer', 'nobody')).body).toMatchObject({ events: 0, observed: [] });
    expect((await ask('', 'viewer')).status).toBe(403);
    expect((await ask(`?from=${iso(now - 4 * DAY)}&to=${iso(now)}`)).status).toBe(400);
    expect((await ask(`?from=${iso(now)}&to=${iso(now)}`)).status).toBe(400);
  });

  test('over the API, of a campaign: its busiest members, how many are active, what marks they share, and of how many something was observed', async () => {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const now = hourOf(door.clock.now());
    // Three members sweep limits, two do not, one was not seen; they connect in two ways. A stranger sweeps as well.
    const names = ['sweeper-0', 'sweeper-1', 'sweeper-2', 'plain-0', 'plain-1'];
    const requests = (name: string, from: number) =>
      Array.from({ length: 25 }, (_, number) => ({
        ...event(from + number, {
          maxTokens: name.startsWith('plain') ? 512 : 2 ** (number % 10),
          client: { userAgent: 'x/1', headerOrder: name.endsWith('1') ? 'host,accept' : 'accept,host' },
        }),
        subject: name,
        time: iso(now - 3 * HOUR + number * MINUTE),
      }));
    const all = [...names, 'stranger'].flatMap((name, place) => requests(name, 1_000 * place));
    await ingest([{ id: 'm', body: JSON.stringify(all) }], { ...stores, clock: door.clock, hasher, segments: 1 });
    for (const task of await plan({ ...stores, clock: door.clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
    const members = [...names, 'silent'].map((name, n) => buildMember(n, { account: hasher.account(name).key }));
    const campaigns = new CampaignStore(stores);
    await campaigns.save(buildCampaign({ members }));
    const ask = async (query = '', role: 'viewer' | 'reviewer' = 'reviewer', campaign = 'C-hydra') => {
      const headers = { authorization: `Bearer ${await door.token(role)}` };
      const answer = await door.api.request(`/v1/campaigns/${campaign}/observed${query}`, { headers });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await ask()).toMatchObject({
      status: 200,
      body: {
        campaign: 'C-hydra',
        complete: true,
        counted: false,
        accounts: 6,
        active: 5,
        shared: expect.arrayContaining([{ signal: 'headerOrder', accounts: 3, given: 5, values: 2 }]),
        observed: [{ what: 'limits-swept', accounts: 3, example: expect.stringContaining('10') }],
      },
    });
    // Before anything was seen.
    expect((await ask(`?from=${iso(now - 30 * HOUR)}&to=${iso(now - 5 * HOUR)}`)).body).toMatchObject({
      accounts: 6,
      active: 0,
      observed: [],
    });
    expect((await ask('', 'reviewer', 'C-none')).status).toBe(404);
    expect((await ask('', 'viewer')).status).toBe(403);
    expect((await ask(`?from=${iso(now - 4 * DAY)}&to=${iso(now)}`)).status).toBe(400);
    expect((await ask('?to=yesterday')).status).toBe(400);
  });
});
