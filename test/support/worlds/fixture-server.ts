import { openAppeals } from '../../../functions/appeals/appeals';
import { enforce } from '../../../functions/enforcement/enforce';
import { type SeenRequest, type Served, serve } from '../../../local/server';
import { withMode } from '../../../shared/domain/policy/policy';
import { DAY, MINUTE } from '../../../shared/domain/time';
import { cursors } from '../../../shared/http/cursor';
import { campaignId } from '../../../shared/identity/ids';
import { MemoryQueue } from '../../../shared/memory/memory-queue';
import { MemoryTable } from '../../../shared/memory/memory-table';
import type { Table } from '../../../shared/ports';
import { noteArrivals } from '../../../shared/stores/archive/arrival-store';
import { CampaignStore } from '../../../shared/stores/campaigns/campaign-store';
import { MEMORY } from '../sides';
import { admissionOf, secretOf } from '../whole-api';
import { enforcementWorld, RECOMMENDED, type TestWorld } from './enforcement-world';
import { type CampaignPlan, FIXTURE_NOW, fixtureCampaign, NAMES, saveFixture } from './fixture-world';

export const FIXTURE_CAMPAIGNS: readonly CampaignPlan[] = [
  { id: 'june-hydra', classification: 'distillation', accounts: 1_200, firstSeen: FIXTURE_NOW - 12 * DAY },
  { id: 'kiosk', classification: 'reselling', accounts: 64, firstSeen: FIXTURE_NOW - 20 * DAY },
  { id: 'stolen-keys', classification: 'hijacked-keys', accounts: 28, firstSeen: FIXTURE_NOW - 4 * DAY },
];

export const FIXTURE_APPEAL_KEYS = [{ id: 'fixture', secret: 'the appeal key of a fixture server' }];

/** `state`: what the API keeps for itself: rates, commands by key, the access log. */
export type FixtureServer = Served & { world: TestWorld; sent: MemoryQueue; state: Table };

/** The local server over the fixture campaigns and real enforcement in mode assist. Time stands still until `world.pass`. */
export async function fixtureServer(
  options: { port?: number; campaigns?: readonly CampaignPlan[]; state?: Table; seen?: (request: SeenRequest) => void } = {},
): Promise<FixtureServer> {
  const world = await enforcementWorld(MEMORY, { policy: withMode(RECOMMENDED, 'assist', 'people approve in this test') });
  world.clock.advanceTo(FIXTURE_NOW);
  const { stores } = world;
  const plans = options.campaigns ?? FIXTURE_CAMPAIGNS;
  for (const plan of plans) {
    await saveFixture(fixtureCampaign(plan), stores);
    const saved = await new CampaignStore(stores).get(campaignId(plan.id));
    if (saved) await enforce({ campaigns: [saved], activeAccounts: 1_000_000 }, world.enforcement);
  }
  await world.pass(90 * MINUTE);
  await world.enforcement.standings.refresh();
  await noteArrivals(stores.features, {
    arrivals: {
      contract: {
        accepted: 900,
        refused: { 'invalid-field': 3 },
        usage: 880,
        accounts: 20,
        latest: world.clock.now() - 90_000,
        fields: { address: 880, client: 700, payment: 12 },
      },
      litellm: { accepted: 0, refused: { 'no-account': 40 }, usage: 0, accounts: 0, latest: 0, fields: {} },
    },
    digest: 'fixture',
    now: world.clock.now(),
  });
  const appeals = openAppeals({
    table: stores.enforcement,
    clock: world.clock,
    keys: async () => FIXTURE_APPEAL_KEYS,
    policy: world.enforcement.policy,
  });
  const keys = new MemoryTable(world.clock);
  const sent = new MemoryQueue(world.clock);
  const ports = {
    receive: { queue: sent, table: keys, clock: world.clock, producers: {}, secretOf },
    admission: admissionOf(world, keys),
    query: { stores, clock: world.clock, cursors: cursors('the secret of a fixture server') },
    enforcement: world.enforcement,
    names: NAMES,
    exchange: { objects: stores.enforcement, access: keys },
    appeals,
  };
  const state = options.state ?? new MemoryTable({ now: () => Date.now() });
  return {
    ...(await serve({ port: options.port ?? 0, ports: () => ports, state, seen: options.seen })),
    state,
    world,
    sent,
  };
}
