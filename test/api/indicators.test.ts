import { MOST_OPERATOR_INDICATORS } from '../../shared/domain/campaigns/known-operator';
import { stixOf } from '../../shared/domain/campaigns/stix';
import type { Person } from '../../shared/domain/person';
import { DAY, iso } from '../../shared/domain/time';
import { hash64 } from '../../shared/identity/ids';
import { MEMORY, onBothSides, type Side } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { FIXTURE_NOW, fixtureCampaign } from '../support/worlds/fixture-world';

type Asked = { method?: string; body?: string; key?: string; type?: string };

async function open(side: Side) {
  const whole = await wholeApi(side, 24);
  let keys = 0;
  const send = async (
    path: string,
    role: Person['role'],
    { method = 'GET', body, key = `import-${++keys}`, type = 'application/json' }: Asked = {},
  ) => {
    const headers = { authorization: `Bearer ${await whole.token(role)}`, 'content-type': type, 'idempotency-key': key };
    const answer = await whole.api.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, body: await answer.json(), replayed: answer.headers.get('idempotency-replayed') };
  };
  const bundle = JSON.stringify((await send('/v1/campaigns/june/stix', 'reviewer')).body);
  const add = (body: string, more: Omit<Asked, 'body'> & { query?: string; role?: Person['role'] } = {}) => {
    const { query = 'because=they+sent+it', role = 'reviewer', ...asked } = more;
    return send(`/v1/indicators?${query}`, role, { method: 'POST', body, ...asked });
  };
  const list = async (role: Person['role'] = 'reviewer') => (await send('/v1/indicators', role)).body.items;
  return { ...whole, send, bundle, add, list };
}

onBothSides((side) => {
  test('what one campaign exports is imported, listed, revoked; each in the ledger and the access log', async () => {
    const { add, list, send, bundle, world } = await open(side);
    const made = await add(bundle);
    expect(made).toMatchObject({ status: 200, body: { kind: 'done' } });
    const [one, ...none] = await list();
    expect(none).toEqual([]);
    expect(one).toMatchObject({
      name: 'june',
      source: 'Lockstep',
      classification: 'distillation',
      accounts: 24,
      seen: 0,
      watched: true,
      revoked: false,
    });
    expect(one).toMatchObject({
      because: 'they sent it',
      by: 'reviewer-1',
      importedAt: iso(world.clock.now()),
      until: iso(world.clock.now() + 180 * DAY),
    });
    expect(made.body.because).toContain(one.id);
    expect((await list('viewer'))[0].by).toBeNull();

    const { type, hash } = (await world.enforcement.operators.head(one.id))!.state.indicators[0]!;
    await world.enforcement.sightings.note(one.id, [`${type}/${hash}`, 'what-is-not-in-the-list/0']);
    expect((await list())[0].seen).toBe(1);

    const gone = await send(`/v1/indicators/${one.id}?because=a+mistake`, 'reviewer', { method: 'DELETE' });
    expect(gone).toMatchObject({ status: 200, body: { kind: 'done' } });
    expect(await list()).toMatchObject([{ id: one.id, watched: false, revoked: true, because: 'a mistake' }]);
    const { items } = (await send('/v1/ledger?about=operator', 'reviewer')).body;
    expect(items.map(({ what, because }: { what: string; because: string[] }) => [what, ...because])).toEqual([
      ['revoked', 'a mistake'],
      ['imported', 'they sent it'],
    ]);
    const log = (await send('/v1/access-log?day=2026-06-05', 'admin')).body.items;
    expect(log).toContainEqual(expect.objectContaining({ method: 'POST', route: '/v1/indicators', status: 200 }));
    expect(log).toContainEqual(expect.objectContaining({ method: 'DELETE', subjects: { operator: one.id }, status: 200 }));
  });

  test('a retry is the same import; the same key with another reason is another command', async () => {
    const { add, bundle, list } = await open(side);
    await add(bundle, { key: 'one-command' });
    expect(await add(bundle, { key: 'one-command' })).toMatchObject({ replayed: 'true', body: { kind: 'done' } });
    expect((await add(bundle, { key: 'one-command', query: 'because=for+another+reason' })).body.type).toMatch(/idempotency-mismatch$/);
    expect((await add(bundle)).body.kind).toBe('already');
    expect(await list()).toHaveLength(1);
  });

  test('until a date that is given; not until one that is past', async () => {
    const { add, bundle, list } = await open(side);
    expect((await add(bundle, { query: 'because=they+sent+it&until=2026-06-01T00:00:00Z' })).status).toBe(422);
    expect((await add(bundle, { query: 'because=they+sent+it&until=2026-09-01T00:00:00Z' })).status).toBe(200);
    expect(await list()).toMatchObject([{ until: '2026-09-01T00:00:00.000Z' }]);
  });

  test('a viewer takes no bundle out, imports none and revokes none', async () => {
    const { add, send, bundle, list } = await open(side);
    expect((await send('/v1/campaigns/june/stix', 'viewer')).status).toBe(403);
    expect((await add(bundle, { role: 'viewer' })).status).toBe(403);
    await add(bundle);
    const [{ id }] = await list();
    expect((await send(`/v1/indicators/${id}?because=just+so`, 'viewer', { method: 'DELETE' })).status).toBe(403);
    expect(await list()).toMatchObject([{ watched: true }]);
  });

  test('the largest bundle that a campaign exports is let in; anything larger is not read', async () => {
    const { add, list } = await open(side);
    const { campaign } = fixtureCampaign({
      id: 'june',
      classification: 'distillation',
      accounts: 25_000,
      firstSeen: FIXTURE_NOW - 2 * DAY,
    });
    const evidence = Array.from({ length: 16 }, (_, i) => ({ ...campaign.evidence[0]!, because: `${i} `.padEnd(400, 'word ') }));
    const indicators = Array.from({ length: MOST_OPERATOR_INDICATORS }, (_, i) => ({
      ...campaign.indicators[0]!,
      type: 'payment-instrument' as const,
      family: 'infrastructure' as const,
      hash: hash64(i.toString(16).padStart(13, 'f')),
      members: 25_000,
      others: 1_000_000,
    }));
    const body = JSON.stringify(stixOf({ ...campaign, evidence, indicators }));
    expect((await add(body)).body).toMatchObject({ kind: 'done' });
    expect(await list()).toMatchObject([{ indicators: MOST_OPERATOR_INDICATORS, accounts: 25_000 }]);
    expect(await add(body + ' '.repeat(1_048_577 - body.length))).toMatchObject({ status: 413, body: { detail: 'Send at most 1024 KB.' } });
  });
});

type Extended = Record<string, { indicator?: object }>;
type Loose = { objects: { type: string; extensions?: Extended; [name: string]: unknown }[]; [name: string]: unknown };
const first = (bundle: Loose, type: string) => bundle.objects.find((object) => object.type === type)!;
const at = (field: string) => new RegExp(`^objects\\.\\d+\\.${field}$`);

describe('a bundle that Lockstep did not write is refused, with the field and what to do', () => {
  test.each<[string, (bundle: Loose) => unknown, string | RegExp]>([
    ['a list', () => [], '^.whole.$'],
    ['another object of STIX', (bundle) => first(bundle, 'indicator'), '^type$'],
    ['no objects', ({ objects: _, ...rest }) => rest, '^objects$'],
    ['objects that are words', (bundle) => ({ ...bundle, objects: ['indicator'] }), 'objects.0'],
    ['an id of another shape', (bundle) => ({ ...bundle, id: 'bundle--7' }), '^id$'],
    ['an object type of another tool', (bundle) => ({ ...bundle, objects: [...bundle.objects, { type: 'malware' }] }), at('type')],
    ['no campaign', (bundle) => without(bundle, 'campaign'), '^objects$'],
    ['two campaigns', (bundle) => ({ ...bundle, objects: [...bundle.objects, first(bundle, 'campaign')] }), '^objects$'],
    ['no identity', (bundle) => without(bundle, 'identity'), at('created_by_ref')],
    ['no indicators', (bundle) => without(bundle, 'indicator'), '^objects$'],
    ['a kind that nobody does', change('campaign', { objective: 'shared-origin' }), at('objective')],
    ['a kind there is not', change('campaign', { objective: 'world domination' }), at('objective')],
    ['a name that is markup', change('campaign', { name: '[june](https://evil.example)' }), at('name')],
    ['no number of accounts', change('campaign', { extensions: {} }), at('extensions')],
    ['a time without a zone', change('campaign', { first_seen: 'yesterday' }), at('first_seen')],
    ['an indicator of another tool', change('indicator', { extensions: {} }), at('extensions')],
    ['a pattern missing', change('indicator', { pattern: undefined }), at('pattern')],
    ['a raw address for a hash', indicator({ hash: '192.0.2.1' }), at('extensions\\..*\\.hash')],
    ['an unknown trait', indicator({ type: 'shoe-size' }), at('extensions\\..*\\.type')],
    ['more holders than accounts', indicator({ members: 25 }), at('extensions')],
    ['held by nobody', indicator({ members: 0 }), at('extensions\\..*\\.members')],
    [
      'too many indicators',
      (bundle) => ({ ...bundle, objects: [...bundle.objects, ...Array(601).fill(first(bundle, 'indicator'))] }),
      'objects',
    ],
  ])('%s', async (_, made, field) => {
    const { add, list, bundle } = await open(MEMORY);
    const { status, body } = await add(JSON.stringify(made(JSON.parse(bundle))));
    expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:lockstep:problem:invalid-request' });
    expect(body.errors[0]).toMatchObject({ in: 'body', field: expect.stringMatching(field), message: expect.stringMatching(/\w{4}/) });
    expect(body.errors.length).toBeLessThanOrEqual(10);
    expect(await list()).toEqual([]);
  });

  test('what is no JSON, no reason, an unknown parameter, an id of another shape', async () => {
    const { add, send, bundle } = await open(MEMORY);
    expect((await add('{"type":"bundle"')).body.type).toMatch(/malformed-body$/);
    expect((await add(bundle, { query: '' })).body.errors).toMatchObject([{ in: 'query', field: 'because' }]);
    expect((await add(bundle, { query: 'because=they+sent+it&name=x' })).body.errors).toMatchObject([{ in: 'query', field: 'name' }]);
    const wrong = await send('/v1/indicators/june?because=they+sent+it', 'reviewer', { method: 'DELETE' });
    expect(wrong.body.errors).toMatchObject([{ in: 'path', field: 'operator' }]);
    const unknown = await send('/v1/indicators/o-000000000000?because=they+sent+it', 'reviewer', { method: 'DELETE' });
    expect(unknown.status).toBe(404);
  });
});

function without(bundle: Loose, type: string): Loose {
  return { ...bundle, objects: bundle.objects.filter((object) => object.type !== type) };
}
function change(type: string, fields: Record<string, unknown>) {
  return (bundle: Loose): Loose => ({
    ...bundle,
    objects: bundle.objects.map((object) => (object === first(bundle, type) ? { ...object, ...fields } : object)),
  });
}
/** The first indicator, as its property extension says it, changed. */
function indicator(fields: Record<string, unknown>) {
  return (bundle: Loose): Loose => {
    const [name = '', extension] = Object.entries(first(bundle, 'indicator').extensions ?? {})[0] ?? [];
    return change('indicator', { extensions: { [name]: { ...extension, indicator: { ...extension?.indicator, ...fields } } } })(bundle);
  };
}
