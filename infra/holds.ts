import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { HoldEnv } from '../shared/wiring';
import { every } from './parts/every';
import { may } from './parts/grants';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Copies the events of accounts under a legal hold out of reach of the archive's retention. It may delete copies, and nothing else. */
export class Holds extends Construct {
  constructor(scope: Construct, id: string, { stage, state, alarms }: { stage: Stage; state: StateStack; alarms: ITopic }) {
    super(scope, id);
    const { archive, tables } = state;
    const keep = new StageFunction(this, 'Keep', {
      handler: 'functions/holds/handler.ts',
      schema: HoldEnv,
      environment: {
        ARCHIVE_BUCKET: archive.bucketName,
        FEATURES_TABLE: tables.features.tableName,
        GRAPH_TABLE: tables.graph.tableName,
        ENFORCEMENT_TABLE: tables.enforcement.tableName,
        ARCHIVE_DAYS: String(stage.archiveDays),
      },
      memoryMiB: 1_024,
      timeout: Duration.minutes(10),
      logDays: stage.logDays,
    });
    const impact = 'Events under a legal hold are not copied: what the archive lets go meanwhile cannot be shown to a court.';
    every(this, 'Schedule', Duration.hours(1), keep, deadLetterQueue(this, 'Failures', alarms, impact));
    may(keep).readRows(tables.enforcement, ['LEGAL-HOLDS', 'LH#*']);
    may(keep).readRows(tables.features, ['F#*']);
    may(keep).readRows(tables.graph, ['CAMPAIGN']);
    may(keep).read(archive, ['chunks/*', 'plans/*', 'campaigns/*', 'holds/*']);
    may(keep).write(archive, ['holds/*']);
    may(keep).remove(archive, ['holds/*']);
  }
}
