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
