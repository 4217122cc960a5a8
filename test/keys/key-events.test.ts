import { takeChange } from '../../functions/enforcement/keys/take-change';
import { takeIn } from '../../functions/enforcement/verification/verification-desk';
import { parseEvent } from '../../functions/ingest/parse-event';
import { readMessages } from '../../functions/ingest/read-messages';
import { receive, recordsIn } from '../../functions/ingest/receive/receive';
import { observed } from '../../functions/query/accounts/observed';
import { queryRoutes } from '../../functions/query/routes';
import { type KeyChange, type KeyNews, MOST_KEY_CHANGES, nameOfKey, stateOf, withChange } from '../../shared/domain/api-key';
import { HOUR, iso, MINUTE } from '../../shared/domain/time';
import type { ShownEvent } from '../../shared/formats/shown-event';
import { type AccountKey, hash64, sealedId } from '../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { openedKey } from '../../shared/identity/opened-names';
import { MemoryQueue } from '../../shared/memory/memory-queue';
import { MemoryTable } from '../../shared/memory/memory-table';
import { ApiKeyStore } from '../../shared/stores/cases/api-key-store';
import { openDoor } from '../support/api-client';
import { fc } from '../support/property';
import { onBothSides, storesOn } from '../support/sides';
import { enforcementWorld } from '../support/worlds/enforcement-world';

const T = Date.parse('2026-06-05T10:00:00Z');
const hasher = new KeyedHasher('k'.repeat(64));
const event = (data: object, over: object = {}) => ({
  specversion: '1.0',
  type: 'lockstep.key.v1',
  source: 'key-store',
  id: 'k-1',
  time: iso(T),
  subject: 'acct-1',
  data,
  ...over,
});
const newsOf = (events: readonly object[]): KeyNews[] => {
  const taken = readMessages([{ id: 'm', body: JSON.stringify(events) }], { now: T + HOUR, hasher, segments: 1 });
  expect(taken.rejected).toEqual([]);
  // No evidence: the archive has nothing of it.
  expect(taken.events).toEqual([]);
  return taken.keys;
};

test.each<[string, object, object]>([
  ['a new key', { key: 'k', change: 'created' }, { key: 'k', change: 'created' }],
  ['a key store’s own words', { key: 'k', change: 'Revoked' }, { change: 'disabled' }],
  ['the same for a rotation', { key: 'k', change: 'regenerated', replacedBy: 'l', by: 'owner' }, { change: 'rotated', replacedBy: 'l' }],
  ['null for not given', { key: 'k', change: 'created', by: null, replacedBy: null }, { key: 'k' }],
  ['fields that nobody knows', { key: 'k', change: 'created', colour: 'red' }, { key: 'k' }],
])('%s is read', (_, data, expected) => {
  expect(parseEvent(event(data), T)).toMatchObject({ kind: 'event', event: { data: expected } });
});

test('a key id that is too long is shortened as usage events shorten it, so that both are one key', () => {
  const long = 'k'.repeat(600);
  const usage = {
    ...event({ model: 'm', inputTokens: 1, outputTokens: 1, apiKey: long }),
    type: 'lockstep.usage.v1',
  };
  const [read] = readMessages([{ id: 'm', body: JSON.stringify([usage]) }], { now: T, hasher, segments: 1 }).events;
  expect(newsOf([event({ key: long, change: 'created' })])[0]!.key).toBe(hashText(read!.columns.columns.key[0]!));
});

test.each<[string, object, string]>([
  ['no key', { change: 'created' }, 'data.key'],
  ['an empty key', { key: '', change: 'created' }, 'data.key'],
  ['a key that is a number', { key: 7, change: 'created' }, 'data.key'],
  ['no change', { key: 'k' }, 'data.change'],
  ['a change of nobody’s contract', { key: 'k', change: 'painted' }, 'data.change'],
  ['somebody who is neither', { key: 'k', change: 'created', by: 'a thief' }, 'data.by'],
  ['a list of keys', { key: ['k'], change: 'created' }, 'data.key'],
])('%s is refused by its field, with what to change', (_, data, field) => {
  expect(parseEvent(event(data), T)).toMatchObject({ kind: 'rejected', rejection: { code: 'invalid-field', field, fix: /./ } });
});

test('raw ids go in, hashes and a sealed name come out; only whoever holds the key can open it', () => {
  const [news] = newsOf([event({ key: 'key-17', change: 'rotated', replacedBy: 'key-18', by: 'owner' })]);
  expect(JSON.stringify(news)).not.toContain('key-1');
  expect(news).toMatchObject({ account: hasher.account('acct-1').key, change: 'rotated', by: 'owner', at: T });
  expect(openedKey(news!, [hasher])).toBe('key-17');
  expect(openedKey(news!.replacedBy!, [new KeyedHasher('x'.repeat(64)), hasher])).toBe('key-18');
  expect(() => openedKey(news!, [new KeyedHasher('x'.repeat(64))])).toThrow('no longer holds');
  // Whoever exchanges two sealed names names nothing.
  expect(() => openedKey({ ...news!, sealed: news!.replacedBy!.sealed }, [hasher])).toThrow('a key is another key’s');
  // A key that replaces itself, or a new key that replaces another, says nothing of what replaced what.
  expect(newsOf([event({ key: 'a', change: 'rotated', replacedBy: 'a' })])[0]).not.toHaveProperty('replacedBy');
  expect(newsOf([event({ key: 'a', change: 'created', replacedBy: 'b' })])[0]).not.toHaveProperty('replacedBy');
});

test('over HTTP it takes a key of the scope `key`', async () => {
  const ports = {
    queue: new MemoryQueue({ now: () => T }),
    table: new MemoryTable({ now: () => T }),
    clock: { now: () => T },
    producers: {},
  };
  const body = JSON.stringify(event({ key: 'k', change: 'created' }));
  const by = async (scopes: ('usage' | 'key')[]) => receive(recordsIn(body, ports), scopes, ports);
  expect(await by(['usage'])).toMatchObject({
    receipts: [{ status: 'refused', reason: 'out-of-scope', fix: 'use a key with the scope key' }],
  });
  expect(await by(['key'])).toMatchObject({ receipts: [{ status: 'accepted' }] });
});

describe('changes of a key', () => {
  const named = { key: hash64('a'), sealed: sealedId('s') };
  const change = fc.record({
    change: fc.constantFrom('created' as const, 'rotated' as const, 'disabled' as const),
    at: fc.nat(40),
    event: fc.nat(300).map(String),
  });
  const kept = (changes: readonly KeyChange[]) =>
    changes.reduce<ReturnType<typeof withChange>>((known, one) => withChange(known, named, one) ?? known, undefined);

  test('in any order, and said again, come to the same: the latest stands', () => {
    const reached = { several: 0, cut: 0 };
    fc.assert(
      fc.property(
        fc.uniqueArray(change, { selector: ({ event }) => event, minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(fc.nat(29)),
        (all, again) => {
          const once = kept(all);
          const mixed = [...all, ...again.flatMap((n) => all[n] ?? [])].sort((a, b) => Number(a.event) - Number(b.event));
          expect(kept(mixed)).toEqual(once);
          const latest = [...all].sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1)).at(-1)!;
          expect(stateOf(once!)).toMatchObject({ since: latest.at, state: latest.change === 'created' ? 'live' : latest.change });
          expect(once!.changes.length).toBe(Math.min(all.length, MOST_KEY_CHANGES));
          if (all.length > 1) reached.several++;
          if (all.length > MOST_KEY_CHANGES) reached.cut++;
        },
      ),
    );
    expect(reached.several).toBeGreaterThan(20);
    expect(reached.cut).toBeGreaterThan(5);
  });
});

onBothSides((side) => {
  test('from the queue to the API: a key is made, replaced, ended; twice and out of order changes nothing; erased, it is gone', async () => {
    const { enforcement, stores, clock } = await enforcementWorld(side);
    const door = await openDoor(side);
    queryRoutes(door.api, door.http, { stores: { ...(await storesOn(side, clock)), ...stores }, clock, cursors: door.cursors });
    const at = (minute: number, id: string, data: object) => event(data, { id, time: iso(T + minute * MINUTE) });
    const news = newsOf([
      at(0, '1', { key: 'old', change: 'created', by: 'owner' }),
      at(9, '2', { key: 'old', change: 'rotated', replacedBy: 'new', by: 'owner' }),
      at(20, '3', { key: 'other', change: 'revoked' }),
      at(5, '4', { key: 'other', change: 'created' }),
    ]);
    for (const one of [...news].reverse()) await takeIn(JSON.stringify(one), enforcement);
    expect(await takeChange(news[1]!, enforcement)).toMatchObject({ kind: 'already' });
    const account = hasher.account('acct-1').key;
    const ask = async (role: 'viewer' | 'reviewer', of: AccountKey = account) => {
      const headers = { authorization: `Bearer ${await door.token(role)}` };
      const answer = await door.api.request(`/v1/accounts/${of}/keys`, { headers });
      return { status: answer.status, body: await answer.json() };
    };
    const key = (id: string) => hashText(hasher.object('api-key', id));
    const { body } = await ask('reviewer');
    const states = Object.fromEntries(body.keys.map((one: { key: string; state: string }) => [one.key, one.state]));
    expect(states).toEqual({ [key('old')]: 'rotated', [key('new')]: 'live', [key('other')]: 'disabled' });
    const newer = nameOfKey(account, key('new'));
    expect(newer).toMatch(/^key-[0-9a-f]{6}$/);
    expect(body.keys.find((one: { key: string }) => one.key === key('old'))).toMatchObject({ replacedBy: newer, by: 'owner' });
    expect(body.keys.find((one: { key: string }) => one.key === key('new'))).toMatchObject({ name: newer });
    expect(JSON.stringify(body)).not.toContain('sealed');
    expect((await ask('reviewer', hasher.account('nobody').key)).body).toMatchObject({ complete: true, keys: [] });
    // Whoever only reads sees the same keys by name, and no hash.
    const seen = (await ask('viewer')).body;
    const nameless = (one: { key: string }) => ({ ...one, key: null });
    expect(seen.keys).toEqual(body.keys.map(nameless));
    for (const id of ['old', 'new', 'other']) expect(JSON.stringify(seen)).not.toContain(key(id));
    const store = new ApiKeyStore(stores.enforcement);
    expect(await store.of(account, 2)).toHaveLength(2);
    expect(await store.erase(account)).toBe(3);
    expect((await ask('reviewer')).body.keys).toEqual([]);
  });
});

describe('one key elsewhere', () => {
  const shown = (minute: number, more: Partial<ShownEvent>): ShownEvent =>
    ({ at: iso(T + minute * MINUTE), status: 'ok', prefix: 'home', client: 'mine', apiKey: 'a', ...more }) as ShownEvent;
  const many = (count: number, one: (n: number) => ShownEvent): ShownEvent[] => Array.from({ length: count }, (_, n) => one(n));
  const before = many(40, (n) => shown(n, { apiKey: n % 2 ? 'a' : 'b' }));
  const away = (n: number, apiKey: string) => shown(40 + n, { prefix: `far-${n % 5}`, client: 'theirs', apiKey });
  const home = (n: number, apiKey: string) => shown(40 + n, { apiKey });
  const stolen = [...before, ...many(80, (n) => (n % 2 ? home(n, n % 4 === 1 ? 'a' : 'b') : away(n, 'a')))];
  const whats = (events: ShownEvent[], keys?: Parameters<typeof observed>[1]) =>
    observed(events, keys).map(({ what, key }) => `${what} ${key}`);
  const rotated = { state: 'rotated' as const, since: T + 60 * MINUTE, by: 'owner' as const, replacedBy: hash64('a2') };

  test('a stolen key among honest ones is named', () => {
    expect(whats(stolen)).toEqual(['key-elsewhere a']);
    expect(observed(stolen)[0]!.because).toMatch(/change the key, not the account$/);
  });

  // Failed before: the rest of the account stayed, and so the key was called somebody else's.
  test('a deployment that moves to a new build, networks and all, takes its key along', () => {
    expect(whats([...before, ...many(80, (n) => (n % 2 ? home(n, 'b') : away(n, 'a')))])).toEqual([]);
  });

  test('a rotation by the owner, with a new build elsewhere, is nobody else’s', () => {
    expect(whats([...before, ...many(80, (n) => (n % 2 ? home(n, 'b') : away(n, 'a2')))], new Map([['a', rotated]]))).toEqual([]);
  });

  test('once its owner replaced it, nothing is left to change', () => {
    const ended = [...before, ...many(80, (n) => (n % 2 ? home(n, n < 40 ? 'a' : 'a2') : n < 40 ? away(n, 'a') : home(n, 'b')))];
    expect(observed(ended, new Map([['a', rotated]]))[0]!.because).toMatch(/was rotated at .* by the owner: nothing is left to change$/);
  });

  test('where the stranger goes on with the key that took its place, the account is to be looked at', () => {
    const followed = [...before, ...many(80, (n) => (n % 2 ? home(n, n < 40 ? 'a' : 'a2') : away(n, n < 40 ? 'a' : 'a2')))];
    expect(whats(followed)).toEqual([]);
    const [found] = observed(followed, new Map([['a', rotated]]));
    expect(found!.because).toMatch(
      /20 requests came from there with the key that took its place: the owner lets them in, or the account is taken/,
    );
    expect(found!.numbers).toMatchObject({ followed: 20, away: 20 });
  });
});
