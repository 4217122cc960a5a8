import { approve, reject } from '../../../functions/enforcement/commands/approve';
import { assignCase, noteOnCase } from '../../../functions/enforcement/commands/case-notes';
import { chooseAccounts, openByHand, undoAccounts } from '../../../functions/enforcement/commands/choose-accounts';
import { exonerate, revokeExoneration } from '../../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase, undoPreview } from '../../../functions/enforcement/commands/undo';
import { dryRun } from '../../../functions/enforcement/policy/dry-run';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { DAY, HOUR } from '../../../shared/domain/time';
import { caseId } from '../../../shared/identity/ids';
import { onBothSides } from '../../support/sides';
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
  type TestWorld,
} from '../../support/worlds/enforcement-world';

const ASSIST = policyWith(inMode('assist'));
const stateOf = async (world: TestWorld, id = CASE) => (await world.enforcement.cases.head(id))?.state;
const seenIn = async (world: TestWorld, id: string = CASE) => {
  const run = await dryRun({ case: id }, world.enforcement);
  if (run.kind !== 'would-act') throw new Error(`nothing would happen: ${JSON.stringify(run)}`);
  return run;
};

onBothSides((side) => {
  describe('what is shown is what is approved', () => {
    test('a case that waits shows the size and the approvers of the newest run, as the dry run computes them', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      expect(await stateOf(world)).toMatchObject({ size: 20, approversNeeded: 1, progress: { kind: 'awaiting-approval' } });
      await world.detect(buildCampaign({ size: 30 }));
      const run = await seenIn(world);
      expect(await stateOf(world)).toMatchObject({ size: 30, approversNeeded: 2 });
      expect({ size: run.size, approvers: run.approvers }).toEqual({ size: 30, approvers: 2 });
      await exonerate(
        { ...says(BEN), scope: { kind: 'account', account: account(3) }, effect: 'exonerated', until: world.clock.now() + DAY },
        world.enforcement,
      );
      await world.detect(buildCampaign({ size: 24 }));
      expect(await stateOf(world)).toMatchObject({ size: 23, approversNeeded: 1 });
    });

    test('an approval of what was seen is refused when whom or how many changed; the sentence says both numbers', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      const { seen } = await seenIn(world);
      await world.detect(buildCampaign({ size: 30 }));
      const answer = await approve({ ...says(BEN), case: CASE, seen }, world.enforcement);
      expect(answer).toMatchObject({
        kind: 'refused',
        because: expect.stringContaining('you saw 20 accounts and 1 approver, now it is 30 accounts and 2 approvers'),
      });
      expect((await stateOf(world))?.approvals).toEqual([]);
      const again = await approve({ ...says(BEN), case: CASE, seen: (await seenIn(world)).seen }, world.enforcement);
      expect(again).toMatchObject({ kind: 'done', because: 'you are approver 1 of 2' });
    });

    test('the same number of other accounts is a change too', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      const { seen } = await seenIn(world);
      const other = buildCampaign({ size: 21 });
      await world.detect({ ...other, members: other.members.slice(1) });
      expect(await approve({ ...says(BEN), case: CASE, seen }, world.enforcement)).toMatchObject({
        kind: 'refused',
        because: expect.stringContaining('not the same ones'),
      });
    });
  });

  describe('undo', () => {
    const contained = async (size: number) => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size }));
      await world.pass(HOUR);
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      if (size > 24) await approve({ ...says(CLEO), case: CASE }, world.enforcement);
      await world.pass(2 * HOUR);
      return world;
    };

    test('the preview says who is restored, until when, and how many people it takes', async () => {
      const world = await contained(30);
      await undoAccount({ ...says(ADA), account: account(7) }, world.enforcement);
      const preview = await undoPreview(CASE, world.enforcement);
      expect(preview).toMatchObject({ restored: 29, untouched: 1, people: 2, byPlan: { paid: 29 } });
      expect(preview?.exoneratedUntil).toBeGreaterThan(world.clock.now() + 30 * DAY);
    });

    test('above the size that took two it takes two; meanwhile nobody else is acted on', async () => {
      const world = await contained(30);
      expect(await undoCase({ ...says(BEN), case: CASE }, world.enforcement)).toMatchObject({
        kind: 'done',
        because: expect.stringContaining('person 1 of 2'),
      });
      expect((await undoCase({ ...says(BEN), case: CASE }, world.enforcement)).kind).toBe('already');
      await world.detect(buildCampaign({ size: 34 }));
      await world.pass(HOUR);
      expect(world.provider.suspended()).toHaveLength(30);
      expect((await undoCase({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toEqual([]);
      expect(await stateOf(world)).toMatchObject({ undoneAt: expect.any(Number) });
    });

    test('a stale preview is refused, a small case takes one person', async () => {
      const world = await contained(20);
      const seen = (await undoPreview(CASE, world.enforcement))?.seen;
      await undoAccount({ ...says(ADA), account: account(7) }, world.enforcement);
      expect(await undoCase({ ...says(BEN), case: CASE, seen }, world.enforcement)).toMatchObject({ kind: 'refused' });
      const now = (await undoPreview(CASE, world.enforcement))?.seen;
      expect(await undoCase({ ...says(BEN), case: CASE, seen: now }, world.enforcement)).toMatchObject({ kind: 'done' });
    });

    test('what an undo exonerated can be revoked, for one account and for the campaign', async () => {
      const world = await contained(20);
      await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(HOUR);
      const exonerated = async () => {
        const found = [];
        for await (const one of world.enforcement.exonerations.accounts(world.clock.now())) found.push(one.account);
        return found.length;
      };
      expect(await exonerated()).toBe(20);
      const one = { kind: 'account', account: account(3) } as const;
      expect((await revokeExoneration({ ...says(CLEO), scope: one }, world.enforcement)).kind).toBe('done');
      expect((await revokeExoneration({ ...says(CLEO), scope: one }, world.enforcement)).kind).toBe('unknown');
      expect(await exonerated()).toBe(19);
      const all = { kind: 'campaign', campaign: 'C-hydra' } as const;
      expect((await revokeExoneration({ ...says(CLEO), scope: all }, world.enforcement)).kind).toBe('done');
      expect(await exonerated()).toBe(0);
    });
  });

  describe('some accounts', () => {
    test('left out by hand: approvals are asked for again, and they are not touched', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      const leaveOut = Array.from({ length: 6 }, (_, n) => account(n));
      expect((await chooseAccounts({ ...says(CLEO), case: CASE, leaveOut }, world.enforcement)).kind).toBe('done');
      expect(await stateOf(world)).toMatchObject({ size: 24, approvals: [], approversNeeded: 1 });
      await approve({ ...says(ADA), case: CASE }, world.enforcement);
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(24);
      expect(world.provider.about(account(2)).restriction).toBeNull();
      await world.detect(buildCampaign({ size: 30 }));
      expect(world.provider.suspended()).toHaveLength(24);
    });

    test('only these, and others taken in: the evidence is the person’s, protection and approvers stay', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      world.facts.set(account(501), { plan: 'enterprise' });
      await world.detect(buildCampaign({ size: 30 }));
      await world.pass(HOUR);
      await chooseAccounts({ ...says(CLEO), case: CASE, only: [account(1), account(2), account(500), account(501)] }, world.enforcement);
      expect(await stateOf(world)).toMatchObject({ size: 3, forPeople: 1, approversNeeded: 1 });
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(2 * HOUR);
      expect(world.provider.suspended().sort()).toEqual([account(1), account(2), account(500)]);
      const phase = (await world.enforcement.ledger.head(ACCOUNT_CHAIN, account(500)))?.state.phase;
      expect(phase).toMatchObject({ action: { because: ['a person added it to the case'] } });
    });

    test('restored one by one: at most as many as one person may', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await world.detect(buildCampaign({ size: 20 }));
      await world.pass(HOUR);
      await approve({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(2 * HOUR);
      const accounts = Array.from({ length: 5 }, (_, n) => account(n));
      expect(await undoAccounts({ ...says(CLEO), accounts }, world.enforcement)).toMatchObject({ kind: 'done' });
      expect(world.provider.suspended()).toHaveLength(15);
      const many = Array.from({ length: 25 }, (_, n) => account(n));
      expect(await undoAccounts({ ...says(CLEO), accounts: many }, world.enforcement)).toMatchObject({ kind: 'refused' });
    });
  });

  test('claims and notes are entries of the case and change nothing else', async () => {
    const world = await enforcementWorld(side, { policy: ASSIST });
    await world.detect(buildCampaign({ size: 20 }));
    const before = await stateOf(world);
    expect((await assignCase({ ...says(BEN), case: CASE, to: 'ben' }, world.enforcement)).kind).toBe('done');
    expect((await assignCase({ ...says(BEN), case: CASE, to: 'ben' }, world.enforcement)).kind).toBe('already');
    expect((await noteOnCase({ ...says(CLEO, 'the bank calls back on Monday'), case: CASE }, world.enforcement)).kind).toBe('done');
    expect((await noteOnCase({ ...says({ id: 'vic', role: 'viewer' }), case: CASE }, world.enforcement)).kind).toBe('refused');
    expect(await stateOf(world)).toEqual({ ...before, assignee: 'ben' });
    const history = await world.enforcement.cases.history(CASE);
    expect(history.map(({ what }) => what)).toEqual(['opened', 'claimed', 'noted']);
    expect(history.at(-1)?.because).toEqual(['the bank calls back on Monday']);
  });

  describe('a case by hand', () => {
    const tip = { accounts: [account(900)], action: 'suspend', reasonCode: 'coordinated-extraction' } as const;
    const only = async (world: TestWorld) => (await world.enforcement.cases.page(undefined, 10)).cases[0]?.id ?? caseId('none');

    test('takes another person than who opened it; contained, appealable, undone like any other', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      const opening = says(BEN, 'a bank told us');
      expect(await openByHand({ ...opening, ...tip }, world.enforcement)).toMatchObject({ kind: 'done' });
      await world.pass(1);
      expect(await openByHand({ ...opening, ...tip }, world.enforcement)).toMatchObject({ kind: 'already' });
      const id = await only(world);
      expect(await approve({ ...says(BEN), case: id }, world.enforcement)).toMatchObject({ kind: 'refused' });
      await world.pass(HOUR);
      expect(world.provider.received).toEqual([]);
      expect(await approve({ ...says(CLEO), case: id, seen: (await seenIn(world, id)).seen }, world.enforcement)).toMatchObject({
        kind: 'done',
        because: 'you are approver 1 of 1',
      });
      await world.enforcement.table.put({ pk: 'BUDGET', sk: 'POPULATION', activeAccounts: 1_000_000, at: world.clock.now() });
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toEqual([account(900)]);
      expect(world.provider.about(account(900)).letters.length + world.provider.received.length).toBeGreaterThan(0);
      expect((await undoCase({ ...says(ADA), case: id }, world.enforcement)).kind).toBe('done');
      await world.pass(HOUR);
      expect(world.provider.suspended()).toEqual([]);
    });

    test('an exempt account is refused with the reason, and a rejected case touches nobody', async () => {
      const world = await enforcementWorld(side, { policy: ASSIST });
      await exonerate(
        {
          ...says(ADA, 'the contract says so'),
          scope: { kind: 'account', account: account(900) },
          effect: 'exempt',
          until: world.clock.now() + DAY,
        },
        world.enforcement,
      );
      expect(await openByHand({ ...says(BEN), ...tip }, world.enforcement)).toMatchObject({
        kind: 'refused',
        because: expect.stringContaining('exempt until'),
      });
      await openByHand({ ...says(BEN), ...tip, accounts: [account(901)] }, world.enforcement);
      await reject({ ...says(CLEO), case: await only(world) }, world.enforcement);
      await world.pass(DAY);
      expect(world.provider.received).toEqual([]);
      expect(await progressOf(world)).toBeUndefined();
    });
  });
});
