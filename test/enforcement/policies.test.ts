import { draftPolicy, measurePolicy, putLive, reviewPolicy, rollBack } from '../../functions/enforcement/commands/policies';
import { changedDecisions, type Label, measure, type ReplayReport } from '../../functions/enforcement/measure';
import { type Policy, policyDigest } from '../../shared/domain/policy/policy';
import { livePolicyOf } from '../../shared/lambda/live-policy';
import { onBothSides } from '../support/sides';
import { ADA, BEN, enforcementWorld, policyWith, RECOMMENDED, says } from '../support/worlds/enforcement-world';

const ids = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}-${i}`);
const reportOf = (policy: Policy, suspended: string[], limited: string[] = []): ReplayReport => ({
  policy: { digest: policyDigest(policy) },
  accounts: [...suspended.map((id) => ({ id, standing: 'suspended' })), ...limited.map((id) => ({ id, standing: 'limited' }))],
});
const labels: Label[] = [
  ...ids('bad', 500).map((id) => ({ id, label: 'distillation' as const })),
  ...ids('reseller', 9).map((id) => ({ id, label: 'reselling' as const })),
];

test('measuring counts the right, the wrong and the honest who felt anything', () => {
  const report = reportOf(
    RECOMMENDED,
    [...ids('bad', 90), ...ids('reseller', 5), ...ids('person', 5)],
    [...ids('office', 3), 'reseller-7'],
  );
  expect(measure(report, labels)).toEqual({ suspended: 100, right: 90, precision: 0.9, lookAlikesTouched: 8, kept: 0 });
  expect(measure(reportOf(RECOMMENDED, []), labels)).toMatchObject({ suspended: 0, precision: 0 });
});

test('a candidate shows whose decision changes', () => {
  const before = reportOf(RECOMMENDED, ['a', 'b'], ['c']);
  const after = reportOf(RECOMMENDED, ['b', 'c'], ['d']);
  expect(changedDecisions(before, after)).toEqual([
    { account: 'a', from: 'suspended', to: 'left alone' },
    { account: 'c', from: 'limited', to: 'suspended' },
    { account: 'd', from: 'left alone', to: 'limited' },
  ]);
});

onBothSides((side) => {
  test('while nothing is live, everything is observed', async () => {
    const { enforcement } = await enforcementWorld(side);
    const { policy } = await livePolicyOf(enforcement.policies)();
    expect(new Set(Object.values(policy.enforcement.modes).map((mode) => mode.value))).toEqual(new Set(['observe']));
  });

  test('draft, review by a second person, measurement, live, rolled back: no step can be left out', async () => {
    const { enforcement } = await enforcementWorld(side);
    const live = livePolicyOf(enforcement.policies);
    const digest = policyDigest(RECOMMENDED);
    const good = reportOf(RECOMMENDED, ids('bad', 400));
    const dataset = 'planted campaigns 1';

    expect(await draftPolicy({ ...says(BEN), policy: RECOMMENDED }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await draftPolicy({ ...says(ADA), policy: { ...RECOMMENDED, version: 7 } }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('version'),
    });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({ kind: 'unknown' });
    expect(await draftPolicy({ ...says(ADA), policy: RECOMMENDED }, enforcement)).toMatchObject({ kind: 'done', digest });
    expect(await draftPolicy({ ...says(ADA), policy: RECOMMENDED }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('nobody but ada'),
    });
    expect(await reviewPolicy({ ...says(ADA), digest }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await reviewPolicy({ ...says(BEN), digest }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await reviewPolicy({ ...says(BEN), digest }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('never measured'),
    });

    const measured = (report: ReplayReport) => measurePolicy({ ...says(BEN), digest, dataset, report, labels }, enforcement);
    expect(await measured({ ...good, policy: { digest: 'another' } })).toMatchObject({ kind: 'refused' });
    expect(await measured(reportOf(RECOMMENDED, [...ids('bad', 400), 'person-1']))).toMatchObject({ kind: 'done' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('precision 99.75 %'),
    });
    expect(await measured(reportOf(RECOMMENDED, ids('bad', 20)))).toMatchObject({ kind: 'done' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('20 suspensions'),
    });
    const forged = measurePolicy(
      { ...says(BEN), digest, dataset, report: reportOf(RECOMMENDED, Array(2_000).fill('bad-1')), labels },
      enforcement,
    );
    expect(await forged).toMatchObject({ kind: 'refused', because: expect.stringContaining('more than once') });
    const manyLabels = [...labels, ...labels];
    expect(await measurePolicy({ ...says(BEN), digest, dataset: 'x', report: good, labels: manyLabels }, enforcement)).toMatchObject({
      kind: 'refused',
    });
    expect(await measurePolicy({ ...says(ADA), digest, dataset, report: good, labels }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('a second person has to measure it'),
    });
    const kinder = ids('person', 400).map((id) => ({ id, label: 'distillation' as const }));
    expect(await measurePolicy({ ...says(BEN), digest, dataset, report: good, labels: kinder }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('other labels before'),
    });
    expect(await measured(good)).toMatchObject({ kind: 'done' });
    expect(await measured(good)).toMatchObject({ kind: 'already' });
    expect(await putLive({ ...says(BEN), digest }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({ kind: 'already' });
    expect((await live()).digest).toBe(digest);

    expect(await rollBack(says(ADA), enforcement)).toMatchObject({ kind: 'refused' });
    // A candidate that lowers its own bar is held to the bar of the policy it would replace.
    const lax = policyWith((enforcement) => {
      enforcement.goLive.precision = { value: 0.5, reason: 'the test says so' };
    });
    const candidate = policyDigest(lax);
    await draftPolicy({ ...says(BEN, 'x'), actor: { ...BEN, role: 'admin' }, policy: lax }, enforcement);
    await reviewPolicy({ ...says(ADA), digest: candidate }, enforcement);
    await measurePolicy(
      { ...says(ADA), digest: candidate, dataset, report: reportOf(lax, [...ids('bad', 400), 'person-1']), labels },
      enforcement,
    );
    expect(await putLive({ ...says(ADA), digest: candidate }, enforcement)).toMatchObject({ kind: 'refused' });
    await measurePolicy({ ...says(ADA), digest: candidate, dataset, report: reportOf(lax, ids('bad', 450)), labels }, enforcement);
    expect(await putLive({ ...says(ADA), digest: candidate }, enforcement)).toMatchObject({ kind: 'done' });
    const command = says(ADA);
    expect(await rollBack(command, enforcement)).toMatchObject({ kind: 'done', digest });
    expect(await rollBack(command, enforcement)).toMatchObject({ kind: 'already' });
    expect((await live()).digest).toBe(digest);
  });
});
