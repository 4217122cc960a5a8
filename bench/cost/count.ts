import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Detection } from '../../functions/detection/detect';
import { advance } from '../../functions/enforcement/case/advance';
import { enforce } from '../../functions/enforcement/enforce';
import { openEnforcement } from '../../functions/enforcement/enforcement';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { type FeatureRows, fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { Gateway } from '../../local/provider/gateway';
import { Policy, policyDigest } from '../../shared/domain/policy/policy';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { readFoldOutput } from '../../shared/formats/fold-output';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Table } from '../../shared/ports';
import { CountedObjectStore } from './counted-store';
import { type Count, type Counted, CountedTable } from './counted-table';
import type { Deployed } from './deployed';
import { type Envelope, envelopes } from './envelopes';
import type { Step, Traffic } from './traffic';

/** Which use case a request was made by. `fold-again`: of an hour that was folded before, for late events. */
export type Phase = 'ingest' | 'plan' | 'fold' | 'fold-again' | 'detect' | 'enforce';
export type Tally = { phase: Phase } & Counted;

/** What was counted over `days`, after a warm-up of which nothing is counted. `ms`: processor time, measured on the machine at hand. */
export type CountedWorld = {
  days: number;
  events: number;
  late: number;
  accounts: number;
  active: number;
  accountHours: number;
  envelopes: number;
  envelopeBytes: number;
  chunks: number;
  folds: { first: number; again: number };
  runs: { plan: number; detect: number };
  flagged: number;
  asked: number;
  tallies: Tally[];
  /** What it would be with the hourly feature cache of everybody. */
  talliesOfAll: Tally[];
  /** Write units of one row an (account, hour), as it was before decision 0001. */
  unitsOfRows: number;
  ms: Record<Phase, number>;
};

export type CountOptions = {
  traffic: Traffic;
  deployed: Deployed;
  rows: FeatureRows;
  /** Events that one batch of the event source mapping holds at the volume in question. */
  eventsPerBatch: number;
  warmUpDays: number;
  seed: number;
};

/** Keys, names, version and expiry of such a row. */
const ROW_BYTES = 70;

const policy = Policy.parse(
  JSON.parse(readFileSync(join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '../..'), 'policies/recommended.json'), 'utf8')),
);

/** The product's use cases on memory twins that count, on simulated traffic, at the times at which they are called on AWS. */
export async function countWorld({ traffic, deployed, rows, eventsPerBatch, warmUpDays, seed }: CountOptions): Promise<CountedWorld> {
  const world = new World(deployed, rows, traffic.start, seed);
  await world.arm();
  const from = traffic.start + warmUpDays * DAY;
  let waiting: string[] = [];
  for (const step of traffic.steps()) {
    world.counting = step.at > from;
    world.clock.advanceTo(step.at);
    world.saw(step);
    waiting.push(...step.lines);
    // Batches never wait for the next hour: at the volume that stands behind this one they are seconds long.
    if (waiting.length >= eventsPerBatch || step.at % HOUR === 0) {
      await world.ingest(waiting, eventsPerBatch);
      waiting = [];
    }
    if (step.at % (deployed.planMinutes * MINUTE) === 0) await world.fold();
    const each = (world.counting ? deployed.detectMinutes : 60) * MINUTE;
    if (step.at % each === 0) await world.detect();
  }
  return world.told();
}

class World {
  readonly clock: SimulatedClock;
  counting = false;
  private phase: Phase = 'ingest';
  private readonly tallies = new Map<string, Tally>();
  private readonly talliesOfAll = new Map<string, Tally>();
  private readonly into = (tallies: Map<string, Tally>): Count => {
    return (one) => {
      if (!this.counting) return;
      const name = [this.phase, one.service, one.what, one.purpose].join(' ');
      const held = tallies.get(name);
      if (!held) tallies.set(name, { phase: this.phase, ...one });
      else {
        held.units += one.units;
        held.requests += one.requests;
      }
    };
  };
  private readonly patience;
  private readonly hasher = new KeyedHasher('the key of the cost count, public'.padEnd(40, '.'));
  private readonly objects = new MemoryObjectStore();
  private readonly stores;
  /** The same folds, with the hourly feature cache of everybody. */
  private readonly everybody: Table;
  private readonly detection: Detection;
  private readonly enforcement;
  private readonly gateway: Gateway;
  private readonly foldedOnce = new Set<string>();
  private readonly seen = {
    events: 0,
    late: 0,
    envelopes: 0,
    envelopeBytes: 0,
    chunks: 0,
    first: 0,
    again: 0,
    plan: 0,
    detect: 0,
    accountHours: 0,
    unitsOfRows: 0,
  };
  private readonly ms: Record<Phase, number> = { ingest: 0, plan: 0, fold: 0, 'fold-again': 0, detect: 0, enforce: 0 };
  private from = Number.POSITIVE_INFINITY;

  constructor(
    private readonly deployed: Deployed,
    private readonly rows: FeatureRows,
    start: number,
    seed: number,
  ) {
    this.clock = new SimulatedClock(start);
    this.patience = {
      shards: deployed.shards,
      settle: deployed.settleMinutes * MINUTE,
      foldAgainAfter: deployed.foldAgainMinutes * MINUTE,
    };
    const count = this.into(this.tallies);
    const table = (): Table => new CountedTable(new MemoryTable(this.clock), count);
    this.everybody = new CountedTable(new MemoryTable(this.clock), this.into(this.talliesOfAll));
    this.stores = {
      archive: new CountedObjectStore(this.objects, count),
      features: table(),
      graph: table(),
      enforcement: table(),
    };
    this.detection = new Detection({ stores: this.stores, clock: this.clock });
    this.gateway = new Gateway(this.clock, this.stores.graph);
    const digest = policyDigest(policy);
    this.enforcement = openEnforcement({
      stores: this.stores,
      accounts: this.gateway.accounts,
      provider: this.gateway,
      workflow: { start: async () => {}, wake: async () => {} },
      policy: async () => ({ policy, digest }),
      clock: this.clock,
      chance: new SeededChance(seed),
    });
  }

  async arm(): Promise<void> {
    await turnKillSwitch({ actor: { id: 'cost', role: 'admin' }, key: 'cost', because: 'To be counted.', to: 'armed' }, this.enforcement);
  }

  saw({ at, lines, late }: Step): void {
    if (!this.counting) return;
    this.from = Math.min(this.from, at);
    this.seen.events += lines.length;
    this.seen.late += late;
  }

  private async during<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    this.phase = phase;
    const began = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(began);
    if (this.counting) this.ms[phase] += (user + system) / 1000;
    return result;
  }

  async ingest(lines: readonly string[], eventsPerBatch: number): Promise<void> {
    let batch: Envelope[] = [];
    let held = 0;
    const close = async (): Promise<void> => {
      if (batch.length === 0) return;
      const messages = batch.map(({ body }, index) => ({ id: `m-${index}`, body }));
      batch = [];
      held = 0;
      const { deployed, stores, clock, hasher } = this;
      await this.during('ingest', () =>
        ingest(messages, { ...stores, clock, hasher, segments: deployed.segments, effect: this.gateway.effect }),
      );
      if (this.counting) this.seen.chunks++;
    };
    for (const envelope of envelopes(lines)) {
      if (this.counting) {
        this.seen.envelopes++;
        this.seen.envelopeBytes += envelope.body.length;
      }
      batch.push(envelope);
      held += envelope.events;
      if (held >= eventsPerBatch) await close();
    }
    await close();
  }

  async fold(): Promise<void> {
    const { stores, clock, rows } = this;
    if (this.counting) this.seen.plan++;
    for (const task of await this.during('plan', () => plan({ ...stores, clock, ...this.patience }))) {
      const name = `${task.hour}/${task.shard}`;
      const again = this.foldedOnce.has(name);
      this.foldedOnce.add(name);
      const result = await this.during(again ? 'fold-again' : 'fold', () => fold(task, { ...stores, rows }));
      await fold(task, { archive: this.objects, features: this.everybody, rows: 'all' });
      if (!this.counting) continue;
      this.seen[again ? 'again' : 'first']++;
      const output = await this.objects.get(result.output);
      for (const { features } of output ? readFoldOutput(output).rows : []) {
        if (features.length === 0) continue;
        if (!again) this.seen.accountHours++;
        this.seen.unitsOfRows += Math.ceil((features.length + ROW_BYTES) / 1024);
      }
    }
  }

  async detect(): Promise<void> {
    if (this.counting) this.seen.detect++;
    const { changed, active } = await this.during('detect', () => this.detection.run(policy.detection, policy.version));
    await this.during('enforce', async () => {
      await enforce({ campaigns: changed, activeAccounts: active }, this.enforcement);
      await advance(this.enforcement);
    });
  }

  async told(): Promise<CountedWorld> {
    this.counting = false;
    let flagged = 0;
    for await (const { counts } of this.detection.campaigns.headers()) flagged += Object.values(counts).reduce((sum, n) => sum + n, 0);
    const profiles = [...this.detection.population.profiles.values()];
    const { first, again, plan: plans, detect, ...seen } = this.seen;
    return {
      ...seen,
      days: (this.clock.now() - this.from) / DAY,
      accounts: profiles.length,
      active: profiles.filter(({ lastUse }) => lastUse > this.from).length,
      folds: { first, again },
      runs: { plan: plans, detect },
      flagged,
      asked: this.gateway.received.length,
      tallies: [...this.tallies.values()],
      talliesOfAll: [...this.tallies.values()]
        .filter(({ purpose }) => purpose !== 'H#')
        .concat([...this.talliesOfAll.values()].filter(({ purpose }) => purpose === 'H#')),
      ms: this.ms,
    };
  }
}
