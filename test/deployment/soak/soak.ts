import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Message, SQSClient } from '@aws-sdk/client-sqs';
import { decisionsDue } from '../../../functions/detection/decisions-due';
import { Detection } from '../../../functions/detection/detect';
import { advance } from '../../../functions/enforcement/case/advance';
import { enforce } from '../../../functions/enforcement/enforce';
import { openEnforcement } from '../../../functions/enforcement/enforcement';
import { turnKillSwitch } from '../../../functions/enforcement/policy/kill-switch';
import { fold, isFolded } from '../../../functions/features/fold';
import { FoldTask, plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import { createTable, startDynalite } from '../../../local/engines/dynamodb';
import { EMULATED } from '../../../local/engines/engine';
import { startSqsAndS3 } from '../../../local/engines/sqs-and-s3';
import { ToyProvider, withStandingOf } from '../../../local/provider/toy-provider';
import recommended from '../../../policies/recommended.json';
import { DynamoTable } from '../../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../../shared/aws/s3-object-store';
import { Policy, policyDigest, withMode } from '../../../shared/domain/policy/policy';
import { HOUR, MINUTE } from '../../../shared/domain/time';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { SeededChance } from '../../../shared/memory/simulated-clock';
import type { Stores } from '../../../shared/ports';
import { KnownAccountStore } from '../../../shared/stores/archive/known-account-store';
import { DetectionRan } from '../../../shared/wiring';
import { Crash, MortalProcess } from '../../support/mortal';
import { alarmsOf, type Evaluated, evaluate, type Point } from './alarms';
import { compare, SEGMENTS, SHARDS } from './compare';
import { openQueues, type QueueName } from './queues';
import { makeTraffic, START } from './traffic';

export type SoakOptions = {
  /** How long the flood lasts, wall time; before and after it, a third of that at the rated flow. */
  minutes: number;
  /** Rated flow, events a second, and how many times it is in the flood. */
  rate: number;
  times: number;
  /** Chance that a call is the last of its instance. */
  risk: number;
  seed: number;
  /** Is told how it goes. */
  say?: (line: string) => void;
};
export type Soaked = {
  sent: number;
  /** Events a second that were sent in the flood: fewer than wanted where the machine is too slow to send them. */
  floodRate: number;
  duplicates: number;
  malformed: number;
  accepted: number;
  rejected: number;
  /** Events in the folds: each that was sent, once. */
  counted: number;
  hours: number;
  /** (hour, shard)s whose fold is another than that of the same events without any fault. */
  different: string[];
  ended: Record<string, number>;
  redriven: number;
  /** From the first event until everything was drained, and how long after the last event that was. */
  tookSeconds: number;
  drainedAfterSeconds: number;
  oldestSeconds: number;
  deepest: number;
  runs: number;
  overlapping: number;
  suspended: number;
  /** Requests of one account that were carried out twice. */
  twice: number;
  campaigns: number;
  alarms: Evaluated[];
};

/** Simulated time to wall time after the last event. */
const AFTERWARDS = 6;
/** Simulated time that the whole soak stands for: enough for a campaign to show. */
const SIMULATED = 30 * HOUR;
/** Messages that one call of ingest is given, and how long they are collected at most. */
const BATCH = 200;
const WINDOW_MS = 2_000;
const READERS = 2;
const POLICY = withMode(Policy.parse(recommended), 'auto', 'the soak acts');

/**
 * The pipeline's use cases over the AWS adapters, on engines in this process: real queues with dead letters, two readers each, every
 * schedule delivered twice at once, and instances that end at any call. A flood of events of `times` the rated flow, and then: everything
 * drained, nothing lost, nothing twice, by comparing each fold to the byte with that of the same events without a fault. The clock of the
 * use cases runs faster than the wall; the alarms are evaluated by the wall's.
 */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { minutes, rate, times, risk, seed, say = () => {} } = options;
  const chance = new SeededChance(seed);
  const [tables, objects] = await Promise.all([startDynalite(), startSqsAndS3()]);
  const ddb = new DynamoDBClient({ ...EMULATED, endpoint: tables.endpoint, maxAttempts: 3 });
  const s3 = new S3Client({ ...EMULATED, endpoint: objects.endpoint, forcePathStyle: true, maxAttempts: 3 });
  const sqs = new SQSClient({ ...EMULATED, endpoint: objects.endpoint, maxAttempts: 3, useQueueUrlAsEndpoint: false });
  const began = Date.now();
  const flood = minutes * MINUTE;
  const rated = flood / 3;
  const total = flood + 2 * rated;
  const againAfterSeconds = Math.ceil(Math.min(30, Math.max(3, total / 30_000)));
  const windowMs = Math.min(WINDOW_MS, total / 200);
  // Once the traffic is over the simulated time hardly goes on: on a slow machine weeks of it would pass while it drains, in which every
  // run finds something new to say.
  const clock = {
    now: () => {
      const elapsed = Date.now() - began;
      return START + Math.round((Math.min(elapsed, total) * SIMULATED) / total + AFTERWARDS * Math.max(0, elapsed - total));
    },
  };
  const simulated = (ms: number): number => (ms * total) / SIMULATED;
  const table = async (name: string) => {
    await createTable(ddb, name);
    return new DynamoTable(ddb, name, clock);
  };
  await s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
  const stores: Stores = {
    archive: new S3ObjectStore(s3, 'archive'),
    features: await table('features'),
    graph: await table('graph'),
    enforcement: await table('enforcement'),
  };
  const hasher = new KeyedHasher('s'.repeat(64));
  const points: Point[] = [];
  const count = (metric: string, value: number, of = ''): void => void points.push({ metric, of, at: Date.now(), value });
  const result = { accepted: 0, rejected: 0, redriven: 0, runs: 0, overlapping: 0, ended: {} as Record<string, number> };
  const queues = await openQueues(sqs, againAfterSeconds);

  /** An instance: its stores, which stop answering when it ends. */
  const instance = () => {
    const process = new MortalProcess(chance, closing ? 0 : risk);
    const mortal: Stores = {
      archive: process.objects(stores.archive),
      features: process.table(stores.features),
      graph: process.table(stores.graph),
      enforcement: process.table(stores.enforcement),
    };
    return { process, stores: mortal };
  };
  /** Answers undefined when the instance ended. Anything else that is thrown is a fault of ours. */
  const mortally = async <T>(step: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      result.ended[step] = (result.ended[step] ?? 0) + 1;
      return undefined;
    }
  };
  let closing = false;
  let isOver = false;

  async function reader(name: QueueName, step: string, most: number, work: (messages: Message[]) => Promise<void>): Promise<void> {
    while (!isOver) {
      const batch = await queues.take(name, most, most === 1 ? 0 : windowMs);
      if (batch.length === 0) continue;
      const done = await mortally(step, async () => {
        await work(batch);
        return true;
      });
      await queues.settle(name, batch, done === true);
    }
  }
  /** A schedule whose every call is delivered twice at once; each is called again twice when its instance ends, and then given up. */
  async function schedule(everyMs: number, step: string, work: () => Promise<void>, failures: string): Promise<void> {
    const call = async (): Promise<void> => {
      for (let attempt = 0; attempt < 3; attempt++) if (await mortally(step, () => work().then(() => true))) return;
      count('ApproximateNumberOfMessagesVisible', 1, failures);
    };
    while (!isOver) {
      await Promise.all([call(), call()]);
      await setTimeout(everyMs);
    }
  }

  const provider = new ToyProvider();
  const digest = policyDigest(POLICY);
  const enforcementOf = (given: Stores, mortal?: MortalProcess) =>
    openEnforcement({
      stores: given,
      accounts: withStandingOf(provider, new KnownAccountStore(given.graph)),
      provider: mortal ? mortal.provider(provider) : provider,
      workflow: { start: async () => {}, wake: async () => {} },
      policy: async () => ({ policy: POLICY, digest }),
      clock,
      chance,
    });
  await turnKillSwitch(
    { actor: { id: 'soak', role: 'admin' }, key: 'soak-begins', because: 'the soak begins', to: 'armed' },
    enforcementOf(stores),
  );
  const folding = (given: Stores) => ({ ...given, clock, shards: SHARDS, rows: 'none' as const });
  const traffic = makeTraffic(chance);
  const instances: { process: MortalProcess; detection: Detection }[] = [];
  const detectionAt = (place: number) => {
    const known = instances[place];
    if (known) return known;
    const { process, stores: given } = instance();
    const made = { process, detection: new Detection({ stores: given, clock }) };
    instances[place] = made;
    return made;
  };
  let turn = 0;

  const running = [
    ...Array.from({ length: READERS }, () =>
      reader('IngestEventsQueue', 'ingest', BATCH, async (messages) => {
        const { stores: given } = instance();
        const sources = messages.map(({ MessageId = '', Body = '' }) => ({ id: MessageId, body: Body }));
        const { accepted, rejected } = await ingest(sources, { ...given, clock, hasher, segments: SEGMENTS });
        count('EventsAccepted', accepted);
        count('EventsRejected', rejected.length);
        result.accepted += accepted;
        result.rejected += rejected.length;
      }),
    ),
    ...Array.from({ length: READERS }, () =>
      reader('FeaturesFoldsQueue', 'fold', 1, async ([message]) => {
        const task = FoldTask.parse(JSON.parse(message?.Body ?? ''));
        const ports = folding(instance().stores);
        if (await isFolded(task, ports.features)) return;
        const { conflicts } = await fold(task, ports);
        if (conflicts > 0) count('ConflictingDuplicates', conflicts);
      }),
    ),
    reader('DetectionDecisionsQueue', 'decide', 1, async ([message]) => {
      const { run: _, ...ran } = DetectionRan.parse(JSON.parse(message?.Body ?? ''));
      const { process, stores: given } = instance();
      await enforce(ran, enforcementOf(given, process));
    }),
    schedule(
      simulated(5 * MINUTE),
      'plan',
      async () => {
        const tasks = await plan(folding(instance().stores));
        await queues.send(
          'FeaturesFoldsQueue',
          tasks.map((task) => JSON.stringify(task)),
        );
      },
      'FeaturesPlanFailures',
    ),
    schedule(
      simulated(15 * MINUTE),
      'detect',
      async () => {
        const place = turn++ % 2;
        const { detection } = detectionAt(place);
        try {
          const ran = await detection.run(POLICY.detection, digest, [], () => true);
          if (ran.kind === 'overlapping') result.overlapping++;
          if (ran.kind !== 'ran') return;
          result.runs++;
          count('DetectionRuns', 1);
          const due = await decisionsDue(ran, detection.campaigns.headers());
          await queues.send(
            'DetectionDecisionsQueue',
            due.map((one) => JSON.stringify(one)),
          );
        } catch (error) {
          // It ended: the next call finds a new one.
          delete instances[place];
          throw error;
        }
      },
      'DetectionFailures',
    ),
    schedule(
      simulated(10 * MINUTE),
      'watchdog',
      async () => {
        const { process, stores: given } = instance();
        await advance(enforcementOf(given, process));
      },
      'EnforcementFailures',
    ),
  ];
  const fault = Promise.all(running).then(() => undefined);
  // Whatever is thrown there is a fault of ours, and ends the soak.
  let broke: unknown;
  fault.catch((error: unknown) => {
    broke = error;
  });

  let deepest = 0;
  let oldest = 0;
  const measure = async (): Promise<number> => {
    let all = 0;
    for (const { name, waiting, age, dead, visible } of await queues.depths()) {
      count('ApproximateAgeOfOldestMessage', age, name);
      count('ApproximateNumberOfMessagesVisible', visible, dead);
      oldest = Math.max(oldest, age);
      all += waiting + visible;
    }
    // Calls that were given up are counted where it happens.
    for (const failures of ['FeaturesPlanFailures', 'DetectionFailures', 'EnforcementFailures'])
      count('ApproximateNumberOfMessagesVisible', 0, failures);
    deepest = Math.max(deepest, all);
    return all;
  };

  try {
    let sentSeconds = 0;
    const flooded: { events: number; from?: number; to: number } = { events: 0, to: 0 };
    // Every second's events are sent, late if this machine cannot keep up: `floodRate` says what came of it.
    for (; sentSeconds * 1_000 < total; sentSeconds++) {
      if (broke) throw broke;
      const due = began + sentSeconds * 1_000;
      if (due > Date.now()) await setTimeout(due - Date.now());
      const isFlood = due >= began + rated && due < began + rated + flood;
      const before = traffic.sent;
      const at = Date.now();
      await queues.send('IngestEventsQueue', traffic.messages(clock.now(), rate * (isFlood ? times : 1)));
      const left = await measure();
      if (isFlood) {
        flooded.events += traffic.sent - before;
        flooded.from ??= at;
        flooded.to = Math.max(Date.now(), due + 1_000);
      }
      if (sentSeconds % 15 === 0)
        say(
          `${sentSeconds} s  ${isFlood ? 'flood' : 'rated'}  ${traffic.sent} events sent, ${result.accepted} taken, ${left} messages wait`,
        );
    }
    const stopped = Date.now();
    // Instances end no more: what is under way comes to its end, and what died is sent again, as the runbook says.
    closing = true;
    instances.length = 0;
    for (;;) {
      if (broke) throw broke;
      const left = await measure();
      result.redriven += await queues.redrive();
      if (left === 0 && (await queues.areEmpty())) break;
      if (Date.now() > stopped + 2 * total + 5 * MINUTE)
        throw new Error(`not drained: ${left} messages are left: ${JSON.stringify(await queues.depths())}`);
      await setTimeout(500);
    }
    const drained = Date.now();
    isOver = true;
    await fault;
    // The last hour closes.
    const later = { now: () => clock.now() + 2 * HOUR };
    for (;;) {
      const tasks = await plan({ ...folding(stores), clock: later });
      if (tasks.length === 0) break;
      for (const task of tasks) await fold(task, folding(stores));
    }
    const compared = await compare(stores, traffic.lines, { hasher, now: later.now() });
    const asked = new Map<string, Set<string>>();
    for (const { account, kind, id } of provider.received) {
      if (kind !== 'suspend') continue;
      asked.set(account, (asked.get(account) ?? new Set()).add(id));
    }
    let campaigns = 0;
    for await (const _ of new Detection({ stores, clock }).campaigns.headers()) campaigns++;
    return {
      ...result,
      ...compared,
      sent: traffic.sent,
      floodRate: Math.round((1_000 * flooded.events) / Math.max(1, flooded.to - (flooded.from ?? 0))),
      duplicates: traffic.duplicates,
      malformed: traffic.malformed,
      tookSeconds: Math.round((drained - began) / 1_000),
      drainedAfterSeconds: Math.round((drained - stopped) / 1_000),
      oldestSeconds: Math.round(oldest),
      deepest,
      suspended: provider.suspended().length,
      twice: [...asked.values()].filter((ids) => ids.size > 1).length,
      campaigns,
      alarms: evaluate(alarmsOf('prod'), points, { from: began, to: drained }),
    };
  } finally {
    isOver = true;
    await fault.catch(() => undefined);
    for (const client of [ddb, s3, sqs]) client.destroy();
    await Promise.all([tables.stop(), objects.stop()]);
  }
}
