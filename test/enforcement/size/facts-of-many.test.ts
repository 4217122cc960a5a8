import { dryRun } from '../../../functions/enforcement/policy/dry-run';
import { sealedId } from '../../../shared/identity/ids';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { KnownAccountStore } from '../../../shared/stores/archive/known-account-store';
import { MEMORY, onBothSides } from '../../support/sides';
import { account, buildCampaign, T0 } from '../../support/worlds/build-campaign';
import { enforcementWorld } from '../../support/worlds/enforcement-world';

const PLANS = ['free', 'paid', 'enterprise'] as const;
const planOf = (n: number) => PLANS[n % PLANS.length]!;

onBothSides((side) => {
  test('facts of many accounts: of each its own; nothing of who was never heard of, and of one whose row cannot be read', async () => {
    const graph = await side.table(new SimulatedClock(T0));
    const store = new KnownAccountStore(graph);
    for (let n = 0; n < 230; n++) await store.put({ account: account(n), sealed: sealedId(`sealed-${n}`), facts: { plan: planOf(n) } });
    await graph.put({ pk: `A#${account(7)}`, sk: 'KNOWN', sealed: 'sealed-7', facts: '{"plan":' });
    const asked = Array.from({ length: 240 }, (_, n) => account(239 - n));
    const known = await store.known([...asked, account(3)]);
    expect(known.size).toBe(229);
    for (let n = 0; n < 240; n++) {
      const expected = n === 7 || n >= 230 ? undefined : { account: account(n), sealed: `sealed-${n}`, facts: { plan: planOf(n) } };
      expect(known.get(account(n))).toEqual(expected);
    }
  });
});

test('a preview of 25,000 accounts asks for their facts in 250 requests, and finds each one’s plan', async () => {
  const SIZE = 25_000;
  const world = await enforcementWorld(MEMORY);
  await world.detect(buildCampaign({ size: SIZE }));
  const graph = new MemoryTable(world.clock);
  const accounts = new KnownAccountStore(graph);
  for (let n = 0; n < SIZE; n++) await accounts.put({ account: account(n), sealed: sealedId(`sealed-${n}`), facts: { plan: planOf(n) } });
  const before = { ...graph.counted };
  const answer = await dryRun({ campaign: 'C-hydra' }, { ...world.enforcement, accounts });
  expect(graph.counted.reads - before.reads).toBe(SIZE / 100);
  expect(graph.counted.writes).toBe(before.writes);
  if (answer.kind !== 'would-act') throw new Error(answer.kind);
  const protectedOnes = answer.protected.length;
  const planned = Object.values(answer.byPlan).reduce((sum, count) => sum + count, 0);
  expect(planned + protectedOnes + Object.values(answer.excluded).reduce((sum, count) => sum + count, 0)).toBe(SIZE);
  expect(answer.byPlan).not.toHaveProperty('unknown');
  expect(answer.byPlan.free).toBe(Math.ceil(SIZE / PLANS.length));
});
