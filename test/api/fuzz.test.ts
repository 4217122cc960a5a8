import { describeApi } from '../../local/documents/api-description';
import { fc } from '../support/property';
import { MEMORY, onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { keyOf } from '../support/worlds/fixture-world';

/**
 * Inputs made from the description itself, right ones, nearly right ones and noise, by every role: the API answers each with what it
 * described or a problem, and never breaks (no 500), whatever comes.
 */
type Parameter = { name: string; in: string; schema?: Schema };
type Schema = {
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  minimum?: number;
  maximum?: number;
  format?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  $ref?: string;
};
const document = JSON.parse(JSON.stringify(describeApi()));
const operations = Object.entries<
  Record<string, { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }>
>(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
const KNOWN = ['june', 'june.0001', keyOf('june/3'), keyOf('nobody'), '0123456789abcdef', 'AAAAAAAAAAAAAAAAAAAAAA'];
const noise = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    '',
    '../..',
    '%00',
    "' or 1=1",
    '{"$gt":""}',
    '９',
    '-1',
    '1e308',
    'NaN',
    '\u0000',
    '😀'.repeat(9),
    '__proto__',
    '2026-02-30T00:00:00Z',
  ),
);
const resolve = (schema: Schema): Schema =>
  schema.$ref
    ? (schema.$ref
        .split('/')
        .slice(1)
        .reduce<Record<string, never>>((at, part) => at[part] ?? {}, document) as Schema)
    : schema;

function right(schema: Schema | undefined, depth = 0): fc.Arbitrary<unknown> {
  const is = resolve(schema ?? {});
  if (depth > 4) return fc.constant(null);
  if (is.enum) return fc.constantFrom(...is.enum);
  const choices = is.anyOf ?? is.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => right(one, depth + 1)));
  if (is.format === 'date-time') return fc.constantFrom('2026-06-01T00:00:00Z', '2026-12-01T00:00:00+02:00');
  if (is.type === 'integer' || is.type === 'number') return fc.integer({ min: is.minimum ?? 0, max: Math.min(is.maximum ?? 100, 1_000) });
  if (is.type === 'boolean') return fc.boolean();
  if (is.type === 'array') return fc.array(right(is.items, depth + 1), { maxLength: 3 });
  if (is.type === 'object' || is.properties)
    return fc.record(Object.fromEntries(Object.entries(is.properties ?? {}).map(([name, inner]) => [name, right(inner, depth + 1)])), {
      requiredKeys: [],
    });
  return fc.oneof(fc.constantFrom(...KNOWN, 'because it is so'), fc.string({ maxLength: 30 }));
}

const requests = fc.constantFrom(...operations).chain(({ path, method, operation }) => {
  const values = Object.fromEntries(
    (operation.parameters ?? []).map((parameter) => [parameter.name, fc.oneof(right(parameter.schema), noise, fc.constant(undefined))]),
  );
  const body = operation.requestBody
    ? fc.oneof(right(operation.requestBody.content['application/json']?.schema), fc.jsonValue(), noise)
    : fc.constant(undefined);
  return fc.record({
    path: fc.constant(path),
    method: fc.constant(method.toUpperCase()),
    parameters: fc.constant<readonly Parameter[]>(operation.parameters ?? []),
    values: fc.record<Record<string, unknown>>(values),
    extra: fc.option(noise),
    body,
    raw: fc.boolean(),
    role: fc.constantFrom('viewer', 'reviewer', 'admin', 'nobody'),
    key: fc.oneof(fc.uuid(), fc.constantFrom('x', '', 'shared-key-1')),
  });
});

onBothSides((side) => {
  // More of them by night (.ci/nightly).
  const runs = Number(process.env.LOCKSTEP_FUZZ_RUNS ?? (side === MEMORY ? 2_000 : 500));
  test(`${runs} requests from the description and noise: an answer or a problem, never a break`, async () => {
    const { api, token, failures, clock } = await wholeApi(side, 24);
    const day = { exp: Math.floor(clock.now() / 1000) + 86_400 };
    const tokens: Record<string, string> = {
      viewer: await token('viewer', day),
      reviewer: await token('reviewer', day),
      admin: await token('admin', day),
      nobody: 'not.a.token',
    };
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ path, method, parameters, values, extra, body, raw, role, key }) => {
        // A minute passes every few requests, so that the rate limits do not answer everything.
        clock.advanceTo(clock.now() + 6_000);
        const text = (name: string) => String(values[name] ?? '');
        const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(name) || 'x').replace(/^\.+$/, 'x'));
        const query = new URLSearchParams(
          parameters.filter((one) => one.in === 'query' && values[one.name] !== undefined).map((one) => [one.name, text(one.name)]),
        );
        if (extra !== null && extra !== '') query.set(extra, 'x');
        const headers: Record<string, string> = { authorization: `Bearer ${tokens[role] ?? ''}` };
        if (method !== 'GET')
          Object.assign(headers, { 'content-type': 'application/json', ...(key === '' ? {} : { 'idempotency-key': key }) });
        const sent = method === 'GET' ? {} : { body: raw && typeof body === 'string' ? body : (JSON.stringify(body) ?? '') };
        const answer = await api.request(`${address}?${query}`, { method, headers, ...sent });
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        expect({ failures, status: answer.status < 500 }).toEqual({ failures: [], status: true });
        if (answer.status < 400) return;
        expect(answer.headers.get('content-type')).toMatch('application/problem+json');
        const problem = await answer.json();
        expect(problem).toMatchObject({
          type: expect.stringMatching(/^urn:lockstep:problem:/),
          title: expect.any(String),
          status: answer.status,
          detail: expect.stringMatching(/\w{4}/),
          requestId: expect.stringMatching(/^request-/),
        });
        if (problem.type.endsWith('invalid-request')) expect(problem.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: runs },
    );
    // It reached behind the doors, too.
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404]));
  });
});
