import { generateKeyPair } from 'jose';
import { queryRoutes } from '../../functions/query/routes';
import type { Person } from '../../shared/domain/person';
import { DAY } from '../../shared/domain/time';
import { openDoor } from '../support/api-client';
import { onBothSides, storesOn } from '../support/sides';
import { FIXTURE_NOW, fixtureCampaign, keyOf, saveFixture } from '../support/worlds/fixture-world';

onBothSides((side) => {
  const open = async () => {
    const door = await openDoor(side);
    const stores = await storesOn(side, door.clock);
    await saveFixture(
      fixtureCampaign({ id: 'june', classification: 'distillation', accounts: 30, firstSeen: FIXTURE_NOW - 2 * DAY }),
      stores,
    );
    queryRoutes(door.api, door.http, { stores, clock: door.clock, cursors: door.cursors });
    const send = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
      const answer = await door.api.request(path, { method, headers });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    };
    const get = async (path: string, role: Person['role'] = 'viewer') => send(path, { authorization: `Bearer ${await door.token(role)}` });
    return { ...door, stores, send, get };
  };

  describe('refusing', () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      opened = await open();
    });

    test.each([
      ['/v1/accounts?standing=guilty', 'query', 'standing'],
      ['/v1/accounts?classification=bad', 'query', 'classification'],
      ['/v1/accounts?plan=gold', 'query', 'plan'],
      ['/v1/accounts?role=chief', 'query', 'role'],
      ['/v1/accounts?campaign=../x', 'query', 'campaign'],
      ['/v1/accounts?scoreAtLeast=high', 'query', 'scoreAtLeast'],
      ['/v1/accounts?scoreAtLeast=1e9', 'query', 'scoreAtLeast'],
      ['/v1/accounts?detectedSince=yesterday', 'query', 'detectedSince'],
      ['/v1/accounts?updatedBefore=2026-13-01T00:00:00Z', 'query', 'updatedBefore'],
      ['/v1/accounts?sort=exchanges', 'query', 'sort'],
      ['/v1/accounts?limit=0', 'query', 'limit'],
      ['/v1/accounts?limit=201', 'query', 'limit'],
      ['/v1/accounts?limit=ten', 'query', 'limit'],
      ['/v1/accounts?limit=', 'query', 'limit'],
      ['/v1/accounts?colour=red', 'query', 'colour'],
      ['/v1/accounts/acct-81f3', 'path', 'account'],
      ['/v1/campaigns?accountsAtLeast=many', 'query', 'accountsAtLeast'],
      ['/v1/campaigns/june/members?limit=1001', 'query', 'limit'],
      ['/v1/campaigns/june/hours?rows=401', 'query', 'rows'],
      ['/v1/campaigns/%2e%2e%2fx', 'path', 'campaign'],
      ['/v1/cases?state=stuck', 'query', 'state'],
      ['/v1/ledger?since=2026', 'query', 'since'],
    ])('%s is refused and names the field', async (path, where, field) => {
      const { status, headers, body } = await opened.get(path);
      expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:lockstep:problem:invalid-request' });
      expect(headers.get('content-type')).toMatch('application/problem+json');
      expect(body.errors).toEqual([{ in: where, field, message: expect.stringMatching(/\w{3}/) }]);
      expect(body.requestId).toBe(headers.get('x-request-id'));
    });

    const backwards = 'from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z';
    const tooLong = 'from=2020-06-01T00:00:00Z&to=2026-06-01T00:00:00Z';
    test.each([
      [`/v1/accounts/${keyOf('june/1')}/events?${backwards}`],
      [`/v1/accounts/${keyOf('june/1')}/events?${tooLong}`],
      [`/v1/accounts/${keyOf('june/1')}/observed?${backwards}`],
      [`/v1/accounts/${keyOf('june/1')}/observed?${tooLong}`],
      [`/v1/campaigns/june/observed?${backwards}`],
      [`/v1/campaigns/june/observed?${tooLong}`],
      ['/v1/campaigns/june/observed?from=2036-06-01T00:00:00Z'],
    ])('%s: a range that cannot be read names its end', async (path) => {
      const { status, body } = await opened.get(path, 'reviewer');
      expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:lockstep:problem:invalid-request' });
      expect(body.errors).toEqual([{ in: 'query', field: 'to', message: expect.stringMatching(/range that ends after it begins/) }]);
    });

    test('a cursor that was changed, made up, or carried to another query', async () => {
      const { get } = await open();
      const { body } = await get('/v1/accounts?limit=10&classification=distillation');
      const cursor: string = body.next;
      const flipped = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
      const tampered = [
        `/v1/accounts?limit=10&classification=distillation&cursor=${flipped}`,
        '/v1/accounts?limit=10&cursor=eyJxIjoiIiwiYSI6IiJ9.AAAAAAAAAAAAAAAAAAAAAA',
        '/v1/accounts?limit=10&cursor=nonsense',
        '/v1/accounts?limit=10&cursor=',
        `/v1/accounts?limit=10&cursor=${cursor}`,
        `/v1/accounts?limit=10&classification=distillation&sort=-score&cursor=${cursor}`,
        `/v1/accounts?limit=10&classification=distillation&sort=detectedAt&cursor=${cursor}`,
        `/v1/campaigns?cursor=${cursor}`,
        `/v1/campaigns/june/members?cursor=${cursor}`,
      ];
      for (const path of tampered)
        expect((await get(path)).body).toMatchObject({ status: 400, errors: [{ in: 'query', field: 'cursor' }] });
      expect((await get(`/v1/accounts?limit=5&classification=distillation&cursor=${cursor}`)).body.items).toHaveLength(5);
    });

    test('no token, a wrong scheme, an expired one, another issuer, another audience, another key, no role, no signature', async () => {
      const { send, token, sign, issuer } = await open();
      const seconds = Math.floor(FIXTURE_NOW / 1000);
      const claims = { iss: issuer, aud: 'lockstep', sub: 'x', roles: ['admin'], exp: seconds + 60 };
      const stranger = await generateKeyPair('ES256');
      const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
      const refused: Record<string, string>[] = [
        {},
        { authorization: 'Basic YTpi' },
        { authorization: 'Bearer' },
        { authorization: 'Bearer x.y.z' },
        { authorization: `Bearer ${await token('admin', { exp: seconds - 60 })}` },
        { authorization: `Bearer ${await token('admin', { iss: 'https://elsewhere.test' })}` },
        { authorization: `Bearer ${await token('admin', { aud: 'another' })}` },
        { authorization: `Bearer ${await sign(claims, stranger.privateKey)}` },
        { authorization: `Bearer ${unsigned}` },
        { authorization: `Bearer ${await token('admin', { roles: ['owner'] })}` },
        { 'x-role': 'admin', 'x-user': 'root', 'x-forwarded-user': 'root' },
      ];
      for (const headers of refused) {
        const { status, headers: answered, body } = await send('/v1/accounts', headers);
        expect({ status, type: body.type }).toEqual({ status: 401, type: 'urn:lockstep:problem:unauthenticated' });
        expect(answered.get('www-authenticate')).toMatch('Bearer');
      }
      // A Cognito access token names its audience in client_id and its roles in cognito:groups.
      const cognito = await sign({
        iss: issuer,
        client_id: 'lockstep',
        sub: 'y',
        'cognito:groups': ['lockstep-viewer'],
        exp: seconds + 60,
      });
      expect((await send('/v1/accounts', { authorization: `Bearer ${cognito}` })).status).toBe(200);
    });

    test('what is known cannot be told from what is not without a token', async () => {
      const { send } = await open();
      const [known, unknown, wrong] = await Promise.all(
        [keyOf('june/1'), keyOf('nobody'), 'not-a-key'].map(async (account) => (await send(`/v1/accounts/${account}`)).body),
      );
      const bare = ({ requestId: _id, ...body }: { requestId: string }) => body;
      expect(bare(known)).toEqual(bare(unknown));
      expect(bare(known)).toEqual(bare(wrong));
    });

    test('a body too large, a method not known here, an unknown address', async () => {
      const { api, get } = await open();
      const large = await api.request('/v1/accounts', { method: 'POST', body: 'x'.repeat(70_000), headers: { 'content-length': '70000' } });
      expect((await large.json()).type).toBe('urn:lockstep:problem:too-large');
      const wrongMethod = await api.request('/v1/accounts', { method: 'DELETE' });
      expect({ status: wrongMethod.status, allow: wrongMethod.headers.get('allow') }).toEqual({
        status: 405,
        allow: expect.stringContaining('GET'),
      });
      expect((await get('/v1/nothing')).body).toMatchObject({ status: 404, type: 'urn:lockstep:problem:not-found' });
    });

    test('more than 600 requests a minute by one person; another person is not affected; the next minute is free', async () => {
      const { get, clock } = await open();
      for (let request = 0; request < 600; request++) await get('/v1/me');
      const refused = await get('/v1/me');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await get('/v1/me', 'admin')).status).toBe(200);
      clock.advanceTo(clock.now() + 60_000);
      expect((await get('/v1/me')).status).toBe(200);
    });

    test('an outage is a 500 that says nothing of it, and is reported once; an access that cannot be logged is not given', async () => {
      const door = await open();
      const { get, failures, stores, state } = door;
      stores.archive.get = async () => {
        throw new Error('bucket of acct-81f3 is on fire');
      };
      const { status, body } = await get('/v1/campaigns/june');
      expect({ status, type: body.type }).toEqual({ status: 500, type: 'urn:lockstep:problem:internal' });
      expect(JSON.stringify(body)).not.toContain('fire');
      expect(failures).toHaveLength(1);
      state.put = async () => {
        throw new Error('the access log is full');
      };
      const unlogged = await get('/v1/accounts');
      expect(unlogged.status).toBe(500);
      expect(unlogged.body.items).toBeUndefined();
    });

    test('security headers, no caching, no CORS', async () => {
      const { api, token } = await open();
      const answer = await api.request('/v1/accounts', {
        headers: { authorization: `Bearer ${await token('viewer')}`, origin: 'https://evil.test' },
      });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toMatch('max-age');
    });
  });
});
