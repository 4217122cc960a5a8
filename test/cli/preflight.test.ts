import { type Facts, preflight } from '../../cli/preflight';
import { stages } from '../../infra/stages';

const good: Facts = {
  concurrency: { limit: 1_000, unreserved: 1_000 },
  missingServices: [],
  bootstrap: 21,
  webhook: { kind: 'answers', status: 401 },
  consoleBuilt: true,
};
const told = { ...stages.prod, alarmEmail: 'oncall@example.com' };
const failing = (facts: Partial<Facts>, stage: Parameters<typeof preflight>[0] = told) =>
  preflight(stage, { ...good, ...facts })
    .filter(({ kind }) => kind === 'fails')
    .map(({ what, so }) => `${what} → ${so}`);

test('nothing is in the way of a full account', () => {
  expect(preflight(told, good)).toEqual([]);
});

test.each<[string, Partial<Facts>, RegExp]>([
  ['a new account', { concurrency: { limit: 10, unreserved: 10 } }, /10240 MiB.*Service Quotas/],
  ['a region without a service', { missingServices: ['scheduler'] }, /does not offer scheduler/],
  ['no bootstrap', { bootstrap: undefined }, /not bootstrapped.*cdk bootstrap/],
  ['an old bootstrap', { bootstrap: 3 }, /version 3.*cdk bootstrap/],
  ['a receiver that is not there', { webhook: { kind: 'unreachable', because: 'getaddrinfo ENOTFOUND' } }, /ENOTFOUND.*webhookUrl/],
  ['a console that is not built', { consoleBuilt: false }, /would take the page off.*console:build/],
])('%s is in the way, with what to do', (_, facts, said) => {
  expect(failing(facts)).toEqual([expect.stringMatching(said)]);
});

test('dev and staging fit into a new account', () => {
  for (const stage of [stages.dev, stages.staging]) expect(failing({ concurrency: { limit: 10, unreserved: 10 } }, stage)).toEqual([]);
});

test('buckets of others are named with the command that prints what their owners attach', () => {
  const stage = { ...told, ingest: { ...told.ingest, sources: [{ bucket: 'my-bedrock-logs', prefix: 'AWSLogs/' }] } };
  expect(preflight(stage, good)).toEqual([
    { kind: 'mind', what: expect.stringContaining('my-bedrock-logs'), so: expect.stringContaining('npm run source-policies') },
  ]);
});

test('an alarm that nobody hears is named, and so is what will be throttled', () => {
  const minded = preflight(stages.prod, { ...good, concurrency: { limit: 1_000, unreserved: 30 } }).map(({ what }) => what);
  expect(minded).toEqual([expect.stringContaining('concurrent executions'), expect.stringContaining('nobody hears them')]);
});
