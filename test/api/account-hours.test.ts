import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { queryRoutes } from '../../functions/query/routes';
import { HOUR, hourOf, iso, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { openDoor } from '../support/api-client';
import { onBothSides, storesOn } from '../support/sides';

onBothSides((side) =>
  test('the hours of any account, flagged or not, are told as they were folded', async () => {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const hasher = new KeyedHasher('k'.repeat(64));
    const now = hourOf(door.clock.now());
    const event = (id: number, at: number) => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 'gateway',
      id: `e-${id}`,
      time: iso(at),
      subject: 'somebody',
      data: {
        model: 'atlas-5',
        inputTokens: 100,
        outputTokens: 10,
        network: { ip: '203.0.113.9', country: 'SG' },
        labels: { task: 'coding' },
      },
    });
    const take = async (times: readonly number[]) => {
      const events = times.map((at, index) => event(index + at / MINUTE, at));
      await ingest([{ id: 'm', body: JSON.stringify(events) }], { ...stores, clock: door.clock, hasher, segments: 1 });
    };
    await take([now - 5 * HOUR, now - 5 * HOUR + MINUTE, now - 2 * HOUR]);
    for (const task of await plan({ ...stores, clock: door.clock, shards: 1 })) await fold(task, { ...stores, rows: 'risk' });
    await take([now - HOUR]);

    const authorization = `Bearer ${await door.token('viewer')}`;
    const ask = async (query: string) => {
      const answer = await door.api.request(`/v1/accounts/${hasher.account('somebody').key}/hours${query}`, { headers: { authorization } });
      return { status: answer.status, body: await answer.json() };
    };
    const { status, body } = await ask('');
    expect(status).toBe(200);
    expect(body.hours).toMatchObject([
      {
        at: iso(now - 5 * HOUR),
        exchanges: 2,
        prevented: 0,
        inputTokens: 200,
        models: { 'atlas-5': 2 },
        tasks: { coding: 2 },
        distinct: { ips: 1 },
      },
      { at: iso(now - 2 * HOUR), exchanges: 1, statuses: { ok: 1 } },
    ]);
    expect(body.notFolded).toEqual([iso(now - HOUR)]);
    expect(JSON.stringify(body)).not.toContain('SG');
    const narrow = await ask(`?from=${iso(now - 4 * HOUR)}&to=${iso(now - HOUR)}`);
    expect(narrow.body).toMatchObject({ from: iso(now - 4 * HOUR), to: iso(now - HOUR), notFolded: [], hours: [{ exchanges: 1 }] });
    const long = await ask(`?from=${iso(now - 400 * HOUR)}`);
    expect(long.body).toMatchObject({ from: iso(now - 400 * HOUR), to: iso(now - 328 * HOUR), hours: [] });
    expect((await ask('?from=yesterday')).status).toBe(400);
  }),
);
