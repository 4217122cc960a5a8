import { Duration, Validations } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { IngestEnv, IngestFilesEnv, METRICS, ReceiveEnv } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { alarm } from './parts/alarm';
import { every } from './parts/every';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { pipelineMetric } from './parts/metric';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue, WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

type IngestProps = {
  stage: Stage;
  state: StateStack;
  alarms: ITopic;
  gateway: Gateway;
  issuer: TrustedIssuer;
  /** Where results of the provider's own checks go on. */
  verifications: WatchedQueue;
};

/** Gateways send to the queue, or drop files; events leave as immutable chunks with their manifest rows. */
export class Ingest extends Construct {
  /** Where gateways send usage events. */
  readonly events: Queue;
  /** Messages that ingest failed on, again and again. */
  readonly deadEvents: Queue;
  /** Notifications of new files, of S3 or of EventBridge. */
  readonly files: Queue;
  /** Who reads files, for the policies of other buckets. */
  readonly fileReaderRoleArn: string;
  /** Who may read refused records, and send them again. */
  readonly redriveRole: Role;

  constructor(scope: Construct, id: string, { stage, state, alarms, gateway, issuer, verifications }: IngestProps) {
    super(scope, id);
    const timeout = Duration.seconds(60);
    const events = new WatchedQueue(this, 'Events', {
      alarms,
      readIn: timeout,
      collectedIn: stage.ingest.window,
      batchSize: stage.ingest.batchSize,
      late: Duration.minutes(15),
      impact: 'Usage events are not counted yet: campaigns are seen later than they could be. Nothing is lost for 7 days.',
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
      VERIFICATION_QUEUE_URL: verifications.queue.queueUrl,
    };
    const ingest = new StageFunction(this, 'Ingest', {
      handler: 'functions/ingest/handler.ts',
      schema: IngestEnv,
      environment: common,
      memoryMiB: 1_769,
      timeout,
      logDays: stage.logDays,
    });
    events.readBy(ingest, { concurrency: stage.ingest.concurrency });

    const fileTimeout = Duration.minutes(15);
    const files = new WatchedQueue(this, 'Files', {
      alarms,
      readIn: fileTimeout,
      collectedIn: Duration.seconds(0),
      batchSize: 1,
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
      handler: 'functions/ingest/files-handler.ts',
      schema: IngestFilesEnv,
      environment: { ...common, INBOX_BUCKET: state.inbox.bucketName, SOURCES: JSON.stringify(stage.ingest.sources) },
      memoryMiB: 1_769,
      timeout: fileTimeout,
      logDays: stage.logDays,
    });
    this.fileReaderRoleArn = ingestFiles.role?.roleArn ?? '';
    files.readBy(ingestFiles, { concurrency: 2 });
    may(ingestFiles).read(state.inbox, ['*']);
    may(ingestFiles).remove(state.inbox, ['*']);
    for (const [place, { bucket, prefix, key }] of sources.entries()) {
      const encryptionKey = key === undefined ? undefined : Key.fromKeyArn(this, `SourceKey${place}`, key);
      const source = Bucket.fromBucketAttributes(this, `Source${place}`, { bucketName: bucket, encryptionKey });
      may(ingestFiles).read(source, [`${prefix}*`]);
      may(ingestFiles).decryptFrom(source);
    }

    const due = new StageFunction(this, 'TakeDue', {
      handler: 'functions/ingest/due-handler.ts',
      schema: IngestEnv,
      environment: common,
      memoryMiB: 1_769,
      timeout: Duration.minutes(5),
      logDays: stage.logDays,
    });
    every(
      this,
      'TakeDueEvery',
      Duration.minutes(15),
      due,
      deadLetterQueue(
        this,
        'TakeDueFailures',
        alarms,
        'Events that came ahead of the clock are not taken although their time has come, nor late ones that somebody sent again.',
      ),
    );
    may(due).read(state.refused, ['early/*', 'again/*']);
    may(due).remove(state.refused, ['early/*', 'again/*']);
    may(due).decryptFrom(state.refused);

    for (const writer of [ingest, ingestFiles, due]) {
      may(writer).write(state.archive, ['chunks/*']);
      may(writer).write(state.refused, ['refused/*', 'early/*']);
      may(writer).encryptFor(state.refused);
      may(writer).writeRows(state.tables.features, ['M#*', 'DIRTY', 'LATE', 'SOURCES#*']);
      may(writer).readSecret(state.secrets.identifierKey);
      may(writer).sendTo(verifications.queue);
    }
    const receive = new StageFunction(this, 'Receive', {
      handler: 'functions/ingest/receive/handler.ts',
      schema: ReceiveEnv,
      environment: {
        EVENT_QUEUE_URL: events.queue.queueUrl,
        PRODUCERS: common.PRODUCERS,
        SERVICE_KEY_SECRET: state.secrets.serviceKey,
        ...httpEnvironment(this, { state, issuer }),
      },
      memoryMiB: 1_769,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    may(receive).sendTo(events.queue);
    may(receive).readRows(state.tables.access, ['PRODUCER_KEYS', 'RATE#*', 'IDEMPOTENCY#*']);
    may(receive).writeRows(state.tables.access, ['PRODUCER_KEYS', 'RATE#*', 'IDEMPOTENCY#*', 'ACCESS#*']);
    may(receive).deleteRows(state.tables.access, ['IDEMPOTENCY#*']);
    may(receive).readSecret(state.secrets.serviceKey);
    gateway.open(
      [{ path: '/v1/events', methods: [HttpMethod.POST], answeredBy: receive }],
      'shows a producer key, which the function looks up',
    );
    gateway.signedIn(issuer, [
      { path: '/v1/producer-keys', methods: [HttpMethod.GET, HttpMethod.POST], answeredBy: receive },
      { path: '/v1/producer-keys/{proxy+}', methods: [HttpMethod.POST], answeredBy: receive },
    ]);
    this.redriveRole = redriveRole(this, { refused: state.refused, events: events.queue });
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

/** The one role that reads refused records: people of this account who may assume it, `npm run redrive` (docs/deploy.md). */
function redriveRole(scope: Construct, { refused, events }: { refused: IBucket; events: Queue }): Role {
  const role = new Role(scope, 'Redrive', {
    assumedBy: new AccountRootPrincipal(),
    description: 'Reads what ingest refused, raw identifiers and prompts too, and sends it again',
    maxSessionDuration: Duration.hours(1),
  });
  const allow = (actions: string[], resources: string[]) => role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  allow(['s3:ListBucket'], [refused.bucketArn]);
  allow(['s3:GetObject', 's3:DeleteObject'], [refused.arnForObjects('refused/*'), refused.arnForObjects('early/*')]);
  // Late events that are to be taken all the same are put where the function takes them.
  allow(['s3:PutObject'], [refused.arnForObjects('again/*')]);
  if (refused.encryptionKey) allow(['kms:Decrypt', 'kms:GenerateDataKey'], [refused.encryptionKey.keyArn]);
  allow(['sqs:SendMessage'], [events.queueArn]);
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5',
    reason: 'objects under one prefix: test/infra/invariants.test.ts lists every wildcard',
  });
  return role;
}

/** Per cent of the records of a quarter of an hour. */
const shareRefused = (scope: Construct): MathExpression =>
  new MathExpression({
    // What is 0 is not written, and mathematics over what is missing gives nothing: all refused would be silence.
    expression: '100 * FILL(refused, 0) / (FILL(accepted, 0) + FILL(refused, 0))',
    usingMetrics: {
      accepted: pipelineMetric(scope, METRICS.accepted, { period: Duration.minutes(15) }),
      refused: pipelineMetric(scope, METRICS.rejected, { period: Duration.minutes(15) }),
    },
    label: 'share refused, %',
    period: Duration.minutes(15),
  });
