import { finishRestoring } from '../../../functions/enforcement/account-actions/reinstate';
import { BATCH, STEP } from '../../../functions/enforcement/account-actions/work-through';
import { advance } from '../../../functions/enforcement/case/advance';
import { step } from '../../../functions/enforcement/case/step';
import { undoCase } from '../../../functions/enforcement/commands/undo';
import { enforce } from '../../../functions/enforcement/enforce';
import { type Enforcement, openEnforcement } from '../../../functions/enforcement/enforcement';
import { turnKillSwitch } from '../../../functions/enforcement/policy/kill-switch';
import { ToyProvider, withStandingOf } from '../../../local/provider/toy-provider';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { policyDigest } from '../../../shared/domain/policy/policy';
import { DAY, HOUR, MINUTE } from '../../../shared/domain/time';
import { sealedId } from '../../../shared/identity/ids';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../../../shared/memory/simulated-clock';
import { Kill, Killed } from '../../support/mortal';
import { account, buildCampaign, T0 } from '../../support/worlds/build-campaign';
import { ADA, BEN, BOLD, CASE, CLEO, says } from '../../support/worlds/enforcement-world';

/** LOCKSTEP_CASE=25000 drives the case that is killed at the size of the largest disclosed campaign; the default is what every run can afford. */
const KILLED_SIZE = Number(process.env.LOCKSTEP_CASE ?? 700);
const LARGE = 12_000;
const DIGEST = policyDigest(BOLD);

/** A case on tables in memory, and processes that open it. */
function largeWorld(size: number) {
  const clock = new SimulatedClock(T0);
  const stores = { enforcement: new MemoryTable(clock), graph: new MemoryTable(clock), archive: new MemoryObjectStore() };
  const provider = new ToyProvider();
  const campaign = buildCampaign({ size });
  const open = (kill?: Kill): Enforcement =>
    openEnforcement({
      stores: kill
        ? { enforcement: kill.table(stores.enforcement), graph: kill.table(stores.graph), archive: kill.objects(stores.archive) }
        : stores,
      accounts: withStandingOf(provider, {
        known: async (keys) => new Map(keys.map((key) => [key, { account: key, sealed: sealedId(key), facts: { plan: 'paid' as const } }])),
      }),
      provider: kill ? kill.provider(provider) : provider,
      workflow: { start: async () => {}, wake: async () => {} },
      policy: async () => ({ policy: BOLD, digest: DIGEST }),
      clock,
      chance: new SeededChance(7),
    });
  const begin = async (): Promise<void> => {
    const calm = open();
    await turnKillSwitch({ ...says(ADA, 'set up'), to: 'armed' }, calm);
    await calm.campaigns.save(campaign);
    await enforce({ campaigns: [campaign], activeAccounts: 1_000_000 }, calm);
  };
  return { clock, stores, provider, campaign, open, begin };
}
type World = ReturnType<typeof largeWorld>;

type Counted = { at: string; requests: number; reads: number; writes: number };
/** Takes the case to where nothing is to be done before `until`, and answers what each step took. */
async function stepped({ clock, stores, provider }: World, deps: Enforcement, until: number): Promise<Counted[]> {
  const steps: Counted[] = [];
  for (;;) {
    const at = (await deps.cases.head(CASE))?.state.progress.kind ?? 'none';
    const { reads, writes } = stores.enforcement.counted;
    const requests = provider.received.length;
    const answer = await step(CASE, deps);
    const now = stores.enforcement.counted;
    steps.push({ at, requests: provider.received.length - requests, reads: now.reads - reads, writes: now.writes - writes });
    if (answer.kind === 'again') continue;
    const due = answer.kind === 'wait' || answer.kind === 'await-people' ? answer.until : null;
    if (due === null || due > until) return steps;
    clock.advanceTo(Math.max(due, clock.now() + 1));
  }
}

test(`a case of ${LARGE} accounts: no step works on more than ${STEP} of them and a batch, and one that has nothing to do reads fifty heads a request`, async () => {
  const world = largeWorld(LARGE);
  await world.begin();
  const deps = world.open();
  const contained = await stepped(world, deps, T0 + DAY);
  expect(world.provider.suspended()).toHaveLength(LARGE);
  // A pointer, an entry and its two, an answer and its three, and the case's row twice; some for the case itself.
  const bounded = (steps: readonly Counted[]): void => {
    for (const { requests, writes } of steps) {
      expect(requests).toBeLessThanOrEqual(STEP + BATCH);
      expect(writes).toBeLessThanOrEqual(12 * (STEP + BATCH) + 50);
    }
  };
  bounded(contained);
  // Seen effective: a step for each part, and each account once.
  const seen = contained.filter(({ at, writes }) => at === 'contained' && writes > BATCH);
  expect(seen).toHaveLength(Math.ceil(LARGE / STEP));
  const { progress } = (await deps.cases.head(CASE))!.state;
  expect(progress).toMatchObject({ kind: 'contained', checkAt: null, outstanding: { waiting: 0, givenUp: 0 } });
  expect(progress).not.toHaveProperty('past');

  // A look at all of them that finds nothing to do: a new process, an hour before they expire.
  const fresh = world.open();
  const before = world.stores.enforcement.counted.reads;
  await fresh.ledger.heads(ACCOUNT_CHAIN, new Map([...(await fresh.cases.touched(CASE))].map(([one, { sequence }]) => [one, sequence])));
  expect(world.stores.enforcement.counted.reads - before).toBeLessThanOrEqual(LARGE / 50 + Math.ceil(LARGE / 1000) + 5);

  await undoCase({ ...says(BEN), case: CASE }, deps);
  await undoCase({ ...says(CLEO, 'they are a customer’s'), case: CASE }, deps);
  const undone = await stepped(world, deps, world.clock.now() + DAY);
  bounded(undone);
  expect(undone.filter(({ at, requests }) => at === 'undoing' && requests > 0)).toHaveLength(1 + Math.ceil((LARGE * 0.9) / STEP));
  expect(world.provider.suspended()).toEqual([]);
  expect((await deps.cases.head(CASE))?.state.progress).toMatchObject({ kind: 'undone', checkAt: null });
  // Whoever is given back in a later part reads why, not how far the part before had come.
  for (const n of [0, 1, LARGE - 1]) {
    const because = (await deps.ledger.history(ACCOUNT_CHAIN, account(n))).find(({ what }) => what === 'undone')?.because;
    expect(because).toEqual(['the containment of the campaign was undone', 'they are a customer’s']);
  }
});

test('what expires by the thousand is given back part by part, and a provider that is down is not asked for all of them', async () => {
  const size = STEP + 3 * BATCH;
  const world = largeWorld(size);
  await world.begin();
  const deps = world.open();
  await stepped(world, deps, T0 + DAY);
  let asked = 0;
  world.provider.behaviour = () => {
    asked++;
    return 'down';
  };
  const until = world.clock.now() + 400 * DAY;
  const { expiresAt } = (await deps.cases.head(CASE))!.state.progress as { expiresAt: number };
  world.clock.advanceTo(expiresAt + HOUR);
  const down = await stepped(world, deps, world.clock.now());
  // Nobody of one batch could be reached: there it ends until it is time to try again.
  expect(down).toHaveLength(2);
  expect(asked).toBe(BATCH);
  expect(world.provider.suspended()).toHaveLength(size);
  world.provider.behaviour = () => 'obeys';
  const up = await stepped(world, deps, until);
  for (const { requests } of up) expect(requests).toBeLessThanOrEqual(STEP + BATCH);
  expect(world.provider.suspended()).toEqual([]);
  expect((await deps.cases.head(CASE))?.state.progress).toMatchObject({ kind: 'expired' });
  expect(await finishRestoring(deps)).toBe(0);
});

test('accounts that a provider never restores keep nobody waiting who is behind them', async () => {
  const size = 500;
  const world = largeWorld(size);
  await world.begin();
  const deps = world.open();
  await stepped(world, deps, T0 + DAY);
  const stubborn = new Set(world.campaign.members.filter((_, n) => n % 2 === 0).map(({ account: one }) => one));
  world.provider.behaviour = ({ kind, account: one }) => (kind === 'restore' && stubborn.has(one) ? 'refuses' : 'obeys');
  await undoCase({ ...says(BEN), case: CASE }, deps);
  await undoCase({ ...says(CLEO), case: CASE }, deps);
  await stepped(world, deps, world.clock.now() + DAY);
  expect(world.provider.suspended()).toHaveLength(size / 2);
  expect(world.provider.suspended().every((one) => stubborn.has(one))).toBe(true);
  expect(await finishRestoring(deps)).toBe(size / 2);
  world.provider.behaviour = () => 'obeys';
  expect(await finishRestoring(deps)).toBe(0);
  expect(world.provider.suspended()).toEqual([]);
});

/** What must come out the same: of every account what its chain says, of the case where it is, and what the provider was asked and holds. */
async function outcome({ provider, campaign }: World, deps: Enforcement) {
  const accounts = [];
  for (const { account: one } of campaign.members) {
    const { state } = (await deps.ledger.head(ACCOUNT_CHAIN, one)) ?? {};
    accounts.push([one, state?.phase.kind, state?.barred, state?.exoneratedUntil !== null]);
  }
  const carried = new Set(provider.received.map(({ id }) => id.replace(/\.\d+\.(suspend|restore)$/, '.$1')));
  return {
    accounts,
    at: (await deps.cases.head(CASE))?.state.progress.kind,
    suspended: provider.suspended().length,
    carried: carried.size,
  };
}

/** Contains, sees effective, undoes. Every process is killed after so many calls, and the next goes on. */
async function driven(size: number, stride: number | undefined): Promise<{ world: World; kills: number; calls: number }> {
  const world = largeWorld(size);
  await world.begin();
  let kills = 0;
  let calls = 0;
  const whole = async (work: (deps: Enforcement) => Promise<unknown>): Promise<void> => {
    for (;;) {
      const kill = new Kill(stride === undefined ? Number.POSITIVE_INFINITY : stride + kills, kills % 2 === 0);
      try {
        await work(world.open(kill));
        calls += kill.calls;
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        calls += kill.calls;
        kills++;
        // Who died holding the case keeps it until its lease is over.
        world.clock.advanceTo(world.clock.now() + 17 * MINUTE);
      }
    }
  };
  const rest = async (until: number): Promise<void> => {
    for (;;) {
      let due: number | undefined;
      await whole(async (deps) => {
        due = (await advance(deps)).nextDue;
      });
      if (due === undefined || due > until) return;
      world.clock.advanceTo(Math.max(due, world.clock.now() + 1));
    }
  };
  await rest(T0 + 3 * DAY);
  expect(world.provider.suspended()).toHaveLength(size);
  await undoCase({ ...says(BEN), case: CASE }, world.open());
  await undoCase({ ...says(CLEO), case: CASE }, world.open());
  await rest(world.clock.now() + 3 * DAY);
  return { world, kills, calls };
}

test(`a case of ${KILLED_SIZE} accounts ends as it would have ended, although its process dies again and again at any call`, async () => {
  const calm = await driven(KILLED_SIZE, undefined);
  const expected = await outcome(calm.world, calm.world.open());
  expect(expected).toMatchObject({ at: 'undone', suspended: 0, carried: 2 * KILLED_SIZE });
  for (const share of KILLED_SIZE > 1_000 ? [40] : [7, 13]) {
    const stride = Math.ceil(calm.calls / share);
    const { world, kills } = await driven(KILLED_SIZE, stride);
    expect(kills).toBeGreaterThanOrEqual(share - 2);
    expect(await outcome(world, world.open())).toEqual(expected);
    for (const { account: one } of world.campaign.members.slice(0, 50)) {
      expect(await world.open().ledger.faults(`A#${one}`)).toEqual([]);
      const chain = await world.open().ledger.history(ACCOUNT_CHAIN, one);
      expect(chain.filter(({ what }) => what === 'suspend asked')).toHaveLength(1);
    }
  }
});
