import { approve, reject, resume } from '../../../functions/enforcement/commands/approve';
import { CASE_CHAIN } from '../../../shared/domain/cases/case';
import { DAY, HOUR, MINUTE } from '../../../shared/domain/time';
import { onBothSides } from '../../support/sides';
import { standingOf } from '../../support/standing-of';
import { account, buildCampaign } from '../../support/worlds/build-campaign';
import {
  ADA,
  BEN,
  CASE,
  CLEO,
  enforcementWorld,
  inMode,
  policyWith,
  progressOf,
  says,
  set,
  VIEWER,
} from '../../support/worlds/enforcement-world';

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
      expect(await progressOf(world)).toBe('lapsed');
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
      expect(await progressOf(world)).toBe('awaiting-approval');
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

    test('and turns out to be another thing before anybody approved: people are asked about what the policy now says; after that it stops', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      const { enforcement } = world;
      const stolen = buildCampaign({
        size: 30,
        classification: 'hijacked-keys',
        probabilities: { distillation: 0, reselling: 0, 'hijacked-keys': 0.99, 'shared-origin': 0, unclear: 0.01 },
      });
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      const waits = async () => {
        const { progress, action, rule, classification, approvals } = (await enforcement.cases.head(CASE))!.state;
        return [progress.kind, action, rule, classification, approvals.length];
      };
      expect(await waits()).toEqual(['awaiting-approval', 'suspend', expect.stringContaining('distillation'), 'distillation', 0]);
      expect((await world.detect(stolen))[0]).toMatchObject({ kind: 'opened', case: CASE });
      expect(await waits()).toEqual(['awaiting-approval', 'disable-key', 'hijacked-review', 'hijacked-keys', 0]);
      const history = await enforcement.ledger.history(CASE_CHAIN, CASE);
      expect(history.at(-1)?.because[0]).toBe('the policy now says disable-key instead of suspend');
      expect((await world.detect(stolen))[0]?.kind).toBe('unchanged');
      // A word was given: it is about what that person saw.
      expect((await approve({ ...says(BEN), case: CASE }, enforcement)).kind).toBe('done');
      await world.detect(buildCampaign({ size: 30 }));
      expect(await waits()).toEqual(['awaiting-approval', 'disable-key', 'hijacked-review', 'hijacked-keys', 1]);
      expect((await approve({ ...says(CLEO), case: CASE }, enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('stopped');
      expect(world.provider.received).toEqual([]);
    });

    test('between two stages: it stops, and goes on when enough people say so', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('assist')) });
      await world.detect(buildCampaign({ size: 22 }));
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      while ((await progressOf(world)) !== 'watching') await world.pass(MINUTE);
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('stopped');
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
});
