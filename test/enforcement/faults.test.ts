import { advance } from '../../functions/enforcement/case/advance';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { enforce } from '../../functions/enforcement/enforce';
import { type Enforcement, openEnforcement } from '../../functions/enforcement/enforcement';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { ToyProvider, withStandingOf } from '../../local/provider/toy-provider';
import { ACCOUNT_CHAIN, type AccountState, inForce } from '../../shared/domain/cases/action';
import { sequenceLabel } from '../../shared/domain/cases/ledger';
import { policyDigest } from '../../shared/domain/policy/policy';
import { DAY, dayOf, hourOf, MINUTE } from '../../shared/domain/time';
import { type AccountKey, caseId, sealedId } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Entry } from '../../shared/stores/cases/ledger-store';
import { Crash, MortalProcess } from '../support/mortal';
import { buildCampaign, T0 } from '../support/worlds/build-campaign';
import { ADA, BEN, policyWith, says } from '../support/worlds/enforcement-world';

/** LOCKSTEP_SEEDS=20000 looks longer; the default is what every run can afford. */
const SEEDS = Number(process.env.LOCKSTEP_SEEDS ?? 1000);
const CASE = caseId('C-hydra.0001');
const set = <T>(value: T) => ({ value, reason: 'the test says so' });

type Run = {
  seed: number;
  provider: ToyProvider;
  calm: Enforcement;
  accounts: AccountKey[];
  undone: boolean;
  perHour: number;
  perDay: number;
  crashes: number;
  early: string[];
};

/** Two processes at a time do what they do, and die; the clock goes on; then everybody stays alive and the dust settles. */
async function run(seed: number): Promise<Run> {
  const dice = new SeededChance(seed);
  const upTo = (n: number): number => Math.floor(dice.next() * n);
  const clock = new SimulatedClock(T0);
  const size = 8 + upTo(10);
  const perHour = 4 + upTo(20);
  const perDay = perHour + upTo(30);
  const policy = policyWith((enforcement) => {
    enforcement.budget.perHour = set(perHour);
    enforcement.budget.perDay = set(perDay);
    enforcement.stop.reversals = set(1);
    enforcement.stop.errors = set(0.5);
    enforcement.outage.tries = set(1000);
  });
  const stores = { enforcement: new MemoryTable(clock), graph: new MemoryTable(clock), archive: new MemoryObjectStore() };
  const provider = new ToyProvider();
  const early: string[] = [];
  const witness = {
    async request(action: Parameters<ToyProvider['request']>[0]) {
      // The ledger comes first: when the provider hears of it, the entry that asks is there.
      const entry = await stores.enforcement.get(`A#${action.account}`, `E#${sequenceLabel(action.sequence)}`);
      if (!entry) early.push(action.id);
      return provider.request(action);
    },
  };
  const frozen: (() => void)[] = [];
  const thaw = (share: number) => {
    for (const wake of frozen.splice(0, Math.ceil(share * frozen.length))) wake();
  };
  const coldness = dice.next() < 0.5 ? 0.02 : 0;
  const freeze = async (likelier = 1) => {
    if (dice.next() < coldness * likelier) await new Promise<void>((wake) => frozen.push(wake));
  };
  const live = (risk: number): Enforcement => {
    const process = new MortalProcess(dice, risk, risk > 0 ? freeze : undefined);
    return openEnforcement({
      stores: {
        enforcement: process.table(stores.enforcement),
        graph: process.table(stores.graph),
        archive: process.objects(stores.archive),
      },
      accounts: withStandingOf(provider, {
        known: async (keys) => new Map(keys.map((key) => [key, { account: key, sealed: sealedId(key), facts: {} }])),
      }),
      provider: process.provider(witness),
      workflow: { start: async () => {}, wake: async () => {} },
      policy: async () => ({ policy, digest: policyDigest(policy) }),
      clock,
      chance: dice,
    });
  };
  const calm = live(0);
  await turnKillSwitch({ ...says(ADA), to: 'armed' }, calm);
  const campaign = buildCampaign({ size });
  await calm.campaigns.save(campaign);
  const accounts = campaign.members.map((member) => member.account);
  const saw = { campaigns: [campaign], activeAccounts: 1_000_000 };
  const deeds: ((world: Enforcement) => Promise<unknown>)[] = [
    (world) => advance(world),
    (world) => advance(world),
    (world) => enforce(saw, world),
    async (world) => {
      const account = accounts[upTo(accounts.length)];
      if (account === undefined || dice.next() > 0.1) return;
      await undoAccount({ ...says(BEN), account }, world);
    },
    async (world) => {
      if (dice.next() < 0.1) await undoCase({ ...says(BEN), case: CASE }, world);
    },
  ];
  let crashes = 0;
  const started: Promise<void>[] = [];
  const mortal = async (deed: Promise<unknown> | undefined): Promise<void> => {
    try {
      await deed;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes++;
    }
  };
  const settle = async (): Promise<void> => {
    // Who died holding the case keeps it until its lease is over.
    clock.advanceTo(clock.now() + 20 * MINUTE);
    await enforce(saw, calm);
    const end = clock.now() + 4 * DAY;
    for (;;) {
      const { nextDue } = await advance(calm);
      if (nextDue === undefined || nextDue > end) break;
      clock.advanceTo(Math.max(nextDue, clock.now() + 1));
    }
  };
  const risk = dice.next() * 0.04;
  for (let tick = 0; tick < 15; tick++) {
    const mood = dice.next();
    provider.behaviour = () => (dice.next() < mood * 0.4 ? 'down' : 'obeys');
    const pair = [deeds[upTo(deeds.length)], deeds[upTo(deeds.length)]];
    for (const deed of pair) started.push(mortal(deed?.(live(risk))));
    await turns();
    clock.advanceTo(clock.now() + upTo(40 * MINUTE));
    thaw(dice.next() < 0.5 ? 0.2 : 0);
  }
  provider.behaviour = () => 'obeys';
  // Everybody alive, all the way to rest; then the last frozen process wakes up, days late, and all comes to rest again.
  await settle();
  if (dice.next() < 0.3) await undoCase({ ...says(BEN), case: CASE }, calm);
  await settle();
  while (frozen.length > 0) {
    thaw(1);
    await turns();
  }
  await Promise.all(started);
  await settle();
  const undone = (await calm.cases.head(CASE))?.state.progress.kind === 'undone';
  return { seed, provider, calm, accounts, undone, perHour, perDay, crashes, early };
}

/** Lets every process that is not frozen run until it ends: none of them waits for more than a promise. */
const turns = (): Promise<void> => new Promise((done) => setImmediate(done));

const asksIn = (chain: Entry<AccountState>[]) => chain.filter((entry) => entry.what === 'suspend asked');

/** Everything that must not be, in words; empty when all is well. */
async function wrongs({ provider, calm, accounts, undone, perHour, perDay, early }: Run): Promise<string[]> {
  const wrong = early.map((id) => `${id} reached the provider before the ledger`);
  const suspended = new Set(provider.suspended());
  const asked: number[] = [];
  const { kind } = (await calm.cases.head(CASE))?.state.progress ?? { kind: 'none' };
  for (const account of accounts) {
    const chain = await calm.ledger.history(ACCOUNT_CHAIN, account);
    const state = chain.at(-1)?.state;
    const asks = asksIn(chain);
    asked.push(...asks.map((entry) => entry.at));
    if (asks.length > 1) wrong.push(`${account} was asked for ${asks.length} times`);
    if (suspended.has(account) && !inForce(state))
      wrong.push(`${account} is suspended, and the ledger says ${state?.phase.kind ?? 'nothing'}`);
    if (inForce(state) && state?.phase.kind !== 'asked' && !suspended.has(account))
      wrong.push(`the ledger says ${account} is suspended, and it is not`);
    if (undone && suspended.has(account)) wrong.push(`${account} is suspended although the case was undone`);
    if (state?.exoneratedUntil && suspended.has(account)) wrong.push(`${account} is suspended although a person gave it back`);
    if (kind === 'contained' && !suspended.has(account) && !state?.exoneratedUntil)
      wrong.push(`the campaign is contained, and ${account} is not`);
    for (const fault of await calm.ledger.faults(`A#${account}`)) wrong.push(`${fault.chain} ${fault.sequence}: ${fault.because}`);
  }
  for (const fault of await calm.ledger.faults(`K#${CASE}`)) wrong.push(`${fault.chain} ${fault.sequence}: ${fault.because}`);
  for (const at of asked) {
    if (asked.filter((other) => hourOf(other) === hourOf(at)).length > perHour) wrong.push(`more than ${perHour} in the hour of ${at}`);
    if (asked.filter((other) => dayOf(other) === dayOf(at)).length > perDay) wrong.push(`more than ${perDay} in the day of ${at}`);
  }
  return wrong;
}

test(`${SEEDS} seeds of crashes, races, outages and undos: the ledger comes first, nobody twice, no budget exceeded, an undo wins`, async () => {
  const count = { crashes: 0, undone: 0, contained: 0, suspended: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await run(seed);
    const wrong = await wrongs(outcome);
    if (wrong.length > 0) throw new Error(`seed ${seed}: ${wrong.slice(0, 5).join('; ')}`);
    count.crashes += outcome.crashes;
    count.suspended += outcome.provider.suspended().length;
    if (outcome.undone) count.undone++;
    else if ((await outcome.calm.cases.head(CASE))?.state.progress.kind === 'contained') count.contained++;
  }
  // The seeds must really have exercised all of it.
  expect(count.crashes).toBeGreaterThan(SEEDS);
  expect(count.undone).toBeGreaterThan(SEEDS / 20);
  expect(count.contained).toBeGreaterThan(SEEDS / 5);
  expect(count.suspended).toBeGreaterThan(SEEDS);
}, 600_000);
