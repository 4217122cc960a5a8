import { advance } from '../../functions/enforcement/case/advance';
import { leaseOf } from '../../functions/enforcement/case/alone';
import { step } from '../../functions/enforcement/case/step';
import { approve } from '../../functions/enforcement/commands/approve';
import { undoAccount } from '../../functions/enforcement/commands/undo';
import { openEnforcement } from '../../functions/enforcement/enforcement';
import { verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { standings } from '../../functions/enforcement/standing/standing';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { caseId } from '../../shared/identity/ids';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { onBothSides } from '../support/sides';
import { standingOf } from '../support/standing-of';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';
import { BEN, CLEO, enforcementWorld, policyWith, SMALL, says, set } from '../support/worlds/enforcement-world';

const CASE = caseId('C-hydra.0001');

onBothSides((side) => {
  describe('a distillation campaign in mode auto', () => {
    test('is held, then contained in stages, all of it within an hour and a half', async () => {
      const { detect, pass, provider, enforcement } = await enforcementWorld(side);
      expect(await detect(buildCampaign({ size: 100 }))).toMatchObject([{ kind: 'opened', case: CASE }]);
      await pass(4 * MINUTE);
      expect(provider.suspended()).toHaveLength(0);
      const sizes = new Set<number>();
      for (let minute = 0; minute < 86; minute++) {
        await pass(MINUTE);
        sizes.add(provider.suspended().length);
      }
      expect([...sizes]).toEqual([0, 1, 10, 100]);
      const head = await enforcement.cases.head(CASE);
      expect(head?.state.progress.kind).toBe('contained');
      expect(head?.state.containedAt).toBeLessThan(T0 + 90 * MINUTE);
      expect(await standingOf(account(7), enforcement)).toMatchObject({ standing: 'suspended', campaign: 'C-hydra', detectedAt: T0 });
    });

    test('two workers on one case: each account is asked once, and nobody uses budget for nothing', async () => {
      const world = await enforcementWorld(side, {
        policy: policyWith((enforcement) => {
          for (const stage of enforcement.stages) stage.watchMinutes = set(0);
        }),
      });
      await world.detect(buildCampaign({ size: 200 }));
      world.clock.advanceTo(world.clock.now() + 2 * HOUR);
      const used = async () => Number((await world.stores.enforcement.get('BUDGET#RUN#run-1', 'USED'))?.used);
      for (let turn = 0; turn < 20; turn++) {
        await Promise.all([advance(world.enforcement), advance(world.enforcement), world.detect(buildCampaign({ size: 200 }))]);
        world.clock.advanceTo(world.clock.now() + 1);
        expect(await used()).toBe(world.provider.received.length);
      }
      expect(world.provider.suspended()).toHaveLength(200);
      expect(world.provider.received).toHaveLength(200);
    });

    test('a worker that dies holding a case keeps others from it until its lease is over, and no longer', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 20 }));
      world.clock.advanceTo(world.clock.now() + HOUR);
      await world.enforcement.leases.take(leaseOf(CASE), 'who died', 16 * MINUTE);
      await advance(world.enforcement);
      expect(world.provider.received).toEqual([]);
      await world.pass(20 * MINUTE);
      expect(world.provider.received.length).toBeGreaterThan(0);
    });

    test('who finds somebody at work on a case looks again within a minute, not when their lease would end', async () => {
      const { clock, enforcement, detect } = await enforcementWorld(side);
      await detect(buildCampaign({ size: 20 }));
      clock.advanceTo(clock.now() + HOUR);
      await step(CASE, enforcement);
      expect((await enforcement.cases.head(CASE))?.state.progress.kind).toBe('containing');
      await enforcement.leases.take(leaseOf(CASE), 'who works', 16 * MINUTE);
      const because = 'somebody else is working on the case';
      expect(await step(CASE, enforcement)).toEqual({ kind: 'wait', until: clock.now() + MINUTE, because });
      clock.advanceTo(clock.now() + MINUTE);
      await enforcement.leases.release(leaseOf(CASE), 'who works');
      expect(await step(CASE, enforcement)).not.toMatchObject({ because });
    });

    test('asks each account once, and the account events confirm it', async () => {
      const { detect, pass, provider, enforcement } = await enforcementWorld(side);
      await detect(buildCampaign({ size: 20 }));
      await pass(3 * HOUR);
      expect(provider.received).toHaveLength(20);
      const chain = await enforcement.ledger.history(ACCOUNT_CHAIN, account(3));
      expect(chain.map((entry) => entry.what)).toEqual(['suspend asked', 'acknowledged', 'observed']);
    });

    test('members who join later are contained without a new hold, nobody twice', async () => {
      const { detect, pass, provider, enforcement } = await enforcementWorld(side);
      await detect(buildCampaign({ size: 20 }));
      await pass(2 * HOUR);
      const grown = [
        ...buildCampaign({ size: 20 }).members,
        buildMember(50),
        buildMember(51, { role: 'bystander' }),
        buildMember(52, { families: ['payment'] }),
      ];
      expect(await detect(buildCampaign({ members: grown }))).toMatchObject([{ kind: 'joined' }]);
      expect(provider.suspended()).toHaveLength(21);
      expect(await detect(buildCampaign({ members: grown }))).toMatchObject([{ kind: 'unchanged' }]);
      expect(provider.received).toHaveLength(21);
      // Whose appeals count against the rule are among those that it acted on.
      expect((await enforcement.rules.rates('distillation-suspend', 0)).acted).toBe(21);
    });

    test('a wave that joins is met in stages, each as large as all before it', async () => {
      const { detect, pass, provider } = await enforcementWorld(side);
      await detect(buildCampaign({ size: 12 }));
      await pass(2 * HOUR);
      const met: number[] = [];
      for (let run = 0; run < 4; run++) {
        await detect(buildCampaign({ size: 50 }));
        // The same run, delivered again, meets nobody more.
        await detect(buildCampaign({ size: 50 }));
        met.push(provider.suspended().length);
        await pass(HOUR);
      }
      expect(met).toEqual([24, 48, 50, 50]);
    });

    test('a wave waits for a person where the effects so far say stop, and goes on once one approved', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 12 }));
      await world.pass(2 * HOUR);
      for (const n of [1, 2, 3]) await undoAccount({ ...says(BEN), account: account(n) }, world.enforcement);
      const grown = () => world.detect(buildCampaign({ size: 20 }));
      expect((await grown())[0]).toMatchObject({ kind: 'unchanged', because: [expect.stringContaining('3 reversals on 12 accounts')] });
      expect(world.provider.suspended()).toHaveLength(9);
      expect((await world.enforcement.cases.head(CASE))?.state).toMatchObject({ approversNeeded: 1, size: 20 });
      await grown();
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      expect((await grown())[0]).toMatchObject({ kind: 'joined', because: ['8 of 8 who joined were contained'] });
      expect(world.provider.suspended()).toHaveLength(17);
    });

    test('whether it took effect on who joined is looked at as for those before: seen, or asked again and reported', async () => {
      const { detect, pass, provider, enforcement } = await enforcementWorld(side);
      const told = async () => (await enforcement.cases.head(CASE))?.because.join();
      await detect(buildCampaign({ size: 20 }));
      await pass(DAY);
      expect(await told()).toBe('20 actions in force, none outstanding');
      const members = [...buildCampaign({ size: 20 }).members, buildMember(50)];
      await detect(buildCampaign({ members }));
      await pass(3 * HOUR);
      expect(await told()).toBe('21 actions in force, none outstanding');
      expect((await enforcement.ledger.head(ACCOUNT_CHAIN, account(50)))?.what).toBe('observed');
      provider.behaviour = () => 'lies';
      await detect(buildCampaign({ members: [...members, buildMember(51)] }));
      await pass(DAY);
      expect(await told()).toBe('22 actions in force, 1 given up on: the provider does not carry them out');
      expect(provider.received.filter((request) => request.account === account(51))).toHaveLength(4);
    });

    test('the list of flagged accounts follows the case; of members whom it knows nothing is read again', async () => {
      const { detect, pass, enforcement, stores } = await enforcementWorld(side);
      const flagged = new FlaggedStore(stores.graph);
      const members = [...buildCampaign({ size: 20 }).members, buildMember(50, { families: ['payment'] })];
      const { id: campaign, classification } = buildCampaign({ members });
      for (const { account, role, score, exchanges, because } of members)
        await flagged.detected({ account, campaign, classification, role, score, exchanges, because, at: T0 });
      const listed = async () => [(await flagged.get(account(3)))?.standing, (await flagged.get(account(50)))?.standing];
      await detect(buildCampaign({ members }));
      expect(await listed()).toEqual(['in-review', 'in-review']);
      await pass(3 * HOUR);
      await enforcement.standings.refresh();
      expect(await listed()).toEqual(['suspended', 'active']);
      const reads = jest.spyOn(FlaggedStore.prototype, 'many');
      await enforcement.standings.refresh();
      await detect(buildCampaign({ members: [...members, buildMember(51)] }));
      expect(reads.mock.calls.flatMap(([some]) => some)).toEqual([account(51)]);
      reads.mockRestore();
    });

    test('expires unless a person confirms it, and everybody is restored', async () => {
      const { detect, pass, provider, enforcement } = await enforcementWorld(side);
      await detect(buildCampaign({ size: 20 }));
      await pass(44 * DAY);
      expect(provider.suspended()).toHaveLength(20);
      await pass(2 * DAY);
      expect(provider.suspended()).toHaveLength(0);
      expect((await enforcement.cases.head(CASE))?.state.progress.kind).toBe('expired');
    });

    test('two processes at once, and two people at once: each account is asked once, each word counts once, every chain is whole', async () => {
      const world = await enforcementWorld(side, { policy: withMode(SMALL, 'assist', 'people approve in this test') });
      const processes = [world.enforcement, openEnforcement({ ...world.enforcement, stores: world.stores })];
      await world.detect(buildCampaign({ size: 30 }));
      await Promise.all([BEN, CLEO].map((person, n) => approve({ ...says(person), case: CASE }, processes[n] ?? world.enforcement)));
      expect((await world.enforcement.cases.head(CASE))?.state.approvals).toHaveLength(2);
      for (let minute = 0; minute < 90; minute++) {
        await Promise.all(processes.map((one) => advance(one)));
        world.clock.advanceTo(world.clock.now() + MINUTE);
      }
      expect(world.provider.suspended()).toHaveLength(30);
      expect(new Set(world.provider.received.map((request) => request.id)).size).toBe(30);
      expect((await verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, world.enforcement)).faults).toEqual([]);
    });

    test('the list of standings names who was acted on, and nobody else', async () => {
      const { detect, pass, enforcement } = await enforcementWorld(side);
      const members = [...buildCampaign({ size: 20 }).members, buildMember(90, { role: 'bystander' })];
      await detect(buildCampaign({ members }));
      await pass(2 * HOUR);
      const told = [];
      for await (const standing of standings(enforcement)) told.push(standing);
      expect(told).toHaveLength(20);
      expect(new Set(told.map((standing) => standing.standing))).toEqual(new Set(['suspended']));
    });
  });
});
