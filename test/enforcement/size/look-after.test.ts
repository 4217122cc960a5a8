import { openEnforcement } from '../../../functions/enforcement/enforcement';
import { lookAfter } from '../../../functions/enforcement/look-after';
import { HOUR } from '../../../shared/domain/time';
import { campaignId } from '../../../shared/identity/ids';
import { MEMORY } from '../../support/sides';
import { buildCampaign, buildMember } from '../../support/worlds/build-campaign';
import { enforcementWorld } from '../../support/worlds/enforcement-world';

const CASES = 40;

/** Forty campaigns with a case each, whose executions were lost. */
async function lost() {
  const world = await enforcementWorld(MEMORY);
  for (let n = 0; n < CASES; n++)
    await world.detect(buildCampaign({ id: campaignId(`C-${n}`), members: Array.from({ length: 20 }, (_, m) => buildMember(20 * n + m)) }));
  world.clock.advanceTo(world.clock.now() + 5 * HOUR);
  return world;
}

test('a lost execution that cannot be started, and a part that fails, keep no other from being looked after', async () => {
  const { enforcement } = await lost();
  const started: string[] = [];
  const answer = await lookAfter({
    ...enforcement,
    workflow: {
      ...enforcement.workflow,
      start: async (id) => {
        if (id === 'C-7.0001') throw new Error('throttled');
        started.push(id);
      },
    },
    appeals: {
      ...enforcement.appeals,
      decided: () => {
        throw new Error('no appeals today');
      },
    } as unknown as typeof enforcement.appeals,
  });
  expect(started).toHaveLength(CASES - 1);
  expect(answer.failed).toEqual(['appeals: no appeals today', 'C-7.0001: throttled']);
  expect(answer).toMatchObject({ restoring: 0, labels: 0, cases: { restarted: started } });
});

test('to look after a case takes as many reads whatever its size, and works on none of its accounts', async () => {
  const counted: number[] = [];
  for (const size of [20, 2_000]) {
    const world = await enforcementWorld(MEMORY);
    await world.detect(buildCampaign({ size }));
    world.clock.advanceTo(world.clock.now() + 5 * HOUR);
    const table = world.stores.enforcement as unknown as { counted: { reads: number } };
    // What was said of its members is known from here on.
    await world.enforcement.standings.refresh();
    const before = table.counted.reads;
    expect((await lookAfter(world.enforcement)).failed).toEqual([]);
    counted.push(table.counted.reads - before);
    expect(world.provider.received).toEqual([]);
  }
  expect(counted[0]).toBe(counted[1]);
});

test('a process that starts anew reads hundreds of members in a request to list where they stand', async () => {
  const world = await enforcementWorld(MEMORY);
  await world.detect(buildCampaign({ size: 2_000 }));
  await world.pass(5 * HOUR);
  const acted = world.provider.suspended().length;
  expect(acted).toBeGreaterThan(1_000);
  const tables = [world.stores.enforcement, world.stores.graph] as unknown as { counted: { reads: number; writes: number } }[];
  const counted = (what: 'reads' | 'writes'): number => tables.reduce((sum, { counted }) => sum + counted[what], 0);
  const anew = openEnforcement({ ...world.enforcement, stores: world.stores });
  const [reads, writes] = [counted('reads'), counted('writes')];
  await anew.standings.refresh();
  // 20 for rows of the list, 40 for heads of chains; the rest are pages: of accounts with a chain, and of those the case has to do with.
  expect(counted('reads') - reads).toBeLessThan(300);
  expect(counted('writes')).toBe(writes);
});
