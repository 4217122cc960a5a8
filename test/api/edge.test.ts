import { z } from 'zod';
import { describeApi } from '../../local/documents/api-description';
import { localIssuer } from '../../local/issuer';
import { DAY, dayLabel } from '../../shared/domain/time';
import { AccessLog } from '../../shared/http/access-log';
import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { keyOf } from '../support/worlds/fixture-world';

const document = JSON.parse(JSON.stringify(describeApi()));
const Operation = z.looseObject({ operationId: z.string(), requestBody: z.unknown().optional() });
const withBody = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    Operation.parse(operation).requestBody ? [{ path, method: method.toUpperCase() }] : [],
  ),
);
const fill = (path: string) =>
  (path === '/v1/indicators' ? `${path}?because=because` : path).replace(
    /\{(\w+)\}/g,
    (_, name: string) =>
      ({
        account: keyOf('june/3'),
        digest: '0123456789abcdef',
        case: 'june.0001',
        regrouping: 'g-3f2a1b2c9d0e',
        hold: 'h-3f2a1b2c9d0e',
        set: 'cn-3f2a1b2c9d0e',
        referral: 'c-3f2a.bedrock.1',
      })[name] ?? 'AAAAAAAAAAAAAAAAAAAAAA',
  );

onBothSides((side) => {
  let whole: Awaited<ReturnType<typeof wholeApi>>;
  beforeAll(async () => {
    whole = await wholeApi(side, 24);
  });
  const send = async (path: string, init: { method?: string; headers?: Record<string, string>; body?: BodyInit } = {}) => {
    const answer = await whole.api.request(path, init);
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, body: type.includes('json') ? await answer.json() : await answer.text() };
  };
  const as = async (role: 'viewer' | 'reviewer' | 'admin', more = {}) => ({ authorization: `Bearer ${await whole.token(role, more)}` });
  let keys = 0;
  const post = async (path: string, body: unknown, role: 'viewer' | 'reviewer' | 'admin' = 'reviewer', more = {}) =>
    send(path, {
      method: 'POST',
      headers: { ...(await as(role, more)), 'content-type': 'application/json', 'idempotency-key': `edge-key-${++keys}` },
      body: JSON.stringify(body),
    });

  describe('what is no JSON', () => {
    expect(withBody.length).toBeGreaterThan(15);
    test.each(withBody)('$method $path answers 415, 400 or 401, never 500', async ({ path, method }) => {
      const types = [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
        'nonsense',
        '',
      ];
      for (const type of types) {
        const typed: Record<string, string> = type === '' ? {} : { 'content-type': type };
        const unsigned = await send(fill(path), { method, headers: typed, body: new TextEncoder().encode('{}') });
        const isPublic = path.startsWith('/v1/appeal') && !path.startsWith('/v1/appeals');
        expect({ type, status: unsigned.status }).toEqual({ type, status: isPublic ? 415 : 401 });
        // Producers show keys of their own: a person's token opens nothing there (test/api/events.test.ts, checking.test.ts).
        if (path === '/v1/events' || path === '/v1/check') continue;
        const headers = { ...(await as('admin')), ...typed, 'idempotency-key': `edge-key-${++keys}` };
        const signed = await send(fill(path), { method, headers, body: new TextEncoder().encode('{}') });
        expect({ type, status: signed.status, problem: signed.body.type }).toEqual({
          type,
          status: 415,
          problem: 'urn:lockstep:problem:unsupported-media-type',
        });
      }
      whole.clock.advanceTo(whole.clock.now() + 60_000);
      expect(whole.failures).toEqual([]);
    });
  });

  test('a command without a key is refused on every route; room around one is no part of it, at the door and in the description', async () => {
    const commands = withBody.filter(({ path, method }) =>
      JSON.stringify(document.paths[path][method.toLowerCase()].parameters ?? []).includes('idempotency-key'),
    );
    expect(commands.length).toBeGreaterThan(10);
    for (const { path, method } of commands) {
      const [{ schema }] = document.paths[path][method.toLowerCase()].parameters.filter(
        ({ name }: { name: string }) => name === 'idempotency-key',
      );
      const right = (key: string) => new RegExp(schema.pattern, 'u').test(key);
      expect(['edge-key', ' edge-key', 'edge-key \t', `  ${'x'.repeat(128)}  `].filter((key) => !right(key))).toEqual([]);
      expect(['edge-ke', ' edge-ke ', 'edge key', '', '        ', 'x'.repeat(129)].filter(right)).toEqual([]);
      const answers = [];
      for (const key of [`padded-${++keys}`, ` padded-${keys}`, `padded-${keys} \t`]) {
        const headers = { ...(await as('admin')), 'content-type': 'application/json', 'idempotency-key': key };
        const answer = await whole.api.request(fill(path), { method, headers, body: '{}' });
        answers.push({ status: answer.status, because: (await answer.json()).detail });
      }
      expect(answers).toEqual([answers[0], answers[0], answers[0]]);
      for (const key of ['', 'short', '        ', 'x'.repeat(129)]) {
        const headers = { ...(await as('admin')), 'content-type': 'application/json', 'idempotency-key': key };
        const answer = await whole.api.request(fill(path), {
          method,
          headers,
          body: JSON.stringify({ name: 'n', scopes: ['usage'], perMinute: 1 }),
        });
        expect({ path, key, status: answer.status }).toEqual({ path, key, status: 400 });
      }
      whole.clock.advanceTo(whole.clock.now() + 10_000);
    }
  });

  test('a person whose sub is as long as OpenID allows does everything; a longer one, or one with unseen characters, is refused at the door', async () => {
    const longest = { sub: 'x'.repeat(255), exp: Math.floor(whole.clock.now() / 1000) + 60 };
    const { body } = await send('/v1/cases', { headers: await as('reviewer', longest) });
    const id = body.items[0].id;
    expect(await post(`/v1/cases/${id}/approve`, { because: 'it holds' }, 'reviewer', longest)).toMatchObject({ status: 200 });
    for (const path of ['/v1/cases', `/v1/cases/${id}`, '/v1/ledger', '/v1/status'])
      expect((await send(path, { headers: await as('reviewer', longest) })).status).toBe(200);
    for (const sub of ['x'.repeat(256), 'x'.repeat(9_000), 'ben\u200b', 'ben\n', '']) {
      expect((await send('/v1/me', { headers: await as('reviewer', { ...longest, sub }) })).status).toBe(401);
    }
  });

  test('a token for another audience that names our client is for another audience', async () => {
    const exp = Math.floor(whole.clock.now() / 1000) + 60;
    expect((await send('/v1/me', { headers: await as('admin', { aud: 'another', client_id: 'lockstep', exp }) })).status).toBe(401);
    expect((await send('/v1/me', { headers: await as('admin', { aud: ['another'], client_id: 'lockstep', exp }) })).status).toBe(401);
    expect((await send('/v1/me', { headers: await as('admin', { aud: undefined, client_id: 'lockstep', exp }) })).status).toBe(200);
  });

  describe('text that one cannot see', () => {
    const exp = () => ({ exp: Math.floor(whole.clock.now() / 1000) + 60 });
    test.each([
      ['three zero-width spaces', '\u200b\u200b\u200b'],
      ['a line break and a forged line', 'fine\n2026-04-22 APPROVED by ada'],
      ['an escape of the terminal', 'fine \u001b[2K\u001b[1A forged'],
      ['text turned round', 'fine \u202e dekcehc'],
      ['a null', 'fi\u0000ne'],
      ['spaces', '      '],
    ])('%s is no reason', async (_, because) => {
      expect(await post('/v1/kill-switch', { to: 'stopped', because }, 'reviewer', exp())).toMatchObject({
        status: 400,
        body: { errors: [{ in: 'body', field: 'because' }] },
      });
    });

    test('a reason in any script is one', async () => {
      expect(await post('/v1/kill-switch', { to: 'stopped', because: '  停止: проверка é ' }, 'reviewer', exp())).toMatchObject({
        status: 200,
      });
      const { body } = await send('/v1/ledger?limit=1', { headers: await as('reviewer', exp()) });
      expect(body.items[0].because).toEqual(['停止: проверка é']);
    });

    test('the issuer of development knows nobody with an unseen character, and one person by two spellings', async () => {
      const issuer = await localIssuer('http://127.0.0.1:1', whole.clock);
      const subject = async (name: string) =>
        JSON.parse(Buffer.from((await issuer.token(name, 'reviewer')).split('.')[1] ?? '', 'base64url').toString()).sub;
      expect(await subject('Rene\u0301')).toBe(await subject('Ren\u00e9'));
      const form = (name: string) =>
        new URLSearchParams({
          response_type: 'code',
          client_id: 'lockstep-console',
          redirect_uri: 'http://127.0.0.1:1/signed-in',
          code_challenge: 'x'.repeat(43),
          code_challenge_method: 'S256',
          state: 's',
          role: 'reviewer',
          name,
          start: issuer.startCode,
        });
      const signIn = async (name: string) => (await issuer.routes.request('/authorize', { method: 'POST', body: form(name) })).status;
      expect(await signIn('Rita Reviewer')).toBe(303);
      expect(await signIn('Rita\u200b Reviewer')).toBe(400);
      // A shell asks for a token with the start code alone; without it there is none.
      const ask = async (client_secret: string) =>
        issuer.routes.request('/token', {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'client_credentials', client_secret, role: 'admin', name: 'Ada' }),
        });
      expect(await (await ask(issuer.startCode)).json()).toMatchObject({
        token_type: 'Bearer',
        access_token: expect.stringContaining('.'),
      });
      expect((await ask(`${issuer.startCode.slice(1)}x`)).status).toBe(401);
    });
  });

  test('the access log keeps what the route’s schema took: no raw id that somebody put into an address', async () => {
    const exp = Math.floor(whole.clock.now() / 1000) + 60;
    await send('/v1/accounts/acct-4711@example.com', { headers: await as('viewer', { exp }) });
    await send('/v1/accounts/acct-4711@example.com/ledger');
    await send(`/v1/accounts/${keyOf('june/3')}`, { headers: await as('viewer', { exp }) });
    const log = new AccessLog(whole.state);
    const { entries } = await log.page(dayLabel(whole.clock.now()), 200);
    expect(JSON.stringify(entries)).not.toContain('4711');
    expect(entries.filter(({ route }) => route.startsWith('/v1/accounts/')).map(({ status, subjects }) => ({ status, subjects }))).toEqual(
      expect.arrayContaining([
        { status: 400, subjects: {} },
        { status: 401, subjects: {} },
        { status: 200, subjects: { account: keyOf('june/3') } },
      ]),
    );
  });

  test('an entry of the access log stays as it was first written', async () => {
    const log = new AccessLog(whole.state);
    const entry = {
      at: whole.clock.now() - 5 * DAY,
      requestId: 'r-1',
      principal: 'mallory',
      method: 'GET',
      route: '/v1/me',
      subjects: {},
      status: 200,
      milliseconds: 1,
    };
    await log.write(entry);
    await log.write({ ...entry, principal: 'ada' });
    expect((await log.page(dayLabel(whole.clock.now() - 5 * DAY), 10)).entries.map(({ principal }) => principal)).toEqual(['mallory']);
  });

  test('what a rate limit refuses costs no row in the access log', async () => {
    const before = (await new AccessLog(whole.state).page(dayLabel(whole.clock.now()), 1000)).entries.length;
    for (let request = 0; request < 100; request++) await send('/v1/me');
    const after = (await new AccessLog(whole.state).page(dayLabel(whole.clock.now()), 1000)).entries.length;
    expect(after - before).toBeLessThanOrEqual(60);
  });

  test('viewers see no keyed hash of an organisation: not in exonerations, not in the ledger, not in its cursor', async () => {
    whole.clock.advanceTo(whole.clock.now() + 120_000);
    const exp = { exp: Math.floor(whole.clock.now() / 1000) + 60 };
    const organization = 'abcdef0123456';
    const until = new Date(whole.world.clock.now() + 86_400_000).toISOString();
    for (let n = 0; n < 3; n++)
      await post(
        '/v1/exonerations',
        { scope: { kind: 'organization', organization: `${organization}${n}` }, effect: 'protected', until, because: 'a contract' },
        'reviewer',
        exp,
      );
    for (const path of ['/v1/exonerations', '/v1/ledger?limit=1', '/v1/ledger?limit=2&about=exoneration']) {
      const { body } = await send(path, { headers: await as('viewer', exp) });
      const plain = JSON.stringify(body) + Buffer.from(body.next ?? '', 'base64url').toString('latin1');
      expect(plain).not.toContain(organization);
      expect(JSON.stringify((await send(path, { headers: await as('reviewer', exp) })).body)).toContain(organization);
    }
  });
});
