import { openAppeal } from '../../functions/appeals/appeal';
import { reviewAppeal } from '../../functions/appeals/review';
import { approve, confirmActions } from '../../functions/enforcement/commands/approve';
import { exonerate, revokeExoneration } from '../../functions/enforcement/commands/exonerate';
import { labelAccounts } from '../../functions/enforcement/commands/label-accounts';
import { draftPolicy, measurePolicy, putLive, reviewPolicy } from '../../functions/enforcement/commands/policies';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { keepLabels } from '../../functions/enforcement/labels/keep-labels';
import { calibration, truthOf } from '../../functions/query/labels/calibration';
import { LABEL_SOURCES, LABELS, type Label, standingLabel } from '../../shared/domain/campaigns/label';
import { policyDigest, withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { type AccountKey, accountKey } from '../../shared/identity/ids';
import { fc } from '../support/property';
import { onBothSides } from '../support/sides';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import {
  ADA,
  BEN,
  CASE,
  CLEO,
  DAN,
  enforcementWorld,
  RECOMMENDED,
  SMALL,
  says,
  type TestWorld,
  VIEWER,
} from '../support/worlds/enforcement-world';

const assist = withMode(SMALL, 'assist', 'the test says so');
const stands = async (world: TestWorld, key: AccountKey) => standingLabel(await world.enforcement.labels.of(key));

onBothSides((side) => {
  async function contained(size = 12): Promise<TestWorld> {
    const world = await enforcementWorld(side, { policy: assist });
    await world.detect(buildCampaign({ size }));
    await world.pass(2 * HOUR);
    await approve({ ...says(BEN), case: CASE }, world.enforcement);
    await world.pass(2 * HOUR);
    expect(world.provider.suspended()).toHaveLength(size);
    return world;
  }
  const appealOf = async (world: TestWorld, key: AccountKey): Promise<string> => {
    const url = world.provider.received.find((request) => request.account === key)?.appealUrl ?? '';
    const opened = await openAppeal(url.slice(url.indexOf('#') + 1), 'it was not me', world.appeals);
    if (opened.kind !== 'opened') throw new Error(opened.because);
    return opened.appeal;
  };

  test('what people decide is a label, with who, when and why; what a machine decided and a person approved is none', async () => {
    const world = await contained();
    const { enforcement } = world;
    expect(await enforcement.labels.standing()).toEqual(new Map());

    await undoAccount({ ...says(BEN, 'their press office called'), account: account(1) }, enforcement);
    const granted = await appealOf(world, account(2));
    const denied = await appealOf(world, account(3));
    for (const [appeal, verdict] of [
      [granted, 'grant'],
      [denied, 'deny'],
    ] as const)
      for (const who of [CLEO, DAN]) await reviewAppeal({ ...says(who, 'the papers say so'), appeal, verdict }, world.appeals);
    const until = world.clock.now() + DAY;
    const word = { scope: { kind: 'account', account: account(99) } as const, effect: 'exonerated' as const, until };
    await exonerate({ ...says(BEN, 'a customer of ours'), ...word }, enforcement);
    await world.pass(HOUR);
    const judged = { campaign: 'C-hydra', case: CASE, rule: 'distillation-suspend', classification: 'distillation' };
    expect(await stands(world, account(1))).toMatchObject({ value: 'honest', source: 'undo', by: 'ben', judged });
    expect((await stands(world, account(1)))?.because).toContain('their press office called');
    expect(await stands(world, account(2))).toMatchObject({ value: 'honest', source: 'appeal', judged });
    expect(await stands(world, account(3))).toMatchObject({ value: 'distillation', source: 'appeal', judged });
    expect(await stands(world, account(99))).toMatchObject({ value: 'honest', source: 'exoneration', judged: null });
    expect(await stands(world, account(4))).toBeNull();

    await confirmActions({ ...says(BEN, 'the bank agrees'), case: CASE }, enforcement);
    await revokeExoneration({ ...says(BEN, 'it was another'), scope: { kind: 'account', account: account(99) } }, enforcement);
    await world.pass(DAY);
    expect(await stands(world, account(4))).toMatchObject({ value: 'distillation', source: 'confirmation', by: 'ben', judged });
    expect(await stands(world, account(99))).toBeNull();
    expect(await enforcement.labels.ofRule('distillation-suspend', 0)).toEqual({ labelled: 12, right: 10, reversed: 1 });

    await undoCase({ ...says(CLEO, 'wrong after all'), case: CASE }, enforcement);
    await world.pass(DAY);
    expect(await stands(world, account(4))).toMatchObject({ value: 'honest', source: 'undo', by: 'cleo' });
    expect(await enforcement.labels.ofRule('distillation-suspend', 0)).toMatchObject({ labelled: 12, right: 0 });
  });

  test('reading the ledger again writes nothing new; a label by hand is kept, taken back, and refused about nobody', async () => {
    const world = await contained();
    const { enforcement } = world;
    const label = (value: 'honest' | 'distillation' | null, accounts = [account(5)]) =>
      labelAccounts({ ...says(CLEO, 'I called them'), accounts, value, source: 'analyst' }, enforcement);
    expect(await labelAccounts({ ...says(VIEWER), accounts: [account(5)], value: 'honest', source: 'analyst' }, enforcement)).toMatchObject(
      {
        kind: 'refused',
      },
    );
    expect(await label('honest', [account(5), accountKey('nobody-at-all-00000000')])).toMatchObject({
      kind: 'unknown',
      because: expect.stringContaining('nobody-at-all'),
    });
    expect(await label(null)).toMatchObject({ kind: 'already' });
    expect(await label('honest')).toMatchObject({ kind: 'done', labelled: 1 });
    expect(await label('honest')).toMatchObject({ kind: 'already' });
    await undoAccount({ ...says(BEN), account: account(6) }, enforcement);
    await world.pass(HOUR);
    expect(await stands(world, account(5))).toMatchObject({ value: 'honest', source: 'analyst', by: 'cleo', because: 'I called them' });
    // It acts on nobody.
    expect(world.provider.suspended()).toContain(account(5));

    const before = await enforcement.labels.page(undefined, 100);
    await enforcement.table.delete('LABELLED', 'CURSOR');
    expect((await keepLabels(enforcement, 1)).kept).toBe(2);
    expect(await enforcement.labels.page(undefined, 100)).toEqual(before);

    expect(await label(null)).toMatchObject({ kind: 'done' });
    await world.pass(HOUR);
    expect(await stands(world, account(5))).toBeNull();
    expect(await enforcement.labels.ofRule('distillation-suspend', 0)).toEqual({ labelled: 1, right: 0, reversed: 1 });
  });

  test('pages of labels hold every account once, whatever their size', async () => {
    const { enforcement } = await enforcementWorld(side);
    const names = ['A', 'A-b', 'zebra', '_x', '0', 'Azz', 'q'].map((name) => accountKey(name));
    const facts = { value: 'honest', source: 'analyst', by: 'ben', because: 'it is', judged: null } as const;
    for (const name of names)
      for (const entry of ['f0', 'f1']) await enforcement.labels.put({ ...facts, account: name, at: entry === 'f0' ? 1 : 2, entry });
    for (const size of [1, 2, 3, 50]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await enforcement.labels.page(after, size);
        expect(page.accounts.length).toBeLessThanOrEqual(size);
        for (const one of page.accounts) {
          seen.push(one.account);
          expect(one.labels).toHaveLength(2);
        }
        after = page.next;
      } while (after !== undefined);
      expect([...seen].sort()).toEqual([...names].sort());
      expect(new Set(seen).size).toBe(names.length);
    }
  });

  test('a policy that would suspend whom people here found honest does not go live, whatever the labels of its data set say', async () => {
    const world = await contained();
    const { enforcement } = world;
    await undoAccount({ ...says(BEN), account: account(1) }, enforcement);
    await world.pass(HOUR);
    const digest = policyDigest(RECOMMENDED);
    await draftPolicy({ ...says(ADA), policy: RECOMMENDED }, enforcement);
    await reviewPolicy({ ...says(BEN), digest }, enforcement);
    const ids = Array.from({ length: 5_000 }, (_, n) => `bad-${n}`);
    const measured = (wronged: string[]) => {
      const all = [...ids, ...wronged];
      const report = { policy: { digest }, accounts: all.map((id) => ({ id, standing: 'suspended' })) };
      const labels = [...ids, 'ours-1'].map((id) => ({ id, label: 'distillation' as const }));
      // As the server names the accounts of a report: `ours-1` is an account that was restored here.
      const keyOf = async (id: string) => (id === 'ours-1' ? account(1) : `key of ${id}`);
      return measurePolicy({ ...says(BEN), digest, dataset: 'planted', report, labels }, enforcement, keyOf);
    };
    expect(await measured(['ours-1'])).toMatchObject({ kind: 'done' });
    expect((await enforcement.policies.record(digest))?.state.measurements.at(-1)).toMatchObject({ kept: 1, lookAlikesTouched: 1 });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('1 honest accounts touched'),
    });
    expect(await measured([])).toMatchObject({ kind: 'done' });
    expect(await putLive({ ...says(ADA), digest }, enforcement)).toMatchObject({ kind: 'done' });
  });
});

describe('what stands', () => {
  const label = fc.record({
    account: fc.constant(account(1)),
    value: fc.option(fc.constantFrom(...LABELS), { nil: null }),
    source: fc.constantFrom(...LABEL_SOURCES),
    by: fc.constant('ben'),
    at: fc.integer({ min: 0, max: 5 }),
    because: fc.constant('so'),
    judged: fc.constant(null),
    entry: fc.stringMatching(/^[0-9a-f]{4}$/),
  });
  test('does not depend on the order of reading, and a source that took its word back is not heard', () => {
    let stood = 0;
    fc.assert(
      fc.property(fc.uniqueArray(label, { selector: ({ entry }) => entry, maxLength: 6 }), (labels: Label[]) => {
        const found = standingLabel(labels);
        expect(standingLabel([...labels].reverse())).toEqual(found);
        if (!found) return;
        stood++;
        expect(found.value).not.toBeNull();
        const later = labels.filter(({ source, at }) => source === found.source && at > found.at);
        expect(later).toEqual([]);
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(stood).toBeGreaterThan(50);
  });

  test.each([
    [['honest', 'honest', 'distillation'], 'shared-origin'],
    [['distillation', 'distillation', 'honest'], 'distillation'],
    [['distillation', 'honest'], undefined],
  ] as const)('a group of %j is %s', (labels, classification) => {
    expect(truthOf(labels)).toBe(classification);
  });

  test('calibration counts a group once, in the bin of what was said of it', () => {
    const said = (distillation: number) => ({
      distillation,
      reselling: 1 - distillation,
      'hijacked-keys': 0,
      'shared-origin': 0,
      unclear: 0,
    });
    const groups = [
      ...Array.from({ length: 9 }, () => ({ probabilities: said(0.96), labels: ['distillation', 'distillation'] as const })),
      { probabilities: said(0.96), labels: ['honest'] as const },
      { probabilities: said(0.6), labels: ['reselling'] as const },
      { probabilities: said(0.6), labels: ['reselling', 'honest'] as const },
    ];
    const bins = calibration(groups);
    expect(bins.find(({ from }) => from === 0.95)).toMatchObject({ groups: 10, were: 0.9 });
    expect(bins.find(({ from }) => from === 0.5)).toMatchObject({ groups: 1, were: 0 });
    expect(bins.reduce((sum, bin) => sum + bin.groups, 0)).toBe(11);
  });
});
