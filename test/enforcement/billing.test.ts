import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { BILLING } from '../../shared/domain/policy/enforcement-policy';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { onBothSides } from '../support/sides';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { ADA, BEN, CASE, CLEO, enforcementWorld, policyWith, RECOMMENDED, says, set } from '../support/worlds/enforcement-world';

const WITH_MONEY = policyWith((enforcement) => {
  for (const rule of enforcement.rules) if (rule.id === 'distillation-suspend') rule.billing = set([...BILLING]);
});

onBothSides((side) => {
  async function contained(behaviour?: Parameters<typeof enforcementWorld>[1] & { refuses?: string }) {
    const world = await enforcementWorld(side, { policy: WITH_MONEY });
    if (behaviour?.refuses) world.provider.behaviour = ({ kind }) => (kind === behaviour.refuses ? 'refuses' : 'obeys');
    await world.detect(buildCampaign({ size: 12 }));
    await world.pass(4 * HOUR);
    expect(world.provider.suspended()).toHaveLength(12);
    return world;
  }

  test('renewals stop and the balance is held beside the suspension, each once, and end with it: of one account, and of the case', async () => {
    const world = await contained();
    const { provider, enforcement } = world;
    const kinds = (n: number) => provider.received.filter((one) => one.account === account(n)).map(({ kind }) => kind);
    expect(kinds(1)).toEqual(['suspend', 'stop-renewals', 'hold-balance']);
    expect([...provider.about(account(1)).billing].sort()).toEqual(['hold-balance', 'stop-renewals']);
    expect(new Set(provider.received.map(({ id }) => id)).size).toBe(provider.received.length);
    await undoAccount({ ...says(BEN), account: account(1) }, enforcement);
    expect(kinds(1).slice(3)).toEqual(['restore', 'resume-renewals', 'release-balance']);
    expect(provider.about(account(1))).toMatchObject({ restriction: null, billing: new Set() });
    for (const who of [BEN, CLEO, ADA]) await undoCase({ ...says(who), case: CASE }, enforcement);
    await world.pass(6 * HOUR);
    for (let n = 0; n < 12; n++)
      expect([n, provider.about(account(n)).restriction, provider.about(account(n)).billing.size]).toEqual([n, null, 0]);
    const history = await enforcement.ledger.history(ACCOUNT_CHAIN, account(1));
    const asked = history.find(({ what }) => what === 'suspend asked')?.state.phase;
    expect(asked).toMatchObject({ kind: 'asked', action: { billing: ['stop-renewals', 'hold-balance'] } });
  });

  test('a provider that does nothing about money suspends all the same; the ledger says so, and nobody is asked to end what was not done', async () => {
    const world = await contained({ refuses: 'hold-balance' });
    const { provider, enforcement } = world;
    const history = await enforcement.ledger.history(ACCOUNT_CHAIN, account(2));
    const acknowledged = history.find(({ what }) => what === 'acknowledged');
    expect(acknowledged?.because).toEqual(['the provider acknowledged', expect.stringMatching(/^but not hold-balance: /)]);
    await undoAccount({ ...says(BEN), account: account(2) }, enforcement);
    const after = provider.received.filter((one) => one.account === account(2)).map(({ kind }) => kind);
    expect(after).not.toContain('release-balance');
    expect(after.slice(-2)).toEqual(['restore', 'resume-renewals']);
    expect(provider.about(account(2))).toMatchObject({ restriction: null, billing: new Set() });
  });

  test('a provider that goes down between the two is asked again until both are given back', async () => {
    const world = await contained();
    const { provider } = world;
    provider.behaviour = ({ kind }) => (kind === 'release-balance' ? 'down' : 'obeys');
    await undoAccount({ ...says(BEN), account: account(3) }, world.enforcement);
    expect([...provider.about(account(3)).billing]).toEqual(['hold-balance']);
    provider.behaviour = () => 'obeys';
    await world.pass(10 * MINUTE);
    expect(provider.about(account(3))).toMatchObject({ restriction: null, billing: new Set() });
  });
});

test('the recommended policy asks nothing about money, and only what is known can be asked', () => {
  expect(RECOMMENDED.enforcement.rules.filter(({ billing }) => billing)).toEqual([]);
  const odd = structuredClone(RECOMMENDED) as unknown as { enforcement: { rules: { billing?: unknown }[] } };
  odd.enforcement.rules[0]!.billing = set(['seize-everything']);
  expect(Policy.safeParse(odd).success).toBe(false);
});
