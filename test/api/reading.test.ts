import { queryRoutes } from '../../functions/query/routes';
import { regrouped } from '../../shared/domain/campaigns/regrouping';
import type { Person } from '../../shared/domain/person';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { openDoor } from '../support/api-client';
import { onBothSides, storesOn } from '../support/sides';
import { FIXTURE_NOW, fixtureCampaign, keyOf, saveFixture } from '../support/worlds/fixture-world';

onBothSides((side) => {
  const open = async () => {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    await saveFixture(
      fixtureCampaign({ id: 'june', classification: 'distillation', accounts: 60, firstSeen: FIXTURE_NOW - 6 * DAY }),
      stores,
    );
    await saveFixture(
      fixtureCampaign({ id: 'kiosk', classification: 'reselling', accounts: 24, firstSeen: FIXTURE_NOW - 9 * DAY }),
      stores,
    );
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const get = async (path: string, role: Person['role'] = 'viewer') => {
      const answer = await door.api.request(path, { headers: { authorization: `Bearer ${await door.token(role)}` } });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    };
    return { ...door, stores, get };
  };

  describe('reading', () => {
    test('lists, filters and pages flagged accounts; every account once', async () => {
      const { get } = await open();
      const seen: string[] = [];
      let cursor = '';
      do {
        const { status, body } = await get(`/v1/accounts?limit=25&sort=-detectedAt${cursor}`);
        expect(status).toBe(200);
        seen.push(...body.items.map((item: { account: string }) => item.account));
        cursor = body.next ? `&cursor=${body.next}` : '';
      } while (cursor !== '');
      expect(seen).toHaveLength(84);
      expect(new Set(seen).size).toBe(84);
      const { body } = await get('/v1/accounts?campaign=kiosk&role=core&scoreAtLeast=14&limit=200');
      expect(body.items.length).toBeGreaterThan(10);
      for (const item of body.items)
        expect(item).toMatchObject({ campaign: 'kiosk', classification: 'reselling', role: 'core', standing: 'active' });
      const since = encodeURIComponent(iso(FIXTURE_NOW - 6 * DAY));
      expect((await get(`/v1/accounts?detectedSince=${since}&limit=200`)).body.items).toHaveLength(60);
    });

    test('pages stay whole while others write: who was there all along is read once, in order', async () => {
      const { get, stores } = await open();
      const flagged = new FlaggedStore(stores.graph);
      const stands = (index: number) => flagged.stands(keyOf(`june/${index}`), 'suspended', FIXTURE_NOW + index);
      const seen: { account: string; detectedAt: string }[] = [];
      let cursor = '';
      for (let page = 0; page === 0 || cursor !== ''; page++) {
        const { body } = await get(`/v1/accounts?limit=20&sort=-detectedAt${cursor}`);
        seen.push(...body.items);
        cursor = body.next ? `&cursor=${body.next}` : '';
        // Between two pages: somebody is suspended, somebody new is flagged, newest of all.
        await stands(page);
        await flagged.detected({
          account: keyOf(`late/${page}`),
          campaign: campaignId('june'),
          classification: 'distillation',
          role: 'core',
          plan: 'paid',
          score: 30,
          exchanges: 1,
          because: ['Pays with the card of 40 others.'],
          at: FIXTURE_NOW + page,
        });
      }
      expect(seen).toHaveLength(84);
      expect(new Set(seen.map(({ account }) => account)).size).toBe(84);
      expect(seen.map(({ detectedAt }) => detectedAt)).toEqual(
        seen
          .map(({ detectedAt }) => detectedAt)
          .sort()
          .reverse(),
      );
      expect((await get('/v1/accounts?limit=200')).body.items).toHaveLength(84 + Math.ceil(84 / 20));
      expect((await get('/v1/accounts?standing=suspended&limit=200')).body.items).toHaveLength(Math.ceil(84 / 20));
    });

    test('the same list from its other end, page by page', async () => {
      const { get } = await open();
      const walk = async (list: string, sort: string, limit: number) => {
        const ids: string[] = [];
        for (let cursor: string | undefined = ''; cursor !== undefined; ) {
          const { body } = await get(`/v1/${list}?limit=${limit}&sort=${sort}${cursor && `&cursor=${cursor}`}`);
          ids.push(...body.items.map((item: { account?: string; id?: string }) => item.account ?? item.id));
          cursor = body.next;
        }
        return ids;
      };
      for (const order of ['detectedAt', 'score', 'updatedAt'])
        expect(await walk('accounts', order, 30)).toEqual((await walk('accounts', `-${order}`, 30)).reverse());
      expect(await walk('campaigns', 'accounts', 1)).toEqual(['kiosk', 'june']);
      expect(await walk('campaigns', '-accounts', 1)).toEqual(['june', 'kiosk']);
    });

    test('one account says why: membership, sentences, links with reasons, findings', async () => {
      const { get } = await open();
      const { body } = await get(`/v1/accounts/${keyOf('june/3')}`, 'reviewer');
      expect(body.membership).toMatchObject({ campaign: 'june', role: 'core', classification: 'distillation' });
      expect(body.membership.because[0]).toMatch(/card/);
      expect(body.findings.map((finding: { family: string }) => finding.family)).toEqual(['payment', 'content', 'timing']);
      expect(body.links[0].reasons[0]).toMatchObject({ family: 'payment', indicator: expect.stringMatching(/^[0-9a-f]{13}$/) });
      expect(body.usage.hours.length).toBeGreaterThan(48);
      expect(body.facts.paymentCountry).toBe('SG');
      expect((await get(`/v1/accounts/${keyOf('nobody')}`)).status).toBe(404);
    });

    test('a viewer sees the same account without hashes, countries and names', async () => {
      const { get } = await open();
      const { body } = await get(`/v1/accounts/${keyOf('june/3')}`, 'viewer');
      expect(body.facts).toMatchObject({ plan: 'trial', paymentCountry: null, emailDomain: null, paymentInstrument: null });
      expect(body.usage.countries).toBeNull();
      expect(JSON.stringify(body)).not.toMatch(/"indicator":"[0-9a-f]{13}"/);
      const indicators = await get('/v1/campaigns/june/indicators', 'viewer');
      expect(indicators.body.items.length).toBeGreaterThan(2);
      expect(indicators.body.items.every((item: { indicator: null }) => item.indicator === null)).toBe(true);
      expect((await get('/v1/campaigns/june/indicators', 'reviewer')).body.items[0].indicator).toMatch(/^[0-9a-f]{13}$/);
    });

    test('campaigns: list, filter, detail, members of one version', async () => {
      const { get, stores } = await open();
      const list = await get('/v1/campaigns?sort=-accounts');
      expect(list.body.items.map((item: { id: string }) => item.id)).toEqual(['june', 'kiosk']);
      expect((await get('/v1/campaigns?classification=reselling')).body.items.map((item: { id: string }) => item.id)).toEqual(['kiosk']);
      await saveFixture(
        fixtureCampaign({ id: 'gone', classification: 'reselling', accounts: 0, firstSeen: FIXTURE_NOW - 9 * DAY }),
        stores,
      );
      const listed = async (query: string) => (await get(`/v1/campaigns?${query}`)).body.items.map((item: { id: string }) => item.id);
      expect(await listed('classification=reselling')).toEqual(['kiosk']);
      expect(await listed('classification=reselling&accountsAtLeast=0')).toEqual(expect.arrayContaining(['kiosk', 'gone']));
      const one = await get('/v1/campaigns/june');
      expect(one.body).toMatchObject({ accounts: 60, roles: { core: 50, peripheral: 7, 'suspected-victim': 2, bystander: 1 }, version: 1 });
      const first = await get('/v1/campaigns/june/members?limit=40');
      await saveFixture(
        fixtureCampaign({
          id: 'june',
          classification: 'distillation',
          accounts: 70,
          firstSeen: FIXTURE_NOW - 6 * DAY,
          version: 2,
          seed: 60,
        }),
        stores,
      );
      const second = await get(`/v1/campaigns/june/members?limit=40&cursor=${first.body.next}`);
      expect(second.body).toMatchObject({ version: 1, of: 60 });
      const members = [...first.body.items, ...second.body.items].map((member: { account: string }) => member.account);
      expect(new Set(members).size).toBe(60);
      expect((await get('/v1/campaigns/june/members?limit=1')).body).toMatchObject({ version: 2, of: 70 });
    });

    test('of a campaign that a person split off, the graph is what detection had found among these accounts', async () => {
      const { get, stores } = await open();
      const campaigns = new CampaignStore(stores);
      const june = await campaigns.get(campaignId('june'));
      if (!june) throw new Error('it was saved');
      const accounts = june.members.slice(0, 20).map(({ account }) => account);
      const change = { kind: 'split', from: june.id, into: campaignId('by-hand'), accounts } as const;
      const regrouping = {
        id: 'g-1',
        change,
        size: 20,
        approversNeeded: 1,
        approvals: ['ben'],
        askedAt: 1,
        because: 'two',
        withdrawn: false,
      };
      const split = regrouped([june], [june], [regrouping], FIXTURE_NOW).find(({ id }) => id === change.into);
      if (!split) throw new Error('it was split off');
      await campaigns.save({ ...split, version: 1 });
      const { body: whole } = await get('/v1/campaigns/june/graph', 'reviewer');
      const { body: graph } = await get('/v1/campaigns/by-hand/graph', 'reviewer');
      const pairs = ({ accounts: all, from, to }: typeof graph) => from.map((_: number, at: number) => `${all[from[at]]} ${all[to[at]]}`);
      const among = pairs(whole).filter((pair: string) => pair.split(' ').every((one) => accounts.some((account) => account === one)));
      expect(graph.accounts.toSorted()).toEqual(accounts.toSorted());
      expect(among.length).toBeGreaterThan(10);
      expect(pairs(graph).toSorted()).toEqual(among.toSorted());
      for (const { members } of graph.shared) expect(members).toBeLessThanOrEqual(20);
    });

    test('the graph names every link by what is shared, and the hours are dense rows', async () => {
      const { get } = await open();
      const { body: graph } = await get('/v1/campaigns/june/graph', 'reviewer');
      expect(graph.accounts).toHaveLength(60);
      expect(graph.from.length).toBe(graph.reasons.length);
      expect(graph.from.length).toBeGreaterThan(80);
      for (const reasons of graph.reasons) for (const reason of reasons) expect(graph.shared[reason].members).toBeGreaterThan(1);
      const { body: hours } = await get('/v1/campaigns/june/hours?rows=20');
      expect(hours.rows).toHaveLength(20);
      expect(hours.rows.every((row: { exchanges: number[] }) => row.exchanges.length === hours.hours)).toBe(true);
      expect(hours).toMatchObject({ of: 60, from: iso(FIXTURE_NOW - 6 * DAY) });
      // The fixture's rota has three shifts, dealt round robin: neighbours in the map are of one shift.
      const shift = (row: { exchanges: number[] }) =>
        [0, 1, 2].map((phase) => row.exchanges.filter((value, hour) => value > 0 && hour % 3 === phase).length);
      const rest = hours.rows.slice(0, 16).map((row: { exchanges: number[] }) => shift(row).indexOf(Math.min(...shift(row))));
      const changes = rest.filter((phase: number, index: number) => index > 0 && phase !== rest[index - 1]).length;
      expect({ shifts: new Set(rest).size, changes: changes <= 3 }).toEqual({ shifts: 3, changes: true });
    });

    test('the dossier in both forms says the same numbers', async () => {
      const { api, token, get } = await open();
      const { body } = await get('/v1/campaigns/june/dossier');
      expect(body).toMatchObject({ accounts: 60, firstDay: '2026-05-30', lastDay: '2026-06-05', done: [] });
      expect(body.members).toHaveLength(60);
      const answer = await api.request('/v1/campaigns/june/dossier.md', { headers: { authorization: `Bearer ${await token('viewer')}` } });
      expect(answer.headers.get('content-type')).toMatch('text/markdown');
      const text = await answer.text();
      expect(text).toContain(`**60 accounts**, **${body.exchanges.toLocaleString('en-US')} exchanges**, 2026-05-30 to 2026-06-05`);
      expect(text).toContain('60 accounts pay from 2 cards');
      expect(text).toContain('Nothing yet.');
    });

    test('status, who I am, and health without a login', async () => {
      const { api, get } = await open();
      expect((await get('/v1/status')).body).toMatchObject({
        campaigns: 2,
        accounts: 84,
        enforcement: 'stopped',
        // Nothing was decided about: what detection wrote is no run that enforcement has seen.
        lastRun: null,
      });
      expect((await get('/v1/me', 'reviewer')).body).toEqual({ id: 'reviewer-1', name: 'The reviewer', role: 'reviewer' });
      expect((await api.request('/v1/health')).status).toBe(200);
    });

    test('what was called is in the access log, and only an admin reads it', async () => {
      const { get, clock } = await open();
      clock.advanceTo(FIXTURE_NOW + HOUR / 2);
      await get(`/v1/accounts/${keyOf('june/3')}`, 'reviewer');
      await get('/v1/accounts?standing=nonsense', 'viewer');
      const { body } = await get('/v1/access-log?day=2026-06-05', 'admin');
      expect(body.items.slice(0, 2)).toMatchObject([
        { principal: 'viewer-1', role: 'viewer', method: 'GET', route: '/v1/accounts', status: 400 },
        { principal: 'reviewer-1', role: 'reviewer', route: '/v1/accounts/:account', subjects: { account: keyOf('june/3') }, status: 200 },
      ]);
      expect(JSON.stringify(body)).not.toContain('nonsense');
      expect((await get('/v1/access-log?day=2026-06-05', 'reviewer')).status).toBe(403);
    });
  });
});
