import { caseStep } from '../../functions/enforcement/case/case-step';
import { approve } from '../../functions/enforcement/commands/approve';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { dryRun } from '../../functions/enforcement/policy/dry-run';
import { isArmed, turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { ACCOUNT_CHAIN, UNTOUCHED } from '../../shared/domain/cases/action';
import { SWITCH_CHAIN, THE_SWITCH } from '../../shared/domain/cases/kill-switch';
import { type LedgerEntry, seal } from '../../shared/domain/cases/ledger';
import type { Actor } from '../../shared/domain/person';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { campaignId, caseId, hash64 } from '../../shared/identity/ids';
import { LedgerStore, UnreadableEntry } from '../../shared/stores/cases/ledger-store';
import { onBothSides } from '../support/sides';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';
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
} from '../support/worlds/enforcement-world';

/** Longer than any person's id may be. */
const TOO_LONG = { kind: 'person', id: 'x'.repeat(300), role: 'reviewer' } as const;

onBothSides((side) => {
  describe('nothing is written that its reader would refuse', () => {
    test.each<[string, { actor: Actor; state: typeof UNTOUCHED; because?: string[] }]>([
      ['an actor whose id is too long', { actor: TOO_LONG, state: UNTOUCHED }],
      ['a state that its schema refuses', { actor: { kind: 'clock' } as const, state: { ...UNTOUCHED, exoneratedUntil: Number.NaN } }],
      ['more bytes than an item takes', { actor: { kind: 'clock' } as const, state: UNTOUCHED, because: ['long '.repeat(100_000)] }],
    ])('%s: no entry, no pointer', async (_, { because = ['the test says so'], ...draft }) => {
      const { stores, enforcement, clock } = await enforcementWorld(side);
      const ledger = new LedgerStore(stores.enforcement, clock);
      const pointers = async () =>
        (await stores.enforcement.query({ pk: `LEDGER#${new Date(T0).toISOString().slice(0, 10)}` })).items.length;
      const before = await pointers();
      await expect(ledger.append(ACCOUNT_CHAIN, account(1), undefined, { ...draft, what: 'observed', because })).rejects.toThrow(
        UnreadableEntry,
      );
      expect(await enforcement.ledger.head(ACCOUNT_CHAIN, account(1))).toBeUndefined();
      expect(await pointers()).toBe(before);
    });
  });

  /** Puts a row behind the newest entry of a chain, as somebody does who may write the table, or a later version of this code. */
  async function spoil({ stores }: TestWorld, chain: string): Promise<string> {
    const { items } = await stores.enforcement.query({ pk: chain, prefix: 'E#', reverse: true, limit: 1 });
    const sequence = Number(items[0]?.sk.slice(2) ?? 0) + 1;
    const entry = {
      chain,
      sequence,
      at: T0,
      actor: TOO_LONG,
      what: 'later',
      because: [],
      previous: String(items[0]?.hash ?? ''),
      state: {},
    };
    const { body, hash } = seal(entry as LedgerEntry);
    const [, subject] = chain.split(ACCOUNT_CHAIN.prefix);
    // Every version of this code points at a chain before it begins it.
    if (sequence === 1 && subject !== undefined) await stores.enforcement.put({ pk: ACCOUNT_CHAIN.listedIn(subject), sk: subject });
    await stores.enforcement.put({ pk: chain, sk: `E#${String(sequence).padStart(8, '0')}`, body, hash });
    return `entry ${sequence} of chain ${chain} cannot be read`;
  }

  describe('one record that cannot be read is named, and stops no other', () => {
    test('a case: the others are listed and go on; it can still be undone, and is then readable again', async () => {
      const world = await enforcementWorld(side);
      await world.detect(buildCampaign({ size: 12 }));
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(12);
      const bad = await spoil(world, `K#${CASE}`);
      const other = buildCampaign({ id: campaignId('C-other'), members: Array.from({ length: 12 }, (_, n) => buildMember(50 + n)) });
      expect(await world.detect(buildCampaign({ size: 12 }))).toMatchObject([
        { kind: 'unreadable', because: [expect.stringContaining(bad)] },
      ]);
      expect(await world.detect(other)).toMatchObject([{ kind: 'opened' }]);
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(24);
      expect((await world.enforcement.cases.page()).cases.map(({ id }) => id)).toEqual([caseId('C-other.0001')]);
      await expect(caseStep({ step: 'look', case: CASE }, world.enforcement)).rejects.toThrow(bad);
      expect(await approve({ ...says(BEN), case: CASE }, world.enforcement)).toMatchObject({
        kind: 'refused',
        because: expect.stringContaining(bad),
      });
      expect(await undoCase({ ...says(BEN), case: CASE }, world.enforcement)).toMatchObject({ kind: 'done' });
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('undone');
      expect(world.provider.suspended()).toHaveLength(12);
      const { faults } = await verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, world.enforcement);
      expect(faults).toContainEqual(expect.objectContaining({ chain: `K#${CASE}`, because: 'the entry cannot be read' }));
    });

    test('an account: it is not acted on, the others are, and it can be given back', async () => {
      const world = await enforcementWorld(side);
      await spoil(world, `A#${account(3)}`);
      await world.detect(buildCampaign({ size: 12 }));
      expect(await dryRun({ campaign: 'C-hydra' }, world.enforcement)).toMatchObject({ accounts: 11 });
      await world.pass(2 * HOUR);
      expect(world.provider.suspended()).toHaveLength(11);
      await spoil(world, `A#${account(4)}`);
      await world.pass(DAY);
      expect(await progressOf(world)).toBe('contained');
      expect(await undoAccount({ ...says(BEN), account: account(4) }, world.enforcement)).toMatchObject({ kind: 'done' });
      expect(world.provider.suspended()).not.toContain(account(4));
      await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
      await world.pass(HOUR);
      expect(world.provider.suspended()).toEqual([]);
    });

    test('an exoneration: until it is repaired, people decide about whom it is about', async () => {
      const world = await enforcementWorld(side, { policy: policyWith(inMode('auto')) });
      const organization = hash64('00000000000000aa');
      world.facts.set(account(5), { plan: 'paid', organization });
      const scope = { kind: 'organization', organization } as const;
      await exonerate({ ...says(ADA), scope, effect: 'exempt', until: T0 + 90 * DAY }, world.enforcement);
      await spoil(world, `X#organization:${organization}`);
      await exonerate(
        { ...says(ADA), scope: { kind: 'account', account: account(6) }, effect: 'exempt', until: T0 + 90 * DAY },
        world.enforcement,
      );
      await world.detect(buildCampaign({ size: 12 }));
      await world.pass(3 * HOUR);
      expect(world.provider.suspended()).toHaveLength(10);
      expect(world.provider.suspended()).not.toContain(account(5));
      expect(world.provider.suspended()).not.toContain(account(6));
    });

    test('the kill switch: not armed, and it can be turned again', async () => {
      const world = await enforcementWorld(side);
      await spoil(world, `${SWITCH_CHAIN.prefix}${THE_SWITCH}`);
      expect(await isArmed(world.enforcement)).toBe(false);
      expect(await turnKillSwitch({ ...says(BEN), to: 'stopped' }, world.enforcement)).toMatchObject({ kind: 'done' });
      expect(await turnKillSwitch({ ...says(ADA), to: 'armed' }, world.enforcement)).toMatchObject({ kind: 'done' });
      expect(await isArmed(world.enforcement)).toBe(true);
    });

    test('a rule counts as demoted, a policy and an operator are left out of their lists', async () => {
      const world = await enforcementWorld(side);
      await world.stores.enforcement.put({ pk: 'RULES', sk: 'distillation-suspend' });
      await spoil(world, 'R#distillation-suspend');
      expect([...(await world.enforcement.rules.demoted())]).toEqual(['distillation-suspend']);
      await world.stores.enforcement.put({ pk: 'POLICIES', sk: '0123456789abcdef' });
      await spoil(world, 'P#0123456789abcdef');
      expect(await world.enforcement.policies.all()).toEqual([]);
      await world.stores.enforcement.put({ pk: 'OPERATORS', sk: 'o-0123456789ab' });
      await spoil(world, 'O#o-0123456789ab');
      expect(await world.enforcement.operators.watched(T0)).toEqual([]);
      await world.detect(buildCampaign({ size: 12 }));
      await world.pass(HOUR);
      expect(await progressOf(world)).toBe('awaiting-approval');
      await approve({ ...says(CLEO), case: CASE }, world.enforcement);
      await world.pass(HOUR + MINUTE);
      expect(world.provider.suspended()).toHaveLength(12);
    });
  });
});
