import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEvent } from '../../functions/ingest/parse-event';
import { Pipeline } from '../../local/pipeline';
import { servePipeline } from '../../local/serve-pipeline';
import type { Served } from '../../local/server';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, dayLabel, HOUR, iso } from '../../shared/domain/time';
import { RECOMMENDED } from '../support/worlds/enforcement-world';
import { CAMPAIGN, HONEST, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

/** The commands of pages about the gate, other clouds and other labs, as a shell runs them, against the API over a small world. */
const ROOT = join(__dirname, '../..');
const PAGES = ['admission', 'api-keys', 'canaries', 'exchange', 'referrals', 'siem'];
/** Each block of commands of these pages, by some of its text; and how a token is made. */
const RUN: readonly (readonly [page: string, text: string])[] = [
  ['api', 'grant_type=client_credentials'],
  ['admission', '/v1/check'],
  ['api-keys', '/v1/cases'],
  ['canaries', '/v1/canaries'],
  ['exchange', "<<'LINES'"],
  ['exchange', 'npm run intersect'],
  ['exchange', 'npm run exchange'],
  ['siem', 'format=cef'],
  ['siem', 'format=otlp'],
];
const read = (page: string): string => readFileSync(join(ROOT, `docs/${page}.md`), 'utf8');
const blocksOf = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
const blockWith = (page: string, text: string): string => {
  const found = blocksOf(page, 'sh').filter((block) => block.includes(text));
  if (found.length !== 1) throw new Error(`${found.length} blocks of docs/${page}.md hold ${text}`);
  return found[0]!;
};

let served: Served;
let pipeline: Pipeline;
let folder: string;
const env: Record<string, string> = {};

/** What a shell prints of a block, in a folder of the test's own. A command of ours is the file that `npm run` starts. */
function run(block: string, more: Record<string, string> = {}): Promise<string> {
  const commands = block.replace(
    /npm run (exchange|intersect) --/g,
    (_, name) => `"${process.execPath}" "${ROOT}/node_modules/tsx/dist/cli.mjs" "${ROOT}/cli/${name}.ts"`,
  );
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, encoding: 'utf8' as const, env: { ...process.env, ...env, ...more } };
    execFile('bash', ['-euo', 'pipefail', '-c', commands], options, (error, out, err) =>
      error ? reject(new Error(`${commands}\n${out}\n${err}`)) : resolve(out),
    );
  });
}
const written = (file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
/** What is there before long. */
async function within<T>(ms: number, ask: () => T | undefined): Promise<T> {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    const found = ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing came of it in ${ms} ms`);
}
const answer = async (block: string, more?: Record<string, string>) => JSON.parse(await run(block, more));

const asAdmin = async (path: string, body?: object, name = 'Ada Admin') =>
  (
    await fetch(`${served.origin}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${await served.token(name, 'admin')}`,
        'content-type': 'application/json',
        'idempotency-key': `test-${path.length}-${JSON.stringify(body ?? '').length}`,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  ).json();
const keyFor = async (...scopes: string[]): Promise<string> =>
  (await asAdmin('/v1/producer-keys', { name: scopes.join(' '), scopes, perMinute: 600 })).key;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-commands-'));
  pipeline = new Pipeline({
    policy: withMode(RECOMMENDED, 'auto', 'the test says so'),
    secret: 'k'.repeat(64),
    start: START,
    detectEvery: HOUR,
    rows: 'risk',
  });
  await pipeline.arm('the test');
  pipeline.clock.advanceTo(START + HOURS * HOUR + 15 * 60_000);
  await pipeline.take([{ id: 'm', body: smallTraffic().join('\n') }]);
  await pipeline.fold();
  await pipeline.detect();
  await pipeline.advanceTo(pipeline.clock.now() + DAY);
  expect(pipeline.gateway.suspended()).toHaveLength(CAMPAIGN.length);
  served = await servePipeline(pipeline, 0);
  const start = new URL(served.consoleUrl).hash.replace('#start=', '');
  const token = blockWith('api', 'grant_type=client_credentials').replace(
    /^export API_URL.*$/m,
    `export API_URL=${served.origin} START=${start}`,
  );
  Object.assign(env, { API_URL: served.origin });
  const { items } = await answer(token.replace('curl -sS "$API_URL/v1/campaigns"', 'echo "$TOKEN" > token\n$&'));
  expect(items).toHaveLength(1);
  const [campaign] = items;
  Object.assign(env, { TOKEN: readFileSync(join(folder, 'token'), 'utf8').trim(), CAMPAIGN: campaign.id });
});
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the check of a newcomer: one like nobody is let in, one with the card and the tool of the campaign is held', async () => {
  const block = blockWith('admission', '/v1/check');
  const CHECK_KEY = await keyFor('check');
  expect(await answer(block, { CHECK_KEY })).toMatchObject({ checked: true, answer: 'allow', unread: [] });
  const alike = block.replace('tok_91c', 'card-1').replace('198.51.100.7', '198.51.3.7');
  expect(await answer(alike, { CHECK_KEY })).toMatchObject({ answer: 'hold', resembles: { campaign: env.CAMPAIGN }, unread: [] });
});

test('canaries for a campaign: ten tokens, and a retry answers the same', async () => {
  const block = blockWith('canaries', '/v1/canaries').replace('"june"', `"${env.CAMPAIGN}"`);
  const { tokens, ...rest } = await answer(block);
  expect(tokens).toHaveLength(10);
  for (const token of tokens) expect(token).toMatch(/^[a-z2-7]{26}$/);
  expect(await answer(block)).toEqual({ tokens, ...rest });
});

test('one key of an account: a key event makes it known, a case asks for it', async () => {
  const [event] = blocksOf('api-keys', 'json').map((block) => JSON.parse(block));
  const told = { ...event, time: iso(pipeline.clock.now()), subject: HONEST[0], data: { key: `key of ${HONEST[0]}`, change: 'created' } };
  const sent = await fetch(`${served.origin}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await keyFor('key')}`, 'content-type': 'application/json' },
    body: JSON.stringify(told),
  });
  expect(await sent.json()).toMatchObject({ accepted: 1 });
  await pipeline.advanceTo(pipeline.clock.now() + HOUR);
  const account = pipeline.hasher.account(HONEST[0]!).key;
  const [{ key, name }] = (await asAdmin(`/v1/accounts/${account}/keys`)).keys;
  const block = blockWith('api-keys', '/v1/cases').replace('<account>', account).replace('<key>', key);
  // In no campaign: somebody looked at the account, and no rule called for it.
  const opened = await answer(block);
  expect(opened).toEqual({ kind: 'done', case: expect.any(String), because: expect.stringContaining('waits for another person') });
  expect(await asAdmin(`/v1/cases/${opened.case}`)).toMatchObject({ keys: [{ name, key }] });
  const approved = await asAdmin(`/v1/cases/${opened.case}/approve`, { because: 'the owner confirmed it' }, 'Rae Reviewer');
  expect(approved).toMatchObject({ kind: 'done' });
  const received = pipeline.gateway.received.length;
  await pipeline.advanceTo(pipeline.clock.now() + 8 * HOUR);
  const asked = pipeline.gateway.received.slice(received).filter((one) => one.account === account);
  expect(asked.map(({ kind, keys }) => [kind, keys?.map(({ sealed }) => pipeline.hasher.open(sealed))])).toEqual([
    ['disable-key', [`key of ${HONEST[0]}`]],
  ]);
});

test('events for a SIEM, as OCSF and CEF, and a day sent on to a collector', async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      bodies.push(`${request.url} ${Buffer.concat(parts).toString('utf8')}`);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const days = (block: string, day: number): string => block.replaceAll('2026-06-05', dayLabel(day));
  const [ocsf, cef] = blockWith('siem', 'format=cef').trim().split('\n') as [string, string];
  // What people did is of the day that it is here; what the pipeline did, of the day of its events.
  const found = (await answer(days(ocsf, pipeline.clock.now() - DAY))).items;
  expect(new Set(found.map(({ class_uid }: { class_uid: number }) => class_uid))).toEqual(new Set([2004, 3001, 3004]));
  const called = (await answer(days(cef, Date.now()))).items;
  expect(called.length).toBeGreaterThan(3);
  for (const line of called) expect(line).toMatch(/^CEF:0\|/);
  await run(days(blockWith('siem', 'format=otlp'), pipeline.clock.now() - DAY), { COLLECTOR: `http://127.0.0.1:${port}` });
  collector.close();
  expect(bodies).toHaveLength(1);
  const [body] = bodies;
  expect(body).toMatch(/^\/v1\/logs \{"resourceLogs"/);
  const { resourceLogs } = JSON.parse(body!.slice('/v1/logs '.length));
  expect(resourceLogs[0].scopeLogs[0].logRecords).toHaveLength(found.length);
});

test('two labs over what both hold, and over the salt of a group', async () => {
  await run(blockWith('exchange', "<<'LINES'"));
  const mine = readFileSync(join(folder, 'mine.ndjson'), 'utf8');
  expect(mine.trim().split('\n')).toHaveLength(3);
  const AGREED = 'a token that both agreed on';
  const [serve, ask] = blockWith('exchange', 'npm run intersect').trim().split('\n') as [string, string];
  const serving = run(serve.replace('40001', '0').replace(/ {2,}#.*/, ' > serving'), { AGREED });
  const at = await within(20_000, () => /http:\/\/\S+/.exec(written('serving'))?.[0]);
  expect(await run(ask.replace(/http:\S+/, at), { AGREED })).toContain('3 of 3 indicators are held by both');
  await serving;
  expect(readFileSync(join(folder, 'both.ndjson'), 'utf8').trim().split('\n')).toHaveLength(3);

  writeFileSync(
    join(folder, 'met.ndjson'),
    '{"type":"email-domain","value":"mail.harvest.example"}\n{"type":"client-build","value":"other/2"}\n',
  );
  const keys = { PUBLISH_KEY: await keyFor('publish'), PARTNER_KEY: await keyFor('exchange') };
  const said = await run(blockWith('exchange', 'npm run exchange'), { ...keys, LAB_ONE: served.origin, IDENTIFIER_KEY: 'k'.repeat(64) });
  expect(said).toContain('4 of 4 objects taken');
  expect(said).toContain('4 objects on 1 pages, 3 indicators that stand, 0 left out');
  expect(said).toContain('1 indicators of the group were met here');
  expect(said).toContain('2 of 2 objects taken');
  expect(said).toContain('1 of 1 objects taken');
  expect((await asAdmin('/v1/indicators')).items).toHaveLength(1);
});

test('every event that these pages show is one', () => {
  const events = PAGES.flatMap((page) => blocksOf(page, 'json').map((block) => JSON.parse(block))).filter(({ specversion }) => specversion);
  expect(events.map((event) => [event.id, parseEvent(event, Date.parse(event.time)).kind])).toEqual(events.map(({ id }) => [id, 'event']));
  expect(events.length).toBeGreaterThanOrEqual(5);
});

test('every command of these pages is one that is run here', () => {
  const run = RUN.map(([page, text]) => blockWith(page, text));
  expect(PAGES.flatMap((page) => blocksOf(page, 'sh')).filter((block) => !run.includes(block))).toEqual([]);
  const here = readFileSync(__filename, 'utf8');
  for (const [page, text] of RUN) expect(here).toMatch(new RegExp(`blockWith\\('${page}', ["']${text.replace(/[/<]/g, '.')}`));
});
