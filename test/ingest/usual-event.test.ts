import fc from 'fast-check';
import { isUsual } from '../../functions/ingest/usual-event';
import { STATUSES, UsageEvent } from '../../shared/model/event';

const full = {
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 'gateway',
  id: 'e-1',
  time: '2026-04-22T00:00:03.125Z',
  subject: 'account-1',
  data: {
    model: 'atlas-5',
    inputTokens: 812,
    outputTokens: 2204,
    status: 'ok',
    durationMs: 70,
    apiKey: 'key-1',
    channel: 'api',
    network: { ip: '203.0.113.9', asn: 64_500, country: 'SG' },
    client: { userAgent: 'python-httpx/0.28', fingerprint: 't13d' },
    prompt: { system: 'Be brief.', text: 'Write a function that …', fingerprint: 'f1.x' },
    tools: 3,
    labels: { task: 'coding', language: 'en', elicitsReasoning: 0.1, grading: 1, scores: { spam: 0.5 } },
  },
};

type Tree = { [name: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;
const pathsOf = (value: Tree, above: string[] = []): string[][] =>
  Object.entries(value).flatMap(([name, part]) => [[...above, name], ...(isTree(part) ? pathsOf(part, [...above, name]) : [])]);
const PATHS = [...pathsOf(full), ['extra'], ['data', 'extra'], ['data', 'network', 'extra'], ['data', 'labels', 'scores', 'x']];

/** The same with the value at a path replaced, or left out for `undefined`. */
function changed(event: Tree, [name = '', ...below]: string[], value: unknown): Tree {
  const part = event[name];
  const { [name]: _, ...rest } = event;
  if (below.length === 0) return value === undefined ? rest : { ...rest, [name]: value };
  return isTree(part) ? { ...rest, [name]: changed(part, below, value) } : event;
}

const lengths = [0, 1, 2, 3, 64, 65, 128, 129, 255, 512, 513, 1024, 1025].map((n) => 'x'.repeat(n));
const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, [], {}, ...lengths, ...STATUSES, '1.0', 'lockstep.account.v1'),
  fc.constantFrom<unknown>(-1, -0, 0, 0.5, 1, 1.5, 4_294_967_295, 4_294_967_296, 2 ** 53, 1e300),
  fc.constantFrom<unknown>('2026-04-22T00:00:03Z', '2026-02-29T00:00:03.125Z', '2026-04-22T02:00:03.125+02:00', 'yesterday'),
  fc.jsonValue(),
);
const change = fc.tuple(fc.constantFrom(...PATHS), value);

test('what it takes for usual, the schema takes as it stands', () => {
  let usual = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), fc.boolean(), (changes, scores) => {
      const base: Tree = scores ? full : changed(full, ['data', 'labels', 'scores'], undefined);
      const event = changes.reduce((made, [path, to]) => changed(made, path, to), base);
      if (!isUsual(event)) return;
      usual++;
      const { status = 'ok' } = event.data;
      const parsed = UsageEvent.safeParse(event);
      expect(parsed.success).toBe(true);
      // Beyond what the schema keeps there may only be fields that nobody reads.
      expect({ ...event, data: { ...event.data, status } }).toMatchObject(parsed.data ?? {});
    }),
    { numRuns: 20_000 },
  );
  expect(usual).toBeGreaterThan(1_000);
});

test('an event with every field, or with those it must have, is usual; one with scores is left to the schema', () => {
  expect(isUsual(changed(full, ['data', 'labels', 'scores'], undefined))).toBe(true);
  const { model, inputTokens, outputTokens } = full.data;
  expect(isUsual({ ...full, data: { model, inputTokens, outputTokens } })).toBe(true);
  expect(isUsual(full)).toBe(false);
});
