import { createHash } from 'node:crypto';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { queryRoutes } from '../../functions/query/routes';
import { HOUR, hourOf, iso, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { openDoor } from '../support/api-client';
import { onBothSides, storesOn } from '../support/sides';

type Page = {
  items: Record<string, unknown>[];
  chunks: { key: string; events: number }[];
  before: string;
  digest: string;
  notFolded: string[];
  next?: string;
};

onBothSides((side) => {
  async function world(segments: 1 | 4) {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const hasher = new KeyedHasher('k'.repeat(64));
    const now = hourOf(door.clock.now());
    const event = (subject: string, id: string, at: number, more: object = {}) => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 'gateway',
      id,
      time: iso(at),
      subject,
      data: {
        model: 'atlas-5',
        inputTokens: 100,
        outputTokens: 10,
        network: { ip: '203.0.113.9', country: 'SG' },
        prompt: { text: 'Explain, step by step, what the harbour master did' },
        labels: { task: 'coding', elicitsReasoning: 0.5 },
        ...more,
      },
    });
    const take = async (events: readonly object[], message: string) =>
      ingest([{ id: message, body: JSON.stringify(events) }], { ...stores, clock: door.clock, hasher, segments });
    const foldAll = async () => {
      for (const task of await plan({ ...stores, clock: door.clock, shards: segments })) await fold(task, { ...stores, rows: 'none' });
    };
    const ask = async (subject: string, query = '', role: 'viewer' | 'reviewer' = 'reviewer') => {
      const headers = { authorization: `Bearer ${await door.token(role)}` };
      const answer = await door.api.request(`/v1/accounts/${hasher.account(subject).key}/events${query}`, { headers });
      return { status: answer.status, body: (await answer.json()) as Page & { detail?: string } };
    };
    return { door, now, event, take, foldAll, ask, hasher };
  }

  test.each([[1], [4]] as const)(
    'what was counted, once each, in order, in %i segments; nothing that was written or that names anybody',
    async (segments) => {
      const { now, event, take, foldAll, ask, door, hasher } = await world(segments);
      const mine = Array.from({ length: 7 }, (_, n) => event('somebody', `e-${n}`, now - 5 * HOUR + n * MINUTE));
      const others = Array.from({ length: 20 }, (_, n) => event(`other-${n}`, `o-${n}`, now - 5 * HOUR + n * MINUTE));
      await take([...mine, ...others], 'm-1');
      // The same events again in another batch, and one that says something else under the same id.
      await take([...mine.slice(0, 3), event('somebody', 'e-5', now - 5 * HOUR + 5 * MINUTE, { inputTokens: 99 })], 'm-2');
      await take([event('somebody', 'late', now - 2 * HOUR, { status: 'blocked' })], 'm-3');
      await foldAll();
      await take([event('somebody', 'not counted yet', now - HOUR)], 'm-4');
      const { status, body } = await ask('somebody');
      expect(status).toBe(200);
      expect(body.items.map(({ at }) => at)).toEqual([iso(now - 2 * HOUR), ...mine.map(({ time }) => time)]);
      expect(body.items[0]).toMatchObject({ model: '', status: 'blocked', task: null, elicitsReasoning: null, address: null });
      expect(body.items[1]).toMatchObject({ model: 'atlas-5', status: 'ok', task: 'coding', elicitsReasoning: 0.5 });
      // Of the two under one id, the one that the fold counted.
      const hours = await counted();
      expect(body.items.slice(1).reduce((sum, { inputTokens }) => sum + Number(inputTokens), 0)).toBe(hours);
      expect(body.notFolded).toEqual([iso(now - HOUR)]);
      expect(body.chunks.reduce((sum, { events }) => sum + events, 0)).toBe(8);
      for (const { key } of body.chunks) expect(key).toMatch(/^chunks\//);
      expect(JSON.stringify(body)).not.toMatch(/203\.0\.113|SG|harbour|somebody|other-/);
      expect((await ask('nobody')).body.items).toEqual([]);

      async function counted(): Promise<number> {
        const headers = { authorization: `Bearer ${await door.token('viewer')}` };
        const path = `/v1/accounts/${hasher.account('somebody').key}/hours?from=${iso(now - 5 * HOUR)}&to=${iso(now - 4 * HOUR)}`;
        return (await (await door.api.request(path, { headers })).json()).hours[0].inputTokens;
      }
    },
  );

  test('pages chain by their digests: all of them together are all events, and a changed one shows', async () => {
    const { now, event, take, foldAll, ask } = await world(1);
    await take(
      Array.from({ length: 25 }, (_, n) => event('somebody', `e-${n}`, now - 10 * HOUR + n * 20 * MINUTE)),
      'm',
    );
    await foldAll();
    const pages: Page[] = [];
    for (let next: string | undefined; ; ) {
      const { body } = await ask('somebody', `?limit=4${next ? `&cursor=${next}` : ''}`);
      pages.push(body);
      next = body.next;
      if (next === undefined) break;
    }
    expect(pages.length).toBeGreaterThan(6);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(25);
    let before = '';
    for (const page of pages) {
      expect(page.before).toBe(before);
      const lines = [before, ...page.items.map((item) => JSON.stringify(item))].map((line) => `${line}\n`).join('');
      expect(page.digest).toBe(createHash('sha256').update(lines).digest('hex'));
      before = page.digest;
    }
    expect(new Set(pages.map(({ digest }) => digest)).size).toBe(pages.length);
  });

  test('a viewer may not; whoever reads is in the access log; a range that is none, and a cursor of another account, are refused', async () => {
    const { now, event, take, foldAll, ask, door, hasher } = await world(1);
    await take([event('somebody', 'a', now - 3 * HOUR), event('somebody', 'b', now - 3 * HOUR + 1)], 'm');
    await foldAll();
    expect((await ask('somebody', '', 'viewer')).status).toBe(403);
    const { body } = await ask('somebody', '?limit=1');
    expect((await ask('else', `?limit=1&cursor=${body.next}`)).status).toBe(400);
    expect((await ask('somebody', `?from=${iso(now)}&to=${iso(now - HOUR)}`)).status).toBe(400);
    const log = await door.api.request(`/v1/access-log?day=${iso(now).slice(0, 10)}`, {
      headers: { authorization: `Bearer ${await door.token('admin')}` },
    });
    const read = (await log.json()).items.filter((entry: { route: string }) => entry.route.endsWith('/events'));
    expect(read.map(({ status }: { status: number }) => status).sort()).toEqual([200, 400, 400, 403]);
    expect(JSON.stringify(read)).toContain(hasher.account('somebody').key);
  });
});
