import { takeSighting } from '../../functions/enforcement/canaries/take-sighting';
import { keepLabels } from '../../functions/enforcement/labels/keep-labels';
import { verificationDesk } from '../../functions/enforcement/verification/verification-desk';
import { readMessages } from '../../functions/ingest/read-messages';
import { MOST_ECHOES } from '../../shared/domain/campaigns/canary';
import type { Person } from '../../shared/domain/person';
import { DAY, iso, MINUTE } from '../../shared/domain/time';
import { canaryHash, canaryOf, isCanary } from '../../shared/identity/canary';
import { hashText } from '../../shared/identity/keyed-hash';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { MEMORY, onBothSides, type Side } from '../support/sides';
import { hasher, wholeApi } from '../support/whole-api';
import { FIXTURE_NOW, fixtureCampaign, saveFixture } from '../support/worlds/fixture-world';

const KEYS = { echoer: 'A'.repeat(22), other: 'B'.repeat(22) };

async function open(side: Side) {
  const whole = await wholeApi(side, 12);
  let keys = 0;
  const send = async (path: string, role: Person['role'], body?: object, key = `canary-${++keys}`) => {
    const headers = { authorization: `Bearer ${await whole.token(role)}`, 'content-type': 'application/json', 'idempotency-key': key };
    const method = body ? 'POST' : 'GET';
    const answer = await whole.api.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, body: await answer.json() };
  };
  const issue = async (subject: object = { kind: 'campaign', campaign: 'june' }, count = 3, key?: string) =>
    (await send('/v1/canaries', 'reviewer', { subject, count, because: 'under watch' }, key)).body as { set: string; tokens: string[] };
  const report = async (tokens: readonly string[], place: object, more: object = {}) =>
    (await send('/v1/canaries/sightings', 'reviewer', { tokens, place, because: 'seen', ...more })).body.items as { kind: string }[];
  const list = async (query = '') => (await send(`/v1/canaries${query}`, 'reviewer')).body;
  const members = (await whole.world.enforcement.campaigns.get('june' as never))!.members.map(({ account }) => account);
  return { ...whole, send, issue, report, list, members };
}

onBothSides((side) => {
  test('issued once, kept as hashes, echoed by somebody else: a link on the campaign, in the ledger, and nobody is acted on', async () => {
    const { issue, report, list, send, world, members, stores } = await open(side);
    const { set, tokens } = await issue();
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(isCanary(token, hasher)).toBe(true);
    const before = world.provider.received.length;
    expect(await report(tokens.slice(0, 2), { kind: 'account', account: KEYS.echoer })).toMatchObject([
      { kind: 'echoed' },
      { kind: 'echoed' },
    ]);
    expect(await report(tokens.slice(2), { kind: 'model', name: 'other-lab-7b' })).toMatchObject([{ kind: 'echoed' }]);
    const { items } = await list('?campaign=june');
    expect(items).toMatchObject([
      { id: set, subject: 'campaign', campaign: 'june', reading: 'echoed', tokens: 3, echoes: 3, stands: true },
    ]);
    expect(items[0].by).toMatchObject([
      { account: KEYS.echoer, model: null, campaign: null, tokens: 2 },
      { account: null, model: 'other-lab-7b', tokens: 1 },
    ]);
    // The same again, and from the account's own page.
    expect(await report(tokens.slice(0, 1), { kind: 'account', account: KEYS.echoer })).toMatchObject([{ kind: 'already' }]);
    expect((await list(`?account=${KEYS.echoer}`)).items).toHaveLength(1);
    expect((await list(`?account=${KEYS.other}`)).items).toHaveLength(0);
    expect(world.provider.received.length).toBe(before);
    const ledger = (await send('/v1/ledger?about=canary', 'reviewer')).body.items;
    expect(ledger.map(({ what }: { what: string }) => what).sort()).toEqual(['echoed', 'echoed', 'echoed', 'tokens issued']);
    const kept = JSON.stringify([ledger, (await stores.enforcement.query({ pk: `CN#${set}` })).items, items]);
    for (const token of tokens) expect(kept).not.toContain(token);
    expect(kept).toContain(hashText(canaryHash(tokens[0]!, hasher)));
    expect(members).not.toContain(KEYS.echoer);
  });

  test('a retry of the command shows the same tokens; another command others', async () => {
    const { issue, list } = await open(side);
    const first = await issue(undefined, 2, 'one-command');
    expect(await issue(undefined, 2, 'one-command')).toEqual(first);
    expect((await issue(undefined, 2)).tokens).not.toEqual(first.tokens);
    expect((await list()).items).toHaveLength(2);
  });

  test('the same key with another request is refused as elsewhere, and makes no set', async () => {
    const { issue, send, list, world } = await open(side);
    const first = await issue(undefined, 2, 'one-command');
    const body = { subject: { kind: 'campaign', campaign: 'june' }, count: 2, because: 'under watch' };
    const others: object[] = [
      { ...body, count: 3 },
      { ...body, subject: { kind: 'control' } },
      { ...body, subject: { kind: 'account', account: KEYS.other } },
      { ...body, because: 'another reason' },
      { ...body, until: iso(world.clock.now() + DAY) },
    ];
    for (const other of others) {
      const { status, body: problem } = await send('/v1/canaries', 'reviewer', other, 'one-command');
      expect(problem).toMatchObject({ type: expect.stringContaining('idempotency-mismatch') });
      expect(status).toBe(422);
      expect(JSON.stringify(problem)).not.toContain(first.tokens[0]);
    }
    expect((await list()).items).toHaveLength(1);
    // Another person's command with this key is another command.
    expect((await send('/v1/canaries', 'admin', { ...body, count: 3 }, 'one-command')).status).toBe(200);
    expect(await issue(undefined, 2, 'one-command')).toEqual(first);
  });

  test('never issued, echoed by its owner, by a public page, before it was issued, after it was withdrawn: each a clear answer that links nobody', async () => {
    const { issue, report, list, members, send } = await open(side);
    const stranger = 'abcdefghijklmnopqrstuvwxyz';
    const { set, tokens } = await issue();
    const unissued = canaryLike('a seed of nobody');
    expect(await report([stranger, unissued, ''.padEnd(100, 'x')], { kind: 'account', account: KEYS.echoer })).toMatchObject([
      { kind: 'never-issued' },
      { kind: 'never-issued' },
      { kind: 'never-issued' },
    ]);
    expect((await list()).items).toMatchObject([{ reading: 'not-seen', by: [], echoes: 0 }]);
    await report(tokens, { kind: 'account', account: members[0] });
    expect((await list()).items).toMatchObject([{ reading: 'own', by: [] }]);
    const early = iso(FIXTURE_NOW - 30 * DAY);
    expect(await report(tokens, { kind: 'account', account: KEYS.echoer }, { at: early })).toMatchObject(
      tokens.map(() => ({ kind: 'outdated' })),
    );
    for (let reader = 0; reader < 5; reader++) await report(tokens.slice(0, 1), { kind: 'account', account: `${reader}`.repeat(22) });
    expect((await list()).items).toMatchObject([{ reading: 'public', by: [] }]);
    expect((await send(`/v1/canaries/${set}/withdraw`, 'reviewer', { because: 'it leaked' })).body.kind).toBe('done');
    expect((await send(`/v1/canaries/${set}/withdraw`, 'reviewer', { because: 'it leaked' })).body.kind).toBe('already');
    expect(await report(tokens.slice(1), { kind: 'account', account: KEYS.other })).toMatchObject([{ kind: 'ended' }, { kind: 'ended' }]);
    expect((await list()).items).toMatchObject([{ reading: 'withdrawn', by: [], stands: false }]);
  });

  test('in a prompt: ingest finds it, whoever sends it, once; the text is in nothing that is handed on', async () => {
    const { issue, list, world } = await open(side);
    const { tokens } = await issue({ kind: 'account', account: KEYS.other });
    const event = (id: string, data: object) => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 'test',
      id,
      time: iso(world.clock.now()),
      subject: 'acct-echo',
      data: { model: 'm', inputTokens: 1, outputTokens: 1, ...data },
    });
    const body = JSON.stringify([
      event('1', { prompt: { text: `continue: see ${tokens[0]}, and "${tokens[0]}"` } }),
      event('2', { prompt: { system: `id=${tokens[0]}` } }),
      event('3', { canaries: [tokens[1], 'never of ours', canaryLike('nobody')] }),
      event('5', { prompt: { text: tokens[2] }, status: 'blocked' }),
      event('4', { prompt: { text: `x${tokens[2]}y is one word, and no token` } }),
    ]);
    const taken = readMessages([{ id: 'm', body }], { now: world.clock.now() + MINUTE, hasher, segments: 1 });
    expect(taken.rejected).toEqual([]);
    // The third is of our form, and was made under the key by nobody's command.
    expect(taken.sightings).toHaveLength(3);
    for (const token of tokens) expect(JSON.stringify(taken.sightings)).not.toContain(token);
    const desk = verificationDesk(world.enforcement);
    for (let times = 0; times < 2; times++) await desk.send(taken.sightings.map((one) => JSON.stringify(one)));
    const { items } = await list();
    expect(items).toMatchObject([{ subject: 'account', reading: 'echoed', echoes: 2 }]);
    expect(items[0].by).toMatchObject([{ account: hasher.account('acct-echo').key, tokens: 2 }]);
  });
});

const canaryLike = (seed: string): string => canaryOf(seed, hasher);

test('two campaigns that repeat each other count as one reader each; controls and labels measure how often it is wrong', async () => {
  const { issue, report, list, stores, members, send, world } = await open(MEMORY);
  await saveFixture(
    fixtureCampaign({ id: 'july', classification: 'distillation', accounts: 12, firstSeen: FIXTURE_NOW - DAY, seed: 7 }),
    stores,
  );
  const { tokens } = await issue();
  const july = (await list('?campaign=july')).items;
  expect(july).toEqual([]);
  const accounts = (await new CampaignStore(stores).get('july' as never))!.members.map(({ account }) => account);
  const outside = accounts.filter((account) => !members.includes(account));
  expect(outside.length).toBeGreaterThan(5);
  for (const account of outside) await report(tokens.slice(0, 1), { kind: 'account', account });
  const [set] = (await list('?campaign=july')).items;
  expect(set.reading).toBe('echoed');
  expect(new Set(set.by.map(({ campaign }: { campaign: string }) => campaign))).toEqual(new Set(['july']));

  const control = await issue({ kind: 'control' }, 4);
  expect((await list()).falsePositives).toEqual({ controls: 4, controlsBack: 0, judged: 0, honest: 0, atMost: null });
  await report(control.tokens.slice(0, 1), { kind: 'model', name: 'somebody says so' });
  for (const [account, value] of [
    [outside[0], 'distillation'],
    [outside[1], 'honest'],
  ])
    await send('/v1/labels', 'reviewer', { accounts: [account], label: value, because: 'looked at it' });
  world.clock.advanceTo(FIXTURE_NOW + 3 * DAY);
  await keepLabels(world.enforcement);
  const { items, falsePositives } = await list();
  expect(items.find(({ id }: { id: string }) => id === control.set)).toMatchObject({ reading: 'false', by: [] });
  expect(falsePositives).toMatchObject({ controls: 4, controlsBack: 1, judged: 2, honest: 1 });
  expect(falsePositives.atMost).toBeCloseTo(0.91, 1);
});

test('of one set so many echoes are remembered; what comes after is counted once and then only answered', async () => {
  const { issue, list, world } = await open(MEMORY);
  const { tokens } = await issue(undefined, 1);
  const token = hashText(canaryHash(tokens[0]!, hasher));
  const from = (name: string) =>
    takeSighting({ token, place: { kind: 'model', name }, at: world.clock.now(), actor: { kind: 'provider' } }, world.enforcement);
  const answers: string[] = [];
  for (let model = 0; model < MOST_ECHOES + 3; model++) answers.push((await from(`model ${model}`)).kind);
  expect(answers.filter((kind) => kind === 'echoed')).toHaveLength(MOST_ECHOES + 1);
  expect(answers.slice(-2)).toEqual(['full', 'full']);
  expect((await from('model 0')).kind).toBe('already');
  expect((await list()).items).toMatchObject([{ reading: 'echoed', echoes: MOST_ECHOES + 1 }]);
});

test('who may, and what cannot be asked', async () => {
  const { send } = await open(MEMORY);
  const subject = { kind: 'campaign', campaign: 'june' };
  expect((await send('/v1/canaries', 'viewer', { subject, because: 'just so' })).status).toBe(403);
  expect((await send('/v1/canaries', 'reviewer', { subject: { kind: 'campaign', campaign: 'none' }, because: 'just so' })).status).toBe(
    404,
  );
  for (const wrong of [
    { count: 0 },
    { count: 51 },
    { count: 1.5 },
    { subject: {} },
    { extra: 1 },
    { because: '' },
    { subject: { kind: 'control', campaign: 'june' } },
  ])
    expect((await send('/v1/canaries', 'reviewer', { subject, because: 'just so', ...wrong })).status).toBe(400);
  for (const until of [iso(FIXTURE_NOW - DAY), iso(FIXTURE_NOW + 500 * DAY)])
    expect((await send('/v1/canaries', 'reviewer', { subject, because: 'just so', until })).status).toBe(422);
  const place = { kind: 'model', name: 'm' };
  for (const wrong of [
    { tokens: [] },
    { tokens: Array(51).fill('x') },
    { place: { kind: 'page' } },
    { place: { kind: 'model', name: 'a\nb' } },
  ])
    expect((await send('/v1/canaries/sightings', 'reviewer', { tokens: ['x'], place, because: 'just so', ...wrong })).status).toBe(400);
  const late = { tokens: ['x'], place, because: 'just so', at: iso(FIXTURE_NOW + 50 * DAY) };
  expect((await send('/v1/canaries/sightings', 'reviewer', late)).status).toBe(400);
  expect((await send('/v1/canaries/cn-000000000000/withdraw', 'reviewer', { because: 'just so' })).status).toBe(404);
  expect((await send('/v1/canaries/june/withdraw', 'reviewer', { because: 'just so' })).status).toBe(400);
});
