import { createHmac } from 'node:crypto';
import { gateOf } from '../../functions/admission/gate';
import { openAppeals } from '../../functions/appeals/appeals';
import { verificationDesk } from '../../functions/enforcement/verification/verification-desk';
import { composeApi } from '../../local/compose-api';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryQueue } from '../../shared/memory/memory-queue';
import type { Table } from '../../shared/ports';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { openDoor } from './api-client';
import { SETTINGS } from './producer-settings';
import type { Side } from './sides';
import { enforcementWorld, RECOMMENDED } from './worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign, NAMES, saveFixture } from './worlds/fixture-world';

/** Of whoever asks about newcomers, and of ingest behind the same API. */
export const hasher = new KeyedHasher('a key of the tests, and nobody elses.');

export const secretOf = (request: string): string => createHmac('sha512', 'a secret of the test').update(request).digest('hex');

/** The check of newcomers over a world. */
export const admissionOf = ({ stores, clock, enforcement }: Awaited<ReturnType<typeof enforcementWorld>>, access: Table) => ({
  gate: gateOf({
    graph: stores.graph,
    enforcement: stores.enforcement,
    clock,
    hasher: async () => hasher,
    policy: enforcement.policy,
    verifications: verificationDesk(enforcement),
  }),
  access,
  count: () => undefined,
});

/** Every route over one campaign that waits for approval, with real tokens. */
export async function wholeApi(side: Side, accounts = 60) {
  const world = await enforcementWorld(side, { policy: withMode(RECOMMENDED, 'assist', 'the test approves') });
  world.clock.advanceTo(FIXTURE_NOW);
  const { stores } = world;
  const door = await openDoor(side);
  await saveFixture(fixtureCampaign({ id: 'june', classification: 'distillation', accounts, firstSeen: FIXTURE_NOW - 2 * DAY }), stores);
  const saved = await new CampaignStore(stores).get(campaignId('june'));
  if (!saved) throw new Error('the fixture was not saved');
  await world.detect(saved);
  await world.pass(3 * HOUR);
  const keys = async () => [{ id: 'k1', secret: 'an appeal key for tests, long enough' }];
  const appeals = openAppeals({ table: stores.enforcement, clock: world.clock, keys, policy: world.enforcement.policy });
  const sent = new MemoryQueue(world.clock);
  const api = composeApi(door.http, {
    receive: { queue: sent, table: door.state, clock: world.clock, producers: SETTINGS, secretOf },
    admission: admissionOf(world, door.state),
    query: { stores, clock: world.clock, cursors: door.cursors },
    enforcement: world.enforcement,
    appeals,
    exchange: { objects: stores.enforcement, access: door.state },
    names: NAMES,
  });
  return { ...door, world, stores, api, sent };
}
