import { approve, resume } from '../../functions/enforcement/commands/approve';
import { exonerate, revokeExoneration } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { dryRun } from '../../functions/enforcement/policy/dry-run';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import type { Exoneration } from '../../shared/domain/cases/exoneration';
import type { Person } from '../../shared/domain/person';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { hash64 } from '../../shared/identity/ids';
import { onBothSides } from '../support/sides';
import { account, buildCampaign, buildMember } from '../support/worlds/build-campaign';
import {
  ADA,
  BEN,
  BOLD,
  CASE,
  CLEO,
  enforcementWorld,
  inMode,
  policyWith,
  progressOf,
  RECOMMENDED,
  SMALL,
  says,
  set,
} from '../support/worlds/enforcement-world';

onBothSides((side) => {
  test('what is in force expires also while the case is stopped', async () => {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 100 }));
    while (world.provider.suspended().length < 10) await world.pass(MINUTE);
    await world.detect(buildCampaign({ size: 100, families: ['content'] }));
    await world.pass(DAY);
    expect(await progressOf(world)).toBe('stopped');
    await world.pass(45 * DAY);
    expect(world.provider.suspended()).toEqual([]);
    expect(await progressOf(world)).toBe('expired');
  });

  describe('who is excluded', () => {
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

    test('an exempt organisation is excluded now and later, and what was in force is given back', async () => {
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
        reinstated: 10,
      });
      expect(await exonerate({ ...says(ADA), scope, effect: 'exempt', until }, world.enforcement)).toMatchObject({ kind: 'already' });
      expect(world.provider.suspended()).toHaveLength(10);
      world.facts.set(account(70), { plan: 'paid', organization });
      await world.detect(buildCampaign({ members: [...buildCampaign({ size: 20 }).members, buildMember(70), buildMember(71)] }));
      expect(world.provider.suspended()).toHaveLength(10);
      // Half of the case was given back: who joins waits until a person has looked.
      expect((await approve({ ...says(CLEO), case: CASE }, world.enforcement)).kind).toBe('done');
      await world.detect(buildCampaign({ members: [...buildCampaign({ size: 20 }).members, buildMember(70), buildMember(71)] }));
      expect(world.provider.suspended()).not.toContain(account(70));
      expect(world.provider.suspended()).toContain(account(71));
      expect((await revokeExoneration({ ...says(BEN), scope }, world.enforcement)).kind).toBe('refused');
      expect((await revokeExoneration({ ...says(ADA), scope }, world.enforcement)).kind).toBe('done');
      expect((await revokeExoneration({ ...says(ADA), scope }, world.enforcement)).kind).toBe('already');
    });

    test('who may say how much, and who may take it back', async () => {
      const world = await enforcementWorld(side);
      const now = world.clock.now();
      const say = async (actor: Person, effect: Exoneration['effect'], days: number, n = 1) =>
        (
          await exonerate(
            { ...says(actor), scope: { kind: 'account', account: account(n) }, effect, until: now + days * DAY },
            world.enforcement,
          )
        ).kind;
      const revoke = async (actor: Person, n = 1) =>
        (await revokeExoneration({ ...says(actor), scope: { kind: 'account', account: account(n) } }, world.enforcement)).kind;
      const longest = RECOMMENDED.enforcement.appeals.exonerationDays.value;
      expect(await say(BEN, 'exonerated', 365 * 7000)).toBe('refused');
      expect(await say(BEN, 'exonerated', longest + 1)).toBe('refused');
      expect(await say(BEN, 'exonerated', longest)).toBe('done');
      // What a reviewer said another may shorten, weaken and take back.
      expect(await say(CLEO, 'protected', 1)).toBe('done');
      expect(await revoke(CLEO)).toBe('done');
      expect(await say(ADA, 'exempt', 365 * 7000, 2)).toBe('refused');
      expect(await say(ADA, 'exempt', 900, 2)).toBe('done');
      expect(await say(BEN, 'exonerated', 10, 2)).toBe('refused');
      expect(await say(BEN, 'protected', 10, 2)).toBe('refused');
      expect(await revoke(BEN, 2)).toBe('refused');
      expect(await say(ADA, 'exempt', 90, 2)).toBe('done');
      expect(await revoke(ADA, 2)).toBe('done');
      // Nothing stands there any more that would be weakened.
      expect(await say(BEN, 'protected', 10, 2)).toBe('done');
    });

    test('evidence that fell away during the hold withdraws the case', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign());
      await world.detect(buildCampaign({ families: ['content'] }));
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('withdrawn');
      expect(world.provider.received).toEqual([]);
    });

    test('evidence that falls away between two stages stops the case before the next one', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 200 }));
      while ((await progressOf(world)) !== 'watching') await world.pass(MINUTE);
      await world.detect(buildCampaign({ size: 200, families: ['content'] }));
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('stopped');
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
      expect(await progressOf(world)).toBe('stopped');
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
      expect(await progressOf(world)).toBe('stopped');
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
      expect(await progressOf(dead)).toBe('stopped');
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

  test('owners of stolen keys get a new key and a letter; nobody is suspended or limited', async () => {
    const world = await enforcementWorld(side, { policy: BOLD });
    const members = Array.from({ length: 20 }, (_, n) => buildMember(n, { role: 'suspected-victim' }));
    await world.detect(
      buildCampaign({
        members,
        classification: 'hijacked-keys',
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
