import { confirmActions } from '../../functions/enforcement/commands/approve';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { onBothSides } from '../support/sides';
import { standingOf } from '../support/standing-of';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { BEN, CASE, CLEO, enforcementWorld, progressOf, SMALL, says } from '../support/worlds/enforcement-world';

onBothSides((side) => {
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
      await world.detect(buildCampaign({ id: (await import('../../shared/identity/ids')).campaignId('C-again'), size: 50 }));
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
      expect(await progressOf(world)).toBe('undone');
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
});
