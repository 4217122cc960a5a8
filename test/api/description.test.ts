import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeApi } from '../../local/documents/api-description';

const root = join(__dirname, '../..');
const described = describeApi();
const operations = Object.entries(described.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    typeof operation === 'object' && operation !== null && 'operationId' in operation ? [{ path, method, operation }] : [],
  ),
);

describe('the description of the API', () => {
  test('the committed document and the client’s types are those of the routes (else: npm run api)', () => {
    const document = `${JSON.stringify(described, null, 1)}\n`;
    expect(readFileSync(join(root, 'shared/http/openapi.json'), 'utf8')).toBe(document);
    const digest = createHash('sha256').update(document).digest('hex');
    expect(readFileSync(join(root, 'console/src/client/schema.ts'), 'utf8')).toContain(`(SHA-256 ${digest})`);
  });

  test('every pattern is one in any engine that checks by it, and lets pass what people write', () => {
    const patterns = new Set(
      [...JSON.stringify(described).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => String(JSON.parse(text))),
    );
    expect(patterns.size).toBeGreaterThan(10);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
      // Neither the delimiters of a literal nor Unicode's properties, which not every engine knows.
      expect(pattern).not.toMatch(/^\/|\/[a-z]*$|\\p\{/);
    }
    const free = [...patterns].filter((pattern) => pattern.includes('\\u200b'));
    expect(free.length).toBeGreaterThan(2);
    for (const pattern of free) {
      expect(new RegExp(pattern, 'u').test('Two weeks: what was shared a month ago, größer 数.')).toBe(true);
      expect(new RegExp(pattern, 'u').test('un\u200bseen')).toBe(false);
    }
  });

  test('every operation says who may call it, what it answers, and what it is for', () => {
    expect(described.openapi).toBe('3.1.0');
    expect(operations.length).toBeGreaterThan(25);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const { role, security, summary, tags, responses } = { role: operation['x-role'], ...operation };
      expect({ path, known: ['public', 'producer', 'viewer', 'reviewer', 'admin'].includes(role) }).toEqual({ path, known: true });
      expect({ path, security }).toEqual({
        path,
        security: role === 'public' ? [] : role === 'producer' ? [{ producerKey: [] }] : [{ token: [] }],
      });
      expect({ path, summary: (summary?.length ?? 0) > 5, tags: tags?.length }).toEqual({ path, summary: true, tags: 1 });
      expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['200', 'default']));
    }
  });

  /** Questions that are asked by POST: their subject must not be in an address, or their answer not be fetched by a link. */
  const QUESTIONS = ['lookupAccount', 'compareReplays', 'openAccountId', 'openReferralLetter', 'search'];

  test('every command takes an idempotency key and at least a reviewer', () => {
    const commands = operations.filter(
      ({ method, operation }) =>
        method !== 'get' && !['public', 'producer'].includes(operation['x-role']) && !QUESTIONS.includes(operation.operationId),
    );
    expect(commands.length).toBeGreaterThan(8);
    for (const { path, operation } of commands) {
      const headers = (operation.parameters ?? [])
        .filter((parameter: { in?: string }) => parameter.in === 'header')
        .map((parameter: { name?: string }) => parameter.name);
      expect({ path, headers, viewer: operation['x-role'] === 'viewer' }).toEqual({ path, headers: ['idempotency-key'], viewer: false });
    }
  });
});
