import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { lockstepClient } from '../../console/src/client/client';
import { disclose } from '../../functions/enforcement/commands/disclose';
import { describeApi } from '../../local/documents/api-description';
import type { Person } from '../../shared/domain/person';
import { campaignId } from '../../shared/identity/ids';
import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { BEN, says } from '../support/worlds/enforcement-world';
import { keyOf } from '../support/worlds/fixture-world';
import { withTenants } from '../support/worlds/with-tenants';

/** The generated client against the server, and what the server answers against its own description. */
const document = JSON.parse(JSON.stringify(describeApi()));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'api');

function faults(path: string, method: string, status: number, body: unknown): string[] {
  const responses = document.paths[path]?.[method]?.responses ?? {};
  const name = String(status) in responses ? String(status) : 'default';
  const type = Object.keys(responses[name]?.content ?? {})[0];
  if (type === undefined) return [`${method} ${path} does not describe ${status}`];
  const pointer = ['paths', path, method, 'responses', name, 'content', type, 'schema']
    .map((part) => part.replace(/~/g, '~0').replace(/\//g, '~1'))
    .map(encodeURIComponent)
    .join('/');
  const validate = ajv.compile({ $ref: `api#/${pointer}` });
  return validate(body)
    ? []
    : (validate.errors ?? []).map((error) => `${method} ${path} ${status}: ${error.instancePath} ${error.message}`);
}

onBothSides((side) => {
  async function open() {
    const whole = await wholeApi(side);
    const as = (role: Person['role'], name = role) =>
      lockstepClient({
        baseUrl: 'https://lockstep.test',
        token: () => whole.token(role, { sub: name }),
        fetch: async (request) => whole.api.request(request),
      });
    return { ...whole, as };
  }

  test('every GET answers what its description says, with the typed client, for every role', async () => {
    const { as, api, token, world } = await open();
    const asked = { title: 'Operator one', campaigns: [campaignId('june')] };
    expect((await disclose({ ...says(BEN), asked }, world.enforcement)).kind).toBe('done');
    await withTenants(world);
    const { data: queue } = await as('reviewer').GET('/v1/cases');
    const id = queue?.items[0]?.id ?? '';
    const fill: Record<string, string> = {
      account: keyOf('june/3'),
      campaign: 'june',
      case: id,
      appeal: 'AAAAAAAAAAAAAAAAAAAAAA',
      digest: '0123456789abcdef',
      number: '1',
      hold: 'h-0123456789ab',
      referral: 'june.bedrock.1',
    };
    const queries: Record<string, string> = {
      '/v1/access-log': '?day=2026-06-05',
      '/v1/siem/events': '?day=2026-06-05',
      '/v1/campaigns/{campaign}/referral-preview': '?cloud=vertex',
      '/v1/legal-holds/{hold}/events': '?hour=2026-06-05T10:00:00Z',
    };
    let answered = 0;
    for (const role of ['viewer', 'reviewer', 'admin'] as const) {
      for (const path of Object.keys(document.paths).filter((one) => 'get' in document.paths[one])) {
        const address = path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? '') + (queries[path] ?? '');
        const answer = await api.request(address, { headers: { authorization: `Bearer ${await token(role)}` } });
        const isText = answer.headers.get('content-type')?.startsWith('text/');
        const body = isText ? await answer.text() : await answer.json();
        expect(faults(path, 'get', answer.status, body)).toEqual([]);
        if (answer.status === 200) answered++;
        else
          expect({ role, path, status: answer.status }).toEqual({
            role,
            path,
            status: /\{(appeal|digest|hold)\}/.test(path) && !(path.includes('{hold}') && role === 'viewer') ? 404 : 403,
          });
      }
    }
    expect(answered).toBeGreaterThan(55);
  });

  test('a cursor that is not ours is refused by every list, whatever else is asked with it', async () => {
    const { api, token } = await open();
    const headers = { authorization: `Bearer ${await token('admin')}` };
    const KNOWN: Record<string, string> = { campaign: 'june', account: keyOf('june/3'), day: '2026-06-05', rule: 'distillation-suspend' };
    type Parameter = { name: string; in: string; schema: { enum?: string[] } };
    let lists = 0;
    let asked = 0;
    for (const path of Object.keys(document.paths)) {
      const queries = ((document.paths[path].get?.parameters ?? []) as Parameter[]).filter((one) => one.in === 'query');
      if (!queries.some(({ name }) => name === 'cursor')) continue;
      lists++;
      const address = path.replace(/\{(\w+)\}/g, (_, name: string) => KNOWN[name] ?? 'x');
      const needed = path === '/v1/access-log' || path === '/v1/siem/events' ? '&day=2026-06-05' : '';
      const filters = queries.flatMap(({ name, schema }) => {
        const value = name === 'day' && needed ? undefined : (KNOWN[name] ?? schema.enum?.[0]);
        return value === undefined ? [] : [`&${name}=${value}`];
      });
      for (const filter of ['', ...filters]) {
        const answer = await api.request(`${address}?cursor=bm90IG91cnM${needed}${filter}`, { headers });
        const { errors } = (await answer.json()) as { errors?: { field: string }[] };
        asked++;
        expect({ path, filter, status: answer.status, fields: errors?.map(({ field }) => field) }).toEqual({
          path,
          filter,
          status: 400,
          fields: ['cursor'],
        });
      }
    }
    expect({ lists: lists > 10, asked: asked > 25 }).toEqual({ lists: true, asked: true });
  });

  test('commands through the typed client: data when done, a typed problem when not', async () => {
    const { as } = await open();
    const reviewer = as('reviewer');
    const { data: queue } = await reviewer.GET('/v1/cases', { params: { query: { state: 'open', limit: 5 } } });
    const id = queue?.items[0]?.id ?? '';
    const header = { 'idempotency-key': 'key-000001' };
    const first = await reviewer.POST('/v1/cases/{case}/approve', {
      params: { path: { case: id }, header },
      body: { because: 'it holds', protectedToo: false },
    });
    expect(first.data).toEqual({ kind: 'done', because: 'you are approver 1 of 1' });
    const missing = await reviewer.POST('/v1/cases/{case}/approve', {
      params: { path: { case: 'nothing.0001' }, header: { 'idempotency-key': 'key-000002' } },
      body: { because: 'it holds', protectedToo: false },
    });
    expect(missing.error).toMatchObject({ status: 404, type: 'urn:lockstep:problem:not-found' });
    const refused = await as('viewer').POST('/v1/kill-switch', { params: { header }, body: { to: 'stopped', because: 'just so' } });
    expect(refused.error?.status).toBe(403);
  });
});
