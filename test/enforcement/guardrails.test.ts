import { approve, confirmActions, reject, resume } from '../../functions/enforcement/commands/approve';
import { exonerate, revokeExoneration } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { dryRun } from '../../functions/enforcement/dry-run';
import { turnKillSwitch } from '../../functions/enforcement/kill-switch';
import { standingOf } from '../../functions/enforcement/standing';
import { ACCOUNT_CHAIN } from '../../shared/model/action';
import type { Mode } from '../../shared/model/enforcement-policy';
import { caseId, hash64 } from '../../shared/model/ids';
import type { Policy } from '../../shared/model/policy';
import { DAY, HOUR, MINUTE } from '../../shared/model/time';
import { account, buildCampaign, buildMember } from '../support/build-campaign';
import { ADA, BEN, CLEO, enforcementWorld, policyWith, SMALL, says, type TestWorld, VIEWER } from '../support/enforcement-world';
import { onBothSides } from '../support/sides';

const CASE = caseId('C-hydra.0001');
const set = <T>(value: T) => ({ value, reason: 'the test says so' });
const inMode = (mode: Mode) => (enforcement: Policy['enforcement']) => {
  enforcement.modes.suspend = set(mode);
  enforcement.approval.twoAbove = set(24);
};
const kindOf = async (world: TestWorld) => (await world.enforcement.cases.head(CASE))?.state.progress.kind;

onBothSides((side) => {
  describe('modes', () => {
    test.each(['observe', 'shadow'] as const)('%s: nobody is touched, no case is opened', async (mode) => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode(mode)) });
      expect((await world.detect(buildCampaign()))[0]?.kind).toBe(mode === 'observe' ? 'left' : 'shadowed');
      await world.pass(3 * DAY);
      expect(world.provider.received).toEqual([]);
    });

    test('assist: above the size the policy names two distinct people approve, and only then is anybody touched', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      expect(await standingOf(account(1), world.enforcement)).toMatchObject({ standing: 'in-review', actedAt: null });
      expect((await approve({ ...says(VIEWER), case: CASE }, world.enforcement)).kind).toBe('refused');
      expect((await approve({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await approve({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('already');
      await world.pass(HOUR);
      expect(world.provider.received).toEqual([]);
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toHaveLength(30);
      expect((await approve({ ...says(ADA), case: CASE }, world.enforcement)).kind).toBe('refused');
    });

    test('assist: one approver is enough below it; a case nobody decided lapses', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(8 * DAY);
      expect(await kindOf(world)).toBe('lapsed');
      expect((await approve({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('refused');
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      expect((await approve({ ...says(BEN), case: 'C-hydra.0002' }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toHaveLength(20);
    });

    test('a rejected case stays rejected: the same campaign opens no other', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign());
      expect((await reject({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await reject({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('already');
      expect((await world.detect(buildCampaign({ size: 150 })))[0]?.kind).toBe('unchanged');
      await world.pass(DAY);
      expect(world.provider.received).toEqual([]);
    });

    test('even auto waits for two people above the size the policy names', async () => {
      const world = await enforcementWorld(side, {
        policy: policyWith((enforcement) => {
          enforcement.approval.autoUpTo = set(40);
        }),
      });
      await world.detect(buildCampaign({ size: 50 }));
      await world.pass(DAY);
      expect(await kindOf(world)).toBe('awaiting-approval');
      expect(world.provider.received).toEqual([]);
    });
  });

  describe('a campaign that grows', () => {
    test('beyond what one person may approve, before the approval counts: a second person is needed', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      await world.detect(buildCampaign({ size: 30 }));
      expect((await approve({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.received).toEqual([]);
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(30);
    });

    test('after it was contained: who joined waits for the second person', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(2 * HOUR);
      await world.detect(buildCampaign({ size: 22 }));
      expect(world.provider.suspended()).toHaveLength(22);
      expect((await world.detect(buildCampaign({ size: 25 })))[0]?.because.join()).toContain('25 accounts take 2 approvers, 1 approved');
      expect(world.provider.suspended()).toHaveLength(22);
      expect((await approve({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('already');
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.detect(buildCampaign({ size: 26 }));
      expect(world.provider.suspended()).toHaveLength(26);
    });

    test('between two stages: it stops, and goes on when enough people say so', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 22 }));
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      while ((await kindOf(world)) !== 'watching') await world.pass(MINUTE);
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      expect(await kindOf(world)).toBe('stopped');
      expect(world.provider.suspended()).toHaveLength(1);
      expect(await resume({ ...says(BEN), case: CASE }, world.enforcement)).toMatchObject({
        kind: 'done',
        because: '1 of 2 approvals to go on',
      });
      expect((await resume({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('already');
      expect((await resume({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(30);
    });
  });

  test('what is in force expires also while the case is stopped', async () => {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 100 }));
    while (world.provider.suspended().length < 10) await world.pass(MINUTE);
    await world.detect(buildCampaign({ size: 100, families: ['content'] }));
    await world.pass(DAY);
    expect(await kindOf(world)).toBe('stopped');
    await world.pass(45 * DAY);
    expect(world.provider.suspended()).toEqual([]);
    expect(await kindOf(world)).toBe('expired');
  });

  describe('who is spared', () => {
    test('protected accounts wait for two people who both name them', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      world.facts.set(account(5), { plan: 'enterprise' });
      await world.detect(buildCampaign({ size: 30 }));
      await approve({ ...says(BEN), case: CASE, protectedToo: true }, world.enforcement);
      await approve({ ...says(CLEO), case: CASE, protectedToo: true }, world.enforcement);
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toContain(account(5));

      const other = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      other.facts.set(account(5), { plan: 'enterprise' });
      await other.detect(buildCampaign({ size: 30 }));
      await approve({ ...says(BEN), case: CASE, protectedToo: true }, other.enforcement);
      await approve({ ...says(CLEO), case: CASE }, other.enforcement);
      await other.pass(2 * HOUR);
      expect(other.provider.suspended()).toHaveLength(29);
    });

    test('an exempt organisation is spared now and later, and what was in force is given back', async () => {
      const world = await enforcementWorld(side);
      const organization = hash64('00000000000000aa');
      for (let n = 0; n < 10; n++) world.facts.set(account(n), { plan: 'paid', organization });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(20);
      const scope = { kind: 'organization', organization } as const;
      const until = world.clock.now() + 90 * DAY;
      expect((await exonerate({ ...says(BEN), scope, effect: 'exempt', until }, world.enforcement)).kind).toBe('refused');
      expect(await exonerate({ ...says(ADA), scope, effect: 'exempt', until }, world.enforcement)).toMatchObject({
        kind: 'done',
        lifted: 10,
      });
      expect(await exonerate({ ...says(ADA), scope, effect: 'exempt', until }, world.enforcement)).toMatchObject({ kind: 'already' });
      expect(world.provider.suspended()).toHaveLength(10);
      world.facts.set(account(70), { plan: 'paid', organization });
      await world.detect(buildCampaign({ members: [...buildCampaign({ size: 20 }).members, buildMember(70), buildMember(71)] }));
      expect(world.provider.suspended()).not.toContain(account(70));
      expect(world.provider.suspended()).toContain(account(71));
      expect((await revokeExoneration({ ...says(BEN), scope }, world.enforcement)).kind).toBe('done');
      expect((await revokeExoneration({ ...says(BEN), scope }, world.enforcement)).kind).toBe('already');
    });

    test('evidence that fell away during the hold withdraws the case', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign());
      await world.detect(buildCampaign({ families: ['content'] }));
      await world.pass(HOUR);
      expect(await kindOf(world)).toBe('withdrawn');
      expect(world.provider.received).toEqual([]);
    });

    test('evidence that falls away between two stages stops the case before the next one', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 200 }));
      while ((await kindOf(world)) !== 'watching') await world.pass(MINUTE);
      await world.detect(buildCampaign({ size: 200, families: ['content'] }));
      await world.pass(HOUR);
      expect(await kindOf(world)).toBe('stopped');
      expect(world.provider.suspended()).toHaveLength(2);
    });
  });

  describe('limits', () => {
    test('the kill switch stops actions at once, restoring goes on, and never set counts as stopped', async () => {
      const unarmed = await enforcementWorld(side, { armed: false });
      await unarmed.detect(buildCampaign());
      await unarmed.pass(3 * HOUR);
      expect(unarmed.provider.received).toEqual([]);

      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 100 }));
      while (world.provider.suspended().length < 10) await world.pass(MINUTE);
      expect((await turnKillSwitch({ ...says(BEN), to: 'stopped' }, world.enforcement)).kind).toBe('done');
      await world.pass(3 * HOUR);
      expect(world.provider.suspended()).toHaveLength(10);
      expect((await turnKillSwitch({ ...says(BEN), to: 'armed' }, world.enforcement)).kind).toBe('refused');
      await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(HOUR);
      expect(world.provider.suspended()).toEqual([]);
    });

    test('budgets bound what happens in an hour and a day, and work goes on in the next', async () => {
      const world = await enforcementWorld(side, {
        policy: policyWith((enforcement) => {
          enforcement.budget.perHour = set(12);
          enforcement.budget.perDay = set(28);
        }),
      });
      await world.detect(buildCampaign({ size: 40 }));
      const perHour: number[] = [];
      for (let hour = 0; hour < 4; hour++) {
        await world.pass(HOUR - 1);
        perHour.push(world.provider.suspended().length);
        await world.pass(1);
      }
      expect(perHour).toEqual([12, 24, 28, 28]);
      await world.pass(DAY);
      expect(world.provider.suspended()).toHaveLength(40);
    });

    test('the share of active accounts bounds a day', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 100 }), 80);
      await world.pass(12 * HOUR);
      expect(world.provider.suspended()).toHaveLength(60);
    });

    test('too many reversals stop the case; a person who has seen them lets it go on', async () => {
      const world = await enforcementWorld(side, { policy: SMALL });
      await world.detect(buildCampaign({ size: 100 }));
      while (world.provider.suspended().length < 10) await world.pass(MINUTE);
      for (const wronged of world.provider.suspended().slice(0, 3))
        expect((await undoAccount({ ...says(BEN), account: wronged }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(await kindOf(world)).toBe('stopped');
      expect(world.provider.suspended()).toHaveLength(7);
      expect((await resume({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(97);
    });

    test('a receiver that refuses too often stops the case', async () => {
      const world = await enforcementWorld(side);
      world.provider.behaviour = () => 'refuses';
      await world.detect(buildCampaign({ size: 1000 }));
      await world.pass(DAY);
      expect(await kindOf(world)).toBe('stopped');
      expect(world.provider.received.length).toBeLessThanOrEqual(10);
    });

    test('a receiver that is down is tried again, then a person is asked; nothing is lost', async () => {
      const world = await enforcementWorld(side);
      world.provider.behaviour = () => 'down';
      await world.detect(buildCampaign({ size: 50 }));
      await world.pass(10 * MINUTE);
      world.provider.behaviour = () => 'obeys';
      await world.pass(3 * HOUR);
      expect(world.provider.suspended()).toHaveLength(50);

      const dead = await enforcementWorld(side);
      dead.provider.behaviour = () => 'down';
      await dead.detect(buildCampaign({ size: 50 }));
      await dead.pass(DAY);
      expect(await kindOf(dead)).toBe('stopped');
    });

    test('a receiver that says yes and does nothing is asked again, three times, then reported', async () => {
      const world = await enforcementWorld(side);
      world.provider.behaviour = () => 'lies';
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(DAY);
      expect(world.provider.received).toHaveLength(80);
      expect(new Set(world.provider.received.map((request) => request.id)).size).toBe(80);
      expect((await world.enforcement.cases.head(CASE))?.because.join()).toContain('20 given up on');
    });
  });

  describe('the way back', () => {
    test('a whole campaign is given back in one command, a tenth first, and the same evidence does not take it again', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 50 }));
      await world.pass(2 * HOUR);
      expect((await undoCase({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await undoCase({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('already');
      await world.pass(1);
      expect(world.provider.suspended()).toHaveLength(45);
      await world.pass(10 * MINUTE);
      expect(world.provider.suspended()).toEqual([]);
      expect((await world.detect(buildCampaign({ size: 60 })))[0]?.kind).toBe('unchanged');
      // The network under a new name: every account carries its exoneration itself.
      await world.detect(buildCampaign({ id: (await import('../../shared/model/ids')).campaignId('C-again'), size: 50 }));
      await world.pass(DAY);
      expect(world.provider.suspended()).toEqual([]);
      expect(await standingOf(account(4), world.enforcement)).toMatchObject({ standing: 'active' });
      const exonerated = [];
      for await (const one of world.enforcement.exonerations.accounts(world.clock.now())) exonerated.push(one.account);
      expect(exonerated).toHaveLength(50);
    });

    test('an undo during the hold means that nobody is ever touched', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign());
      await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(DAY);
      expect(world.provider.received).toEqual([]);
      expect(await kindOf(world)).toBe('undone');
    });

    test('a provider that does not restore is asked again under a new id', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(2 * HOUR);
      let lies = 20;
      world.provider.behaviour = (request) => (request.kind === 'restore' && lies-- > 0 ? 'lies' : 'obeys');
      await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(30 * MINUTE);
      expect(world.provider.suspended()).toHaveLength(20);
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toEqual([]);
    });

    test('one account that cannot be told now is told later', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(5 * HOUR);
      world.provider.behaviour = () => 'down';
      expect(await undoAccount({ ...says(BEN), account: account(2) }, world.enforcement)).toMatchObject({ kind: 'done' });
      expect(world.provider.suspended()).toContain(account(2));
      world.provider.behaviour = () => 'obeys';
      await world.pass(2 * MINUTE);
      expect(world.provider.suspended()).not.toContain(account(2));
      expect(await undoAccount({ ...says(BEN), account: account(2) }, world.enforcement)).toMatchObject({ kind: 'already' });
    });

    test('what enough people confirmed does not expire', async () => {
      const world = await enforcementWorld(side, { policy: SMALL });
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(2 * HOUR);
      expect((await confirmActions({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await confirmActions({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('already');
      await world.pass(HOUR);
      const expiry = async () => (await world.enforcement.ledger.head(ACCOUNT_CHAIN, account(1)))?.state.phase;
      expect(await expiry()).not.toMatchObject({ action: { expiresAt: null } });
      await confirmActions({ ...says(CLEO), case: CASE }, world.enforcement);
      await world.pass(60 * DAY);
      expect(world.provider.suspended()).toHaveLength(30);
      expect(await expiry()).toMatchObject({ action: { expiresAt: null } });
    });
  });

  test('owners of stolen keys get a new key and a letter; nobody is suspended or limited', async () => {
    const world = await enforcementWorld(side);
    const members = Array.from({ length: 20 }, (_, n) => buildMember(n, { role: 'suspected-victim' }));
    await world.detect(
      buildCampaign({
        members,
        kind: 'hijacked-keys',
        probabilities: { distillation: 0.01, reselling: 0.01, 'hijacked-keys': 0.96, 'shared-origin': 0.01, unclear: 0.01 },
      }),
    );
    await world.pass(2 * HOUR);
    expect(world.provider.about(account(3))).toMatchObject({ restriction: null, keysRotated: 1 });
    expect(world.provider.about(account(3)).letters[0]).toContain('Your account is not suspended');
    expect(new Set(world.provider.received.map((request) => request.kind))).toEqual(new Set(['rotate-key', 'notify-owner']));
  });

  test('a dry run counts and touches nobody', async () => {
    const world = await enforcementWorld(side);
    world.facts.set(account(5), { plan: 'enterprise' });
    world.facts.set(account(6), { plan: 'free' });
    const before = JSON.stringify([...(await world.enforcement.ledger.chainsOf(world.clock.now()))]);
    await world.enforcement.campaigns.save(buildCampaign({ size: 120 }));
    expect(await dryRun({ campaign: 'C-hydra' }, world.enforcement)).toMatchObject({
      kind: 'would-act',
      accounts: 119,
      byPlan: { paid: 118, free: 1 },
      protected: [{ account: account(5) }],
      stages: [{ accounts: 2 }, { accounts: 12 }, { accounts: 119 }],
      minutesToContainment: { least: 30, most: 45 },
      armed: true,
    });
    expect(await dryRun({ campaign: 'C-none' }, world.enforcement)).toMatchObject({ kind: 'unknown' });
    expect(JSON.stringify([...(await world.enforcement.ledger.chainsOf(world.clock.now()))])).toBe(before);
    expect(world.provider.received).toEqual([]);
  });
});
