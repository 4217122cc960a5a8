import { enforcementRoutes } from '../../functions/enforcement/api/routes';
import { queryRoutes } from '../../functions/query/routes';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { campaignId, sealedId } from '../../shared/identity/ids';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { openDoor } from '../support/api-client';
import { onBothSides } from '../support/sides';
import { enforcementWorld, SMALL } from '../support/worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign, keyOf, NAMES, saveFixture } from '../support/worlds/fixture-world';

type Who = { role: 'viewer' | 'reviewer' | 'admin'; name: string };
const REI: Who = { role: 'reviewer', name: 'rei' };
const SAM: Who = { role: 'reviewer', name: 'sam' };
const ADA: Who = { role: 'admin', name: 'ada' };
const VIC: Who = { role: 'viewer', name: 'vic' };

onBothSides((side) => {
  /** Enforcement in mode assist with one campaign of 40 accounts that waits for approval. */
  async function open() {
    const world = await enforcementWorld(side, { policy: withMode(SMALL, 'assist', 'the test approves') });
    world.clock.advanceTo(FIXTURE_NOW);
    const { stores } = world;
    const door = await openDoor(side);
    queryRoutes(door.api, door.http, { stores, clock: world.clock, cursors: door.cursors });
    enforcementRoutes(door.api, door.http, world.enforcement, NAMES);
    const fixture = fixtureCampaign({ id: 'june', classification: 'distillation', accounts: 40, firstSeen: FIXTURE_NOW - 2 * DAY });
    await saveFixture(fixture, stores);
    const saved = await new CampaignStore(stores).get(campaignId('june'));
    await world.detect(saved ?? fixture.campaign);
    await world.pass(3 * HOUR);
    const authorization = async ({ role, name }: Who) => `Bearer ${await door.token(role, { sub: name })}`;
    const get = async (path: string, who: Who = REI) => {
      const answer = await door.api.request(path, { headers: { authorization: await authorization(who) } });
      return { status: answer.status, body: await answer.json() };
    };
    let keys = 0;
    const post = async (path: string, body: unknown, who: Who = REI, key = `command-${++keys}`) => {
      const headers = { authorization: await authorization(who), 'content-type': 'application/json', 'idempotency-key': key };
      const answer = await door.api.request(path, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, replayed: answer.headers.get('idempotency-replayed'), body: await answer.json() };
    };
    return { ...door, world, get, post };
  }
  const BECAUSE = { because: 'the evidence holds' };

  describe('acting', () => {
    test('find the campaign, preview it, approve as two people, see it contained, undo it: all in the ledger', async () => {
      const { get, post, world } = await open();
      const queue = await get('/v1/cases');
      expect(queue.body.items[0]).toMatchObject({
        campaign: 'june',
        progress: 'awaiting-approval',
        approversNeeded: 2,
        summary: { accounts: 40 },
      });
      const id: string = queue.body.items[0].id;

      const preview = await get('/v1/campaigns/june/dry-run');
      expect(preview.body).toMatchObject({ decision: 'act', action: 'suspend', approvers: 2, armed: true });
      expect(preview.body.accounts).toBe(queue.body.items[0].size);
      expect(preview.body.accounts + preview.body.excluded.role + preview.body.protectedCount).toBe(40);

      expect((await post(`/v1/cases/${id}/approve`, BECAUSE, REI)).body).toEqual({ kind: 'done', because: 'you are approver 1 of 2' });
      expect((await post(`/v1/cases/${id}/approve`, BECAUSE, REI)).body.kind).toBe('already');
      expect((await post(`/v1/cases/${id}/approve`, BECAUSE, SAM)).body).toEqual({ kind: 'done', because: 'you are approver 2 of 2' });
      await world.pass(2 * DAY);
      expect((await get(`/v1/cases/${id}`)).body).toMatchObject({ progress: 'contained', touched: preview.body.accounts });
      const suspended = await get('/v1/accounts?standing=suspended&limit=200');
      expect(suspended.body.items).toHaveLength(preview.body.accounts);
      const account: string = suspended.body.items[0].account;
      expect((await get(`/v1/accounts/${account}`)).body).toMatchObject({ standing: 'suspended', flagged: { standing: 'suspended' } });
      expect(world.provider.suspended()).toHaveLength(preview.body.accounts);

      const undo = (await get(`/v1/cases/${id}/undo-preview`)).body;
      expect(undo).toMatchObject({ restored: 38, people: 2, asked: 0 });
      const wrong = { because: 'wrong after all', seen: undo.seen };
      expect((await post(`/v1/cases/${id}/undo`, wrong, SAM)).body).toMatchObject({ kind: 'done' });
      expect((await post(`/v1/cases/${id}/undo`, wrong, SAM)).body.kind).toBe('already');
      expect((await post(`/v1/cases/${id}/undo`, wrong, REI)).body.kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toHaveLength(0);
      expect((await get('/v1/accounts?standing=suspended')).body.items).toHaveLength(0);
      const chain = await get(`/v1/accounts/${account}/ledger`);
      expect(chain.body.faults).toEqual([]);
      expect(chain.body.items.at(-1)).toMatchObject({ state: 'reinstated', subject: { kind: 'account', id: account } });
      const history = (await get(`/v1/cases/${id}`)).body.history.map((entry: { what: string }) => entry.what);
      expect(history).toEqual(expect.arrayContaining(['opened', 'approved', 'undone']));
      const dossier = await get('/v1/campaigns/june/dossier');
      expect(dossier.body.done.map((step: { what: string }) => step.what)).toEqual(history);
      expect(history).toContain('containing');
      expect(JSON.stringify(dossier.body.done)).not.toMatch(/rei|sam/);
      const seenByViewer = [(await get(`/v1/cases/${id}`, VIC)).body, (await get('/v1/ledger?about=case&limit=200', VIC)).body];
      expect(JSON.stringify(seenByViewer)).toContain('approved by a reviewer and a reviewer');
      expect(JSON.stringify(seenByViewer)).not.toMatch(/\brei\b|\bsam\b/);
      const feed = await get('/v1/ledger?limit=100');
      expect(feed.body.items).toHaveLength(100);
      expect(feed.body.next).toBeDefined();
      const workflow: { what: string; subject: { kind: string } }[] = [];
      let cursor = '';
      do {
        const page = await get(`/v1/ledger?about=workflow&limit=3${cursor}`);
        workflow.push(...page.body.items);
        cursor = page.body.next ? `&cursor=${page.body.next}` : '';
      } while (cursor !== '');
      expect(workflow.filter((entry) => entry.subject.kind === 'case').map((entry) => entry.what)).toEqual([...history].reverse());
      expect(workflow.map((entry) => entry.subject.kind)).not.toContain('account');
      expect((await get('/v1/ledger?about=kill-switch')).body.items).toMatchObject([{ what: 'armed', actor: { id: 'ada' } }]);
    });

    test('roles: a viewer may look and not act; exempting and arming take an admin', async () => {
      const { get, post } = await open();
      const id: string = (await get('/v1/cases', VIC)).body.items[0].id;
      for (const name of ['approve', 'reject', 'resume', 'confirm', 'undo'])
        expect((await post(`/v1/cases/${id}/${name}`, BECAUSE, VIC)).status).toBe(403);
      expect((await get('/v1/campaigns/june/dry-run', VIC)).status).toBe(200);
      const scope = { kind: 'account', account: keyOf('june/0') };
      const until = iso(FIXTURE_NOW + 30 * DAY);
      expect((await post('/v1/exonerations', { scope, effect: 'exempt', until, ...BECAUSE }, REI)).body).toMatchObject({
        status: 422,
        detail: expect.stringContaining('admin'),
      });
      expect((await post('/v1/exonerations', { scope, effect: 'exempt', until, ...BECAUSE }, ADA)).status).toBe(200);
      expect((await post('/v1/kill-switch', { to: 'stopped', ...BECAUSE }, REI)).status).toBe(200);
      expect((await get('/v1/status')).body.enforcement).toBe('stopped');
      expect((await post('/v1/kill-switch', { to: 'armed', ...BECAUSE }, REI)).status).toBe(422);
      expect((await post('/v1/kill-switch', { to: 'armed', ...BECAUSE }, ADA)).status).toBe(200);
    });

    test('an exonerated account is excluded, listed, and can be revoked', async () => {
      const { get, post } = await open();
      const before = (await get('/v1/campaigns/june/dry-run')).body;
      const scope = { kind: 'account', account: keyOf('june/0') };
      const made = await post('/v1/exonerations', {
        scope,
        effect: 'exonerated',
        until: iso(FIXTURE_NOW + 30 * DAY),
        because: 'a known customer',
      });
      expect(made.body.kind).toBe('done');
      const after = (await get('/v1/campaigns/june/dry-run')).body;
      expect({ accounts: after.accounts, excluded: after.excluded.exonerated }).toEqual({ accounts: before.accounts - 1, excluded: 1 });
      expect((await get('/v1/exonerations')).body.items).toMatchObject([
        { scope: { kind: 'account', id: keyOf('june/0') }, holds: true, by: 'rei' },
      ]);
      expect((await get('/v1/exonerations', VIC)).body.items[0].by).toBeNull();
      expect((await post('/v1/exonerations/revoke', { scope, because: 'it was the wrong one' })).body.kind).toBe('done');
      expect((await get('/v1/campaigns/june/dry-run')).body.accounts).toBe(before.accounts);
    });

    test('the same key twice is one command, another command under it is refused, another person’s key is theirs', async () => {
      const { get, post } = await open();
      const id: string = (await get('/v1/cases')).body.items[0].id;
      const first = await post(`/v1/cases/${id}/approve`, BECAUSE, REI, 'key-00001');
      const again = await post(`/v1/cases/${id}/approve`, BECAUSE, REI, 'key-00001');
      expect(again).toEqual({ ...first, replayed: 'true' });
      expect((await post(`/v1/cases/${id}/reject`, BECAUSE, REI, 'key-00001')).body.type).toBe('urn:lockstep:problem:idempotency-mismatch');
      expect((await post(`/v1/cases/${id}/approve`, BECAUSE, SAM, 'key-00001')).body).toEqual({
        kind: 'done',
        because: 'you are approver 2 of 2',
      });
      expect((await get(`/v1/cases/${id}`)).body.approvals).toHaveLength(2);
    });

    test('bad bodies name the field; a corrected body may use the same key', async () => {
      const { get, post, api, token } = await open();
      const id: string = (await get('/v1/cases')).body.items[0].id;
      const approve = `/v1/cases/${id}/approve`;
      expect((await post(approve, {}, REI, 'key-00002')).body.errors).toEqual([
        { in: 'body', field: 'because', message: expect.any(String) },
      ]);
      expect((await post(approve, { because: 'x' }, REI, 'key-00002')).body.errors[0].field).toBe('because');
      expect((await post(approve, { ...BECAUSE, force: true }, REI, 'key-00002')).body.errors[0]).toMatchObject({
        in: 'body',
        field: 'force',
      });
      expect((await post(approve, '{"because"', REI, 'key-00002')).body).toMatchObject({
        status: 400,
        type: 'urn:lockstep:problem:malformed-body',
      });
      expect((await post(approve, BECAUSE, REI, 'key-00002')).status).toBe(200);
      const past = { scope: { kind: 'campaign', campaign: 'june' }, effect: 'exonerated', until: iso(FIXTURE_NOW - DAY), ...BECAUSE };
      expect((await post('/v1/exonerations', past)).status).toBe(422);
      expect((await post('/v1/exonerations', { ...past, until: 'soon' })).body.errors[0]).toMatchObject({ in: 'body', field: 'until' });
      expect((await post('/v1/exonerations', { ...past, scope: { kind: 'planet' } })).body.errors[0]).toMatchObject({
        in: 'body',
        field: 'scope.kind',
      });
      const headers = { authorization: `Bearer ${await token('reviewer')}`, 'content-type': 'application/json' };
      const keyless = await api.request(approve, { method: 'POST', headers, body: JSON.stringify(BECAUSE) });
      expect((await keyless.json()).errors).toEqual([{ in: 'header', field: 'Idempotency-Key', message: expect.any(String) }]);
      expect((await post('/v1/cases/june.9999/approve', BECAUSE)).status).toBe(404);
    });

    test('the key of an account from the provider’s own id, for reviewers; the id is in no log', async () => {
      const { get, post, state, clock } = await open();
      const answer = await post('/v1/accounts/lookup', { id: 'june/3' });
      expect(answer.body).toEqual({ account: keyOf('june/3') });
      expect((await get(`/v1/accounts/${answer.body.account}`)).body.membership.campaign).toBe('june');
      expect((await post('/v1/accounts/lookup', { id: 'june/3' }, VIC)).status).toBe(403);
      const log = JSON.stringify((await state.query({ pk: `ACCESS#${new Date(clock.now()).toISOString().slice(0, 10)}` })).items);
      expect(log).toContain('/v1/accounts/lookup');
      expect(log).not.toContain('june/3');
    });

    test('the provider’s own id from the key, for an admin; the access log says who, and nothing keeps the id', async () => {
      const { get, post, state, world } = await open();
      const address = `/v1/accounts/${keyOf('june/3')}/open`;
      for (const who of [VIC, REI]) expect((await post(address, {}, who)).status).toBe(403);
      const [account, id] = [keyOf('june/3'), 'acct-81f3'];
      world.enforcement.accounts = {
        known: async ([asked]) => new Map(asked === account ? [[account, { account, sealed: sealedId(`sealed-${id}`), facts: {} }]] : []),
      };
      expect(await post(`/v1/accounts/${account}/open`, {}, ADA)).toMatchObject({ status: 200, body: { id } });
      expect((await post(`/v1/accounts/${keyOf('nobody')}/open`, {}, ADA)).status).toBe(404);
      const log = await get('/v1/access-log?day=2026-06-05', ADA);
      expect(log.body.items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ principal: 'ada', route: '/v1/accounts/:account/open', subjects: { account }, status: 200 }),
          expect.objectContaining({ principal: 'rei', route: '/v1/accounts/:account/open', status: 403 }),
        ]),
      );
      expect(JSON.stringify(await state.query({ pk: 'ACCESS#2026-06-05' }))).not.toContain(id);
    });
  });
});
