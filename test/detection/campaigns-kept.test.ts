import { gzipSync } from 'node:zlib';
import { Detection } from '../../functions/detection/detect';
import { enforce } from '../../functions/enforcement/enforce';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { campaigns as listed } from '../../functions/query/campaigns/campaigns';
import type { QueryPorts } from '../../functions/query/query-ports';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { type CampaignId, campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import type { Item, Stores } from '../../shared/ports';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { Kill, Killed } from '../support/mortal';
import { MEMORY, onBothSides } from '../support/sides';
import { buildCampaign } from '../support/worlds/build-campaign';
import { enforcementWorld } from '../support/worlds/enforcement-world';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const policy = Policy.parse(recommended).detection;
const hasher = new KeyedHasher('k'.repeat(64));
const lines = (later = 0): string =>
  smallTraffic()
    .map((line) => {
      const event = JSON.parse(line);
      // Who comes back comes with accounts that look as new as they did.
      const { createdAt } = event.data;
      const data = createdAt === undefined ? event.data : { ...event.data, createdAt: iso(Date.parse(createdAt) + later) };
      return JSON.stringify({ ...event, id: `${event.id}-${later}`, time: iso(Date.parse(event.time) + later), data });
    })
    .join('\n');

onBothSides((side) => {
  async function world() {
    const { stores, clock, enforcement } = await enforcementWorld(side);
    clock.advanceTo(START + HOURS * HOUR + 15 * 60_000);
    const take = async (body: string) => {
      await ingest([{ id: `m${clock.now()}`, body }], { ...stores, clock, hasher, segments: 1 });
      for (const task of await plan({ ...stores, clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
    };
    await take(lines());
    const detect = (detection = new Detection({ stores, clock })) => detection.run(policy, 'policy-1');
    const first = await detect();
    const { id } = first.changed[0]!;
    const other = buildCampaign({ id: campaignId('C-other'), size: 12 });
    const campaigns = () => new CampaignStore(stores);
    await campaigns().save(other);
    const live = async () => {
      const found: CampaignId[] = [];
      for await (const header of campaigns().headers()) found.push(header.id);
      return found.sort();
    };
    return { stores, clock, enforcement, take, detect, id, other, campaigns, live };
  }

  const HEADER = { pk: 'CAMPAIGN' } as const;
  const damages: [string, (stores: Stores, id: CampaignId, row: Item) => Promise<unknown>][] = [
    ['no JSON', (stores, id, row) => stores.graph.put({ ...row, ...HEADER, sk: id, body: '{"id":' })],
    ['no body at all', (stores, id, row) => stores.graph.put({ ...HEADER, sk: id, version: row.version })],
    [
      'another kind of value',
      (stores, _, row) => stores.graph.put({ ...row, body: JSON.stringify({ ...JSON.parse(String(row.body)), counts: 'many' }) }),
    ],
    ['another campaign’s', (stores, id, row) => stores.graph.put({ ...row, sk: id, body: String(row.body).replace(id, 'C-forged') })],
    ['its document is gone', (stores, _, row) => stores.archive.delete(JSON.parse(String(row.body)).document)],
    ['its document is damaged', (stores, _, row) => stores.archive.put(JSON.parse(String(row.body)).document, Buffer.from('damaged'))],
    [
      'its document says something else',
      (stores, _, row) => stores.archive.put(JSON.parse(String(row.body)).document, gzipSync('{"id":7}')),
    ],
  ];

  // Over the wire one of each: a damaged row, a damaged object.
  test.each(side === MEMORY ? damages : damages.filter((_, at) => at === 0 || at === 5))(
    'a campaign whose record is damaged (%s) is named and stops nothing; the next run mends it from its documents',
    async (_, damage) => {
      const { stores, enforcement, detect, id, other, campaigns, live } = await world();
      const before = (await campaigns().get(id))!;
      // A version before it, for those whose newest document goes.
      await campaigns().save({ ...before, version: before.version + 1, updatedAt: before.updatedAt + HOUR });
      await damage(stores, id, (await stores.graph.get('CAMPAIGN', id))!);

      // Lists and decisions go on with the others.
      const { headers } = await listed({ where: {}, order: 'updatedAt', rising: false, limit: 10 }, {
        campaigns: campaigns(),
      } as QueryPorts);
      expect(headers.map((one) => one.id)).toContain(other.id);
      const answers = await enforce({ campaigns: [{ id }, other], activeAccounts: 1_000 }, enforcement);
      expect(answers.map(({ campaign, kind }) => [campaign, kind === 'unreadable'])).toEqual([
        [id, true],
        [other.id, false],
      ]);

      const run = await detect();
      expect(run.damaged.join()).toContain(`campaign ${id} is restored`);
      expect(await live()).toEqual([other.id, id].sort());
      const mended = (await campaigns().get(id))!;
      expect(mended.members.map(({ account }) => account)).toEqual(before.members.map(({ account }) => account));
      expect(mended.version).toBeGreaterThan(before.version);
      expect((await detect()).damaged).toEqual([]);
      expect((await enforce({ campaigns: [{ id }], activeAccounts: 1_000 }, enforcement))[0]?.kind).not.toBe('unreadable');
    },
  );

  test('one of which nothing can be read is named at every run, keeps its name, and its accounts are found anew', async () => {
    const { stores, detect, id, other, campaigns, live } = await world();
    const before = (await campaigns().get(id))!;
    const row = (await stores.graph.get('CAMPAIGN', id))!;
    await stores.graph.put({ ...row, body: 'damaged' });
    for await (const key of stores.archive.list(`campaigns/${id}/`)) await stores.archive.put(key, Buffer.from('damaged'));
    const run = await detect();
    expect(run.damaged).toEqual([`campaign ${id} cannot be read`]);
    const found = (await live()).filter((one) => one !== other.id);
    expect(found).toHaveLength(1);
    expect(found).not.toContain(id);
    expect(new Set((await campaigns().get(found[0]!))?.members.map(({ account }) => account))).toEqual(
      new Set(before.members.map(({ account }) => account)),
    );
    expect((await detect()).damaged).toEqual([`campaign ${id} cannot be read`]);
  });

  test('a campaign of which nobody was seen for sixty days is put away: in no list and no run, readable and searchable; who comes back is a new one', async () => {
    const { stores, clock, take, detect, id, campaigns, live } = await world();
    const flagged = () => new FlaggedStore(stores.graph).page({ order: 'detectedAt', limit: 100, where: { campaign: id } });
    expect((await flagged()).accounts.length).toBe(30);
    clock.advanceTo(START + 59 * DAY);
    await detect();
    expect(await live()).toContain(id);
    clock.advanceTo(START + 62 * DAY);
    await detect();
    expect(await live()).not.toContain(id);
    expect((await flagged()).accounts).toEqual([]);
    const header = await campaigns().header(id);
    expect(header).toMatchObject({ id, endedAt: clock.now() });
    expect((await campaigns().get(id))?.members).toHaveLength(30);
    const ask = (where: object) =>
      listed({ where, order: 'updatedAt', rising: false, limit: 10 }, { campaigns: campaigns() } as QueryPorts);
    expect((await ask({ ended: 'true' })).headers.map((one) => one.id)).toContain(id);
    expect((await ask({})).headers.map((one) => one.id)).not.toContain(id);

    clock.advanceTo(START + 62 * DAY + HOURS * HOUR + 15 * 60_000);
    await take(lines(62 * DAY));
    const run = await detect();
    expect(run.changed.map((one) => one.id)).not.toContain(id);
    expect(run.changed.some(({ members }) => members.length === 30)).toBe(true);
    expect((await campaigns().header(id))?.version).toBe(header?.version);
  });

  test('killed while it puts campaigns away, the next run ends it', async () => {
    let kills = 0;
    for (let after = 0; after < 400; after += side === MEMORY ? 29 : 200) {
      const { stores, clock, id, live } = await world();
      clock.advanceTo(START + 62 * DAY);
      const kill = new Kill(after, after % 2 === 0);
      const mortal = new Detection({ stores: { ...stores, graph: kill.table(stores.graph) }, clock });
      const ended = await mortal.run(policy, 'policy-1').then(
        () => true,
        (error) => {
          if (!(error instanceof Killed)) throw error;
          return false;
        },
      );
      if (ended) break;
      kills++;
      clock.advanceTo(clock.now() + HOUR);
      await new Detection({ stores, clock }).run(policy, 'policy-1');
      expect(await live()).not.toContain(id);
      expect(await new CampaignStore(stores).header(id)).toMatchObject({ endedAt: expect.any(Number) });
      const { accounts } = await new FlaggedStore(stores.graph).page({ order: 'detectedAt', limit: 100, where: { campaign: id } });
      expect(accounts).toEqual([]);
    }
    expect(kills).toBeGreaterThan(1);
  });
});
