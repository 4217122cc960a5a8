import { Detection, type DetectionPorts, type DetectionRun } from '../functions/detection/detect';
import { advance } from '../functions/enforcement/case/advance';
import { type Enforced, enforce } from '../functions/enforcement/enforce';
import { type Enforcement, openEnforcement } from '../functions/enforcement/enforcement';
import { turnKillSwitch } from '../functions/enforcement/policy/kill-switch';
import { watchTenants } from '../functions/enforcement/referrals/watch-tenants';
import { verificationDesk } from '../functions/enforcement/verification/verification-desk';
import { type FeatureRows, fold } from '../functions/features/fold';
import { plan } from '../functions/features/plan';
import { keepHeld } from '../functions/holds/keep-held';
import { type IngestResult, ingest, keep } from '../functions/ingest/ingest';
import type { Source, Taken } from '../functions/ingest/read-messages';
import type { ProducerSettings } from '../shared/contract/producer-settings';
import { type Policy, policyDigest } from '../shared/domain/policy/policy';
import { HOUR } from '../shared/domain/time';
import { KeyedHasher } from '../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../shared/memory/memory-object-store';
import { MemoryTable } from '../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../shared/memory/simulated-clock';
import type { ObjectStore, Queue, Stores } from '../shared/ports';
import { RegroupingStore } from '../shared/stores/campaigns/regrouping-store';
import { LedgerStore } from '../shared/stores/cases/ledger-store';
import { Gateway } from './provider/gateway';
import { ToyDesks } from './provider/toy-desk';
import { DETECT_AFTER, FOLD_AFTER } from './schedule';

export type PipelineOptions = {
  policy: Policy;
  /** Key of the identifiers. */
  secret: string;
  /** Start of simulated time, ms. */
  start: number;
  detectEvery: number;
  archive?: ObjectStore;
  /** Which producers are read, when it is given messages as they came. */
  producers?: ProducerSettings;
  /** Where refused records are kept, and with them the account of what arrived; replay keeps both itself. */
  refused?: ObjectStore;
  /** Whose hours are kept at hand for the API; without, it reads the fold outputs. */
  rows?: FeatureRows;
  seed?: number;
  /** Is shown what was found out about each network. */
  record?: DetectionPorts['record'];
  /** What comes of a detection run, as it happens. */
  onRun?: (run: DetectionRun, decided: readonly Enforced[]) => void | Promise<void>;
};

/** Account segments of an hour: one machine has nobody to share them with. */
export const SEGMENTS = 1;

/** One machine lets nothing go: as far back as a replay may reach. */
const KEPT_DAYS = 400;

/**
 * The whole pipeline in one process, under a clock that is told the time: the use cases of the deployed functions on the
 * stores' twins in memory. Whoever feeds it calls `advanceTo` before every event that lies behind the next due time.
 */
export class Pipeline {
  readonly clock: SimulatedClock;
  readonly stores: Stores & { features: MemoryTable; graph: MemoryTable; enforcement: MemoryTable };
  readonly hasher: KeyedHasher;
  readonly gateway: Gateway;
  /** Stands in for the abuse desks of the clouds whose tenants are referred. */
  readonly desks = new ToyDesks(['bedrock', 'vertex', 'foundry']);
  readonly detection: Detection;
  readonly enforcement: Enforcement;
  readonly verifications: Queue;
  readonly counts = { accepted: 0, rejected: 0, folds: new Map<string, { duplicates: number; conflicts: number }>() };
  private nextFold: number;
  private nextDetect: number;
  private nextStep = Number.POSITIVE_INFINITY;

  constructor(private readonly options: PipelineOptions) {
    const { start, policy } = options;
    this.clock = new SimulatedClock(start);
    this.stores = {
      archive: options.archive ?? new MemoryObjectStore(),
      features: new MemoryTable(this.clock),
      graph: new MemoryTable(this.clock),
      enforcement: new MemoryTable(this.clock),
    };
    this.hasher = new KeyedHasher(options.secret);
    const regroupings = new RegroupingStore(new LedgerStore(this.stores.enforcement, this.clock));
    this.detection = new Detection({
      stores: this.stores,
      clock: this.clock,
      regroupings: () => regroupings.holding(),
      rows: (options.rows ?? 'none') === 'none' ? 'none' : 'all',
      ...(options.record ? { record: options.record } : {}),
    });
    this.gateway = new Gateway(this.clock, this.stores.graph);
    const digest = policyDigest(policy);
    this.enforcement = openEnforcement({
      stores: this.stores,
      accounts: this.gateway.accounts,
      provider: this.gateway,
      desks: this.desks,
      // One machine has no execution to start or wake: it looks at its cases at once instead of when they are next due.
      workflow: { start: this.soon, wake: this.soon },
      policy: async () => ({ policy, digest }),
      clock: this.clock,
      chance: new SeededChance(options.seed ?? 1),
      campaigns: this.detection.campaigns,
    });
    this.verifications = verificationDesk(this.enforcement);
    const hour = Math.floor(start / HOUR) * HOUR;
    this.nextFold = hour + HOUR + FOLD_AFTER;
    this.nextDetect = Math.floor(start / options.detectEvery) * options.detectEvery + options.detectEvery + DETECT_AFTER;
  }

  /** Enforcement fails closed: until somebody arms it, nobody is acted on. Replay and demo arm it before their first event. */
  async arm(who: string): Promise<void> {
    await turnKillSwitch({ actor: { id: who, role: 'admin' }, key: who, because: `${who} begins`, to: 'armed' }, this.enforcement);
  }

  /** When something is due next, ms. */
  get due(): number {
    return Math.min(this.nextFold, this.nextDetect, this.nextStep);
  }

  async take(messages: readonly Source[]): Promise<IngestResult> {
    return this.counted(
      await ingest(messages, {
        ...this.stores,
        clock: this.clock,
        hasher: this.hasher,
        segments: SEGMENTS,
        producers: this.options.producers,
        refused: this.options.refused,
        verifications: this.verifications,
        effect: this.gateway.effect,
      }),
    );
  }

  /** The same for what was read elsewhere, under the same key and at the time that it is now. */
  async keep(taken: Taken): Promise<IngestResult> {
    return this.counted(await keep(taken, { ...this.stores, verifications: this.verifications, effect: this.gateway.effect }));
  }

  private counted(result: IngestResult): IngestResult {
    this.counts.accepted += result.accepted;
    this.counts.rejected += result.rejected.length;
    return result;
  }

  /** Lets time pass: everything that is due until then happens at its time, in order. */
  async advanceTo(at: number): Promise<void> {
    while (this.due <= at) {
      this.clock.advanceTo(this.due);
      if (this.nextFold <= this.clock.now()) {
        await this.fold();
        this.nextFold += HOUR;
      } else if (this.nextDetect <= this.clock.now()) {
        await this.detect();
        this.nextDetect += this.options.detectEvery;
      } else await this.settle();
    }
    this.clock.advanceTo(at);
  }

  async fold(): Promise<void> {
    for (const task of await plan({ ...this.stores, clock: this.clock, shards: SEGMENTS })) {
      const result = await fold(task, { ...this.stores, rows: this.options.rows ?? 'none' });
      this.counts.folds.set(`${task.hour}/${task.shard}`, result);
    }
  }

  async detect(): Promise<void> {
    const { policy } = this.options;
    const known = await this.enforcement.operators.watched(this.clock.now());
    const run = await this.detection.run(policy.detection, policy.version, known);
    const decided = await enforce({ campaigns: run.changed, activeAccounts: run.active }, this.enforcement);
    await this.settle();
    // Cases have moved since: here nobody waits for the watchdog.
    await this.enforcement.standings.refresh();
    // Not whether keys that were ended still work: what came after in a past that is played again, no action of ours was asked about.
    await watchTenants(this.enforcement);
    await keepHeld({
      ...this.stores,
      campaigns: this.detection.campaigns,
      holds: this.enforcement.holds,
      clock: this.clock,
      archiveDays: KEPT_DAYS,
    });
    await this.options.onRun?.(run, decided);
  }

  /** Takes every open case as far as it can go now. */
  async settle(): Promise<void> {
    const { nextDue } = await advance(this.enforcement);
    this.nextStep = nextDue === undefined ? Number.POSITIVE_INFINITY : Math.max(nextDue, this.clock.now() + 1);
  }

  private readonly soon = async (): Promise<void> => {
    this.nextStep = this.clock.now();
  };

  get duplicates(): number {
    let sum = 0;
    for (const { duplicates } of this.counts.folds.values()) sum += duplicates;
    return sum;
  }
}
