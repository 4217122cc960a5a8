import { withMode } from '../../shared/domain/policy/policy';
import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { RECOMMENDED } from '../support/worlds/enforcement-world';

onBothSides((side) => {
  /** A policy's life over HTTP: drafted, read by a second person, measured on labelled traffic, live, rolled back. */
  async function open() {
    const { api, token, world } = await wholeApi(side, 24);
    let keys = 0;
    const call = async (who: string, role: 'viewer' | 'reviewer' | 'admin', path: string, body?: unknown) => {
      const headers = {
        authorization: `Bearer ${await token(role, { sub: who })}`,
        'content-type': 'application/json',
        'idempotency-key': `command-${++keys}`,
      };
      const answer = await api.request(path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    };
    return { call, world };
  }
  const BECAUSE = { because: 'measured on last month' };
  const candidate = withMode({ ...RECOMMENDED, version: 'candidate-7' }, 'auto', 'measured precise enough to act by itself');
  const accounts = (suspended: number, wrong: number) => [
    ...Array.from({ length: suspended }, (_, index) => ({ id: `acct-${index}`, standing: 'suspended', campaign: 'c1' })),
    ...Array.from({ length: wrong }, (_, index) => ({ id: `honest-${index}`, standing: 'suspended', campaign: 'c1' })),
  ];
  const labels = Array.from({ length: 5_000 }, (_, index) => ({ id: `acct-${index}`, label: 'distillation' }));

  test('each rule is shown in the mode in which it decides: that of its action, its own, or assist while it is demoted', async () => {
    const { call, world } = await open();
    world.judgeBy(RECOMMENDED);
    const modes = async () =>
      Object.fromEntries(
        (await call('vic', 'viewer', '/v1/policies/rules')).body.items.map(({ rule, mode }: Record<string, string>) => [rule, mode]),
      );
    expect(await modes()).toMatchObject({ 'distillation-suspend': 'auto', 'distillation-review': 'assist', 'reselling-review': 'assist' });
    await world.enforcement.rules.append('distillation-suspend', undefined, {
      actor: { kind: 'clock' },
      what: 'demoted',
      because: ['the test says so'],
      state: { demoted: true, acted: 1, appealed: 1, granted: 1 },
    });
    expect(await modes()).toMatchObject({ 'distillation-suspend': 'assist', 'distillation-watch': 'auto' });
  });

  test('nothing goes live unread or unmeasured; what was measured badly stays out; rolling back takes an admin and no more', async () => {
    const { call } = await open();
    const drafted = await call('ada', 'admin', '/v1/policies', { policy: candidate, ...BECAUSE });
    expect(drafted.body.kind).toBe('done');
    const digest: string = drafted.body.because.split(' ').pop();
    const about = `/v1/policies/${digest}`;
    expect((await call('vic', 'viewer', about)).body).toMatchObject({
      name: 'candidate-7',
      live: false,
      author: null,
      policy: { version: 'candidate-7' },
    });
    expect((await call('ada', 'admin', `${about}/live`, BECAUSE)).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('read'),
    });
    expect((await call('ada', 'admin', `${about}/review`, BECAUSE)).body.status).toBe(422);
    expect((await call('rei', 'reviewer', `${about}/review`, BECAUSE)).body.kind).toBe('done');
    expect((await call('ada', 'admin', `${about}/live`, BECAUSE)).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('never measured'),
    });

    const other = { policy: { digest: '0000000000000000' }, accounts: accounts(5_000, 0) };
    expect(
      (await call('rei', 'reviewer', `${about}/measurements`, { dataset: 'may', report: other, labels, ...BECAUSE })).body.status,
    ).toBe(422);
    const bad = { policy: { digest }, accounts: accounts(5_000, 40) };
    expect((await call('rei', 'reviewer', `${about}/measurements`, { dataset: 'may', report: bad, labels, ...BECAUSE })).body.kind).toBe(
      'done',
    );
    expect((await call('ada', 'admin', `${about}/live`, BECAUSE)).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('precision 99.21 %'),
    });
    const good = { policy: { digest }, accounts: accounts(5_000, 0) };
    expect((await call('rei', 'reviewer', `${about}/measurements`, { dataset: 'june', report: good, labels, ...BECAUSE })).body.kind).toBe(
      'done',
    );
    expect((await call('rei', 'reviewer', `${about}/live`, BECAUSE)).status).toBe(403);
    expect((await call('ada', 'admin', `${about}/live`, BECAUSE)).body.kind).toBe('done');
    expect((await call('rei', 'reviewer', '/v1/policies')).body.items).toMatchObject([
      {
        digest,
        live: true,
        reviewers: 1,
        author: 'ada',
        measurements: [
          { dataset: 'may', suspended: 5_040, right: 5_000, lookAlikesTouched: 40 },
          { dataset: 'june', precision: 1 },
        ],
      },
    ]);
    expect((await call('ada', 'admin', '/v1/policies/roll-back', BECAUSE)).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('policy was live before'),
    });
  });

  test('a number without a reason, a number out of range and an unknown field are named', async () => {
    const { call } = await open();
    const broken = structuredClone(candidate);
    broken.enforcement.rules[0]!.probability.value = 1.5;
    const { body } = await call('ada', 'admin', '/v1/policies', { policy: { ...broken, extra: 1 }, ...BECAUSE });
    expect(body.errors.map((error: { field: string }) => error.field).sort()).toEqual([
      'policy.enforcement.rules.0.probability.value',
      'policy.extra',
    ]);
    expect((await call('rei', 'reviewer', '/v1/policies', { policy: candidate, ...BECAUSE })).status).toBe(403);
  });

  test('two replays compared: counts of changed standings, no account named', async () => {
    const { call } = await open();
    const before = { policy: { digest: 'a'.repeat(16) }, accounts: accounts(30, 2) };
    const after = { policy: { digest: 'b'.repeat(16) }, accounts: [...accounts(25, 0), { id: 'acct-29', standing: 'watched' }] };
    const { body } = await call('rei', 'reviewer', '/v1/replays/compare', { before, after });
    expect(body.items).toEqual([
      { from: 'suspended', to: 'left alone', accounts: 6 },
      { from: 'suspended', to: 'watched', accounts: 1 },
    ]);
    expect(JSON.stringify(body)).not.toContain('acct-');
  });
});
