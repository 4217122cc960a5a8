import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { FoldEnv, METRICS, PlanEnv } from '../shared/wiring';
import { alarm } from './parts/alarm';
import { every } from './parts/every';
import { may } from './parts/grants';
import { pipelineMetric } from './parts/metric';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue, WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Seals the chunk lists of hours that changed, and folds each (hour, shard) from scratch. */
export class Features extends Construct {
  constructor(scope: Construct, id: string, { stage, state, alarms }: { stage: Stage; state: StateStack; alarms: ITopic }) {
    super(scope, id);
    const { archive, tables } = state;
    const timeout = Duration.minutes(5);
    const impact = 'Hours of usage are not folded into features: detection works on what was known before.';
    const folds = new WatchedQueue(this, 'Folds', {
      alarms,
      impact,
      readIn: timeout,
      collectedIn: Duration.seconds(0),
      batchSize: 1,
      late: Duration.minutes(30),
    });
    const plan = new StageFunction(this, 'Plan', {
      handler: 'functions/features/plan-handler.ts',
      schema: PlanEnv,
      environment: {
        ARCHIVE_BUCKET: archive.bucketName,
        FEATURES_TABLE: tables.features.tableName,
        FOLD_QUEUE_URL: folds.queue.queueUrl,
        SHARDS: String(stage.features.shards),
        SETTLE_SECONDS: String(stage.features.settle.toSeconds()),
        FOLD_AGAIN_SECONDS: String(stage.features.foldAgainAfter.toSeconds()),
        ARCHIVE_DAYS: String(stage.archiveDays),
      },
      memoryMiB: 512,
      timeout: Duration.minutes(2),
      logDays: stage.logDays,
    });
    every(this, 'PlanSchedule', stage.features.planEvery, plan, deadLetterQueue(this, 'PlanFailures', alarms, impact));
    may(plan).readRows(tables.features, ['DIRTY', 'LATE', 'F#*', 'M#*']);
    may(plan).writeRows(tables.features, ['F#*']);
    may(plan).write(archive, ['plans/*']);
    may(plan).sendTo(folds.queue);

    const fold = new StageFunction(this, 'Fold', {
      handler: 'functions/features/fold-handler.ts',
      schema: FoldEnv,
      environment: { ARCHIVE_BUCKET: archive.bucketName, FEATURES_TABLE: tables.features.tableName, FEATURE_ROWS: stage.features.rows },
      memoryMiB: 1_769,
      timeout,
      logDays: stage.logDays,
    });
    folds.readBy(fold, { concurrency: stage.features.concurrency });
    may(fold).read(archive, ['plans/*', 'chunks/*', 'detection/risk-tier']);
    may(fold).write(archive, ['folds/*']);
    may(fold).readRows(tables.features, ['F#*', 'ERASED']);
    may(fold).writeRows(tables.features, ['F#*', 'H#*']);

    alarm(this, 'Conflicts', alarms, {
      metric: pipelineMetric(this, METRICS.conflicts, { period: Duration.hours(1) }),
      above: 0,
      impact: 'A producer sends different events under one id: which of them counts is decided by content, so some usage is missing.',
    });
  }
}
