import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { IngestEnv, IngestFilesEnv, METRICS } from '../shared/wiring';
import { alarm } from './parts/alarm';
import { may } from './parts/grants';
import { pipelineMetric } from './parts/metric';
import { StageFunction } from './parts/stage-function';
import { WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Gateways send to the queue, or drop files; events leave as immutable chunks with their manifest rows. */
export class Ingest extends Construct {
  /** Where gateways send usage events. */
  readonly events: Queue;
  /** Messages that ingest failed on, again and again. */
  readonly deadEvents: Queue;
  /** Notifications of new files, of S3 or of EventBridge. */
  readonly files: Queue;

  constructor(scope: Construct, id: string, { stage, state, alarms }: { stage: Stage; state: StateStack; alarms: ITopic }) {
    super(scope, id);
    const timeout = Duration.seconds(60);
    const events = new WatchedQueue(this, 'Events', {
      alarms,
      readIn: timeout,
      late: Duration.minutes(15),
      impact: 'Usage events are not counted yet: campaigns are seen later than they could be. Nothing is lost for 14 days.',
    });
    this.events = events.queue;
    this.deadEvents = events.deadLetters;
    const common = {
      ARCHIVE_BUCKET: state.archive.bucketName,
      FEATURES_TABLE: state.tables.features.tableName,
      IDENTIFIER_KEY_SECRET: state.secrets.identifierKey,
      SEGMENTS: String(stage.ingest.segments),
      REFUSED_BUCKET: state.refused.bucketName,
      PRODUCERS: JSON.stringify(stage.ingest.producers),
    };
    const ingest = new StageFunction(this, 'Ingest', {
      door: 'functions/ingest/handler.ts',
      schema: IngestEnv,
      environment: common,
      memoryMiB: 1_769,
      timeout,
      logDays: stage.logDays,
    });
    const { batchSize, window, concurrency } = stage.ingest;
    events.readBy(ingest, { batchSize, window, concurrency });

    const fileTimeout = Duration.minutes(15);
    const files = new WatchedQueue(this, 'Files', {
      alarms,
      readIn: fileTimeout,
      late: Duration.hours(2),
      impact: 'Files of usage events that were dropped into the inbox are not counted. They are removed unread when the inbox expires.',
    });
    this.files = files.queue;
    new Rule(this, 'FileDropped', {
      description: 'a file was dropped into the inbox',
      eventPattern: { source: ['aws.s3'], detailType: ['Object Created'], detail: { bucket: { name: [state.inbox.bucketName] } } },
      targets: [new SqsQueue(files.queue, { deadLetterQueue: files.deadLetters })],
    });
    const { sources } = stage.ingest;
    for (const [place, { bucket, prefix }] of sources.entries()) {
      new Rule(this, `FileIn${place}`, {
        description: `a file appeared in ${bucket}/${prefix}`,
        eventPattern: {
          source: ['aws.s3'],
          detailType: ['Object Created'],
          detail: { bucket: { name: [bucket] }, object: { key: [{ prefix }] } },
        },
        targets: [new SqsQueue(files.queue, { deadLetterQueue: files.deadLetters })],
      });
    }
    const ingestFiles = new StageFunction(this, 'IngestFiles', {
      door: 'functions/ingest/files-handler.ts',
      schema: IngestFilesEnv,
      environment: { ...common, INBOX_BUCKET: state.inbox.bucketName, SOURCES: JSON.stringify(stage.ingest.sources) },
      memoryMiB: 1_769,
      timeout: fileTimeout,
      logDays: stage.logDays,
    });
    files.readBy(ingestFiles, { batchSize: 1, window: Duration.seconds(0), concurrency: 2 });
    may(ingestFiles).read(state.inbox, ['*']);
    may(ingestFiles).remove(state.inbox, ['*']);
    for (const [place, { bucket, prefix }] of sources.entries())
      may(ingestFiles).read(Bucket.fromBucketName(this, `Source${place}`, bucket), [`${prefix}*`]);

    for (const writer of [ingest, ingestFiles]) {
      may(writer).write(state.archive, ['chunks/*']);
      may(writer).write(state.refused, ['refused/*', 'early/*']);
      may(writer).encryptFor(state.refused);
      may(writer).writeRows(state.tables.features, ['M#*', 'DIRTY', 'SOURCES#*']);
      may(writer).readSecret(state.secrets.identifierKey);
    }
    alarm(this, 'Rejected', alarms, {
      metric: shareRefused(this),
      above: 5,
      impact:
        'More than one record in twenty is refused: the accounts they are about are not seen. Each is kept with its reason for a few days and can be sent again.',
    });
    alarm(this, 'FilesNotRead', alarms, {
      metric: pipelineMetric(this, METRICS.unreadableFiles, { period: Duration.minutes(15) }),
      above: 0,
      impact:
        'A file could not be read to its end: what stood before the damage was taken, the rest is not seen. The file is still where it was.',
    });
  }
}

/** Per cent of the records of a quarter of an hour. */
const shareRefused = (scope: Construct): MathExpression =>
  new MathExpression({
    expression: 'IF(accepted + refused > 0, 100 * refused / (accepted + refused), 0)',
    usingMetrics: {
      accepted: pipelineMetric(scope, METRICS.accepted, { period: Duration.minutes(15) }),
      refused: pipelineMetric(scope, METRICS.rejected, { period: Duration.minutes(15) }),
    },
    label: 'share refused, %',
    period: Duration.minutes(15),
  });
