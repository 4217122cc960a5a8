import { booksOf, summaryOf } from '../../cli/verify-ledger';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { anchorDay, decideAgainAbout, verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { ACCOUNT_CHAIN } from '../../shared/domain/action';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { caseId } from '../../shared/identity/ids';
import { account, buildCampaign, buildMember, T0 } from '../support/build-campaign';
import { ADA, BEN, enforcementWorld, policyWith, says, type TestWorld } from '../support/enforcement-world';
import { onBothSides } from '../support/sides';

onBothSides((side) => {
  async function busyWorld() {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 12 }));
    await world.pass(3 * HOUR);
    await undoAccount({ ...says(BEN), account: account(1) }, world.enforcement);
    await exonerate(
      { ...says(ADA), scope: { kind: 'organization', organization: '00000000000000aa' }, effect: 'exempt', until: T0 + 90 * DAY },
      world.enforcement,
    );
    return world;
  }
  const verify = (world: TestWorld) => verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, world.enforcement);
  const rowOf = async (world: TestWorld, sk: string) => {
    const row = await world.stores.enforcement.get(`A#${account(1)}`, sk);
    if (!row) throw new Error(`no row ${sk}`);
    return row;
  };

  test('every chain is whole, and every decision comes out the same again', async () => {
    const verified = await verify(await busyWorld());
    expect(verified.faults).toEqual([]);
    expect(verified.chains).toBeGreaterThan(12);
    expect(verified.decisions).toEqual({ same: 1, different: [], cannot: [] });
  });

  test('contained, joined, undone: the command that verifies the ledger finds every chain whole', async () => {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 40 }));
    await world.pass(2 * HOUR);
    await world.detect(buildCampaign({ members: [...buildCampaign({ size: 40 }).members, buildMember(40)] }));
    expect(world.provider.suspended()).toHaveLength(41);
    await undoCase({ ...says(BEN), case: caseId('C-hydra.0001') }, world.enforcement);
    await world.pass(10 * MINUTE);
    expect(world.provider.suspended()).toEqual([]);
    const verified = await verifyLedger({ from: T0, to: T0 + DAY }, world.stores.archive, booksOf(world.stores));
    expect(summaryOf(verified)[0]).toMatch(/^\d+ entries in \d+ chains, 0 faults$/);
    expect(verified.entries).toBeGreaterThan(200);
    expect(verified.decisions.different).toEqual([]);
  });

  test.each([
    [
      'an entry rewritten',
      async (world: TestWorld) => {
        const row = await rowOf(world, 'E#00000002');
        await world.stores.enforcement.put({ ...row, body: String(row.body).replace('acknowledged', 'refused') });
      },
    ],
    ['an entry removed from the middle', async (world: TestWorld) => world.stores.enforcement.delete(`A#${account(1)}`, 'E#00000002')],
    [
      'an entry moved from another chain',
      async (world: TestWorld) => {
        const other = await world.stores.enforcement.get(`A#${account(2)}`, 'E#00000002');
        if (other) await world.stores.enforcement.put({ ...other, pk: `A#${account(1)}` });
      },
    ],
  ])('%s is found', async (_, tamper) => {
    const world = await busyWorld();
    await tamper(world);
    const { faults } = await verify(world);
    expect(faults.map((fault) => fault.chain)).toContain(`A#${account(1)}`);
    expect(new Set(faults.map((fault) => fault.chain)).size).toBe(1);
  });

  test('a chain cut off at its end is found by the anchor of its day, and only by it', async () => {
    const world = await busyWorld();
    expect((await anchorDay(T0, world.stores.archive, world.enforcement)).chains).toBeGreaterThan(12);
    const length = (await world.enforcement.ledger.history(ACCOUNT_CHAIN, account(1))).length;
    await world.stores.enforcement.delete(`A#${account(1)}`, `E#${String(length).padStart(8, '0')}`);
    expect((await verify(world)).faults).toEqual([{ chain: `A#${account(1)}`, sequence: length, because: 'it was anchored and is gone' }]);
  });

  test('the decision about one account can be made again, and says so when the evidence no longer carries it', async () => {
    const world = await busyWorld();
    expect(await decideAgainAbout(account(1), world.enforcement)).toEqual({ kind: 'same' });
    expect(await decideAgainAbout(account(99), world.enforcement)).toMatchObject({ kind: 'cannot' });
    // The same digest over other numbers: as if the policy's document had been changed afterwards.
    const { digest, policy } = await world.enforcement.policy();
    const harsher = policyWith((enforcement) => {
      for (const rule of enforcement.rules) rule.memberScore = { value: 99, reason: 'the test says so' };
    });
    await world.stores.enforcement.put({ pk: 'POLICY', sk: digest, body: JSON.stringify({ ...harsher, version: policy.version }) });
    expect(await decideAgainAbout(account(1), world.enforcement)).toMatchObject({ kind: 'different', was: 'distillation-suspend' });
    expect((await verify(world)).decisions.different).toHaveLength(1);
  });

  test('the feed shows everything anybody did, in order, one page after the other', async () => {
    const world = await busyWorld();
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await world.enforcement.ledger.feed(T0, { limit: 7, ...(after === undefined ? {} : { after }) });
      seen.push(...page.entries.map((entry) => `${entry.at} ${entry.chain} ${entry.sequence}`));
      after = page.next;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    // 12 accounts: asked, acknowledged, observed; one reversed and restored; the case, its decision, the switch, the exemption.
    expect(seen.length).toBeGreaterThan(40);
  });
});
