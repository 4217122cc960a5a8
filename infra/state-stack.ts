import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, Billing, type ITableV2, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ANSWERS, ArchiveQuestions } from './parts/archive-questions';
import { peoplePool } from './parts/identity';
import type { Stage } from './stages';

/** What must outlive every deployment of the pipeline. `cdk destroy` leaves whatever cannot be computed again. */
export class StateStack extends Stack {
  readonly tables: { readonly features: ITableV2; readonly graph: ITableV2; readonly enforcement: ITableV2; readonly access: ITableV2 };
  /** Chunks of usage events, fold outputs, detection state. */
  readonly archive: Bucket;
  /** How far the ledger had come, day by day: written once and locked. */
  readonly anchors: IBucket;
  /** Where bulk files are dropped. They hold raw identifiers: ingest removes each file once it is in the archive. */
  readonly inbox: Bucket;
  /** Records that ingest did not take, as they came: raw identifiers and prompts too, so under a key of their own, for a short time. */
  readonly refused: Bucket;
  /** ARNs. */
  readonly secrets: {
    readonly identifierKey: string;
    readonly serviceKey: string;
    readonly appealKey: string;
    readonly webhookKey: string;
  };
  /** The people who may sign in, where they are ours to keep. */
  readonly people: UserPool | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage }) {
    super(scope, id, props);
    const { stage } = props;
    const kept = { removal: RemovalPolicy.RETAIN, protected: stage.deletionProtection };
    const computed = { removal: RemovalPolicy.DESTROY, protected: stage.deletionProtection };
    const { adopt = {} } = stage;
    this.tables = {
      features: table(this, 'Features', computed),
      // Campaign ids, the sealed ids of members, the flagged list: the ledger names what is in here, and no archive has it.
      graph: this.adopted('Graph', adopt.graph, kept),
      // The system of record: ledger, cases, exonerations, policies, appeals.
      enforcement: this.adopted('Enforcement', adopt.enforcement, kept),
      // Who asked for what, rate counters, idempotency keys: apart, so that the read side can write it and nothing else.
      access: this.adopted('Access', adopt.access, kept),
    };
    const accessLogs = bucket(this, 'AccessLogs', { rules: [{ expiration: Duration.days(400) }] });
    this.archive = bucket(this, 'Archive', { rules: archiveRules(stage), accessLogs, versioned: true });
    new ArchiveQuestions(this, 'Questions', this.archive);
    this.anchors = stage.anchors.bucket
      ? Bucket.fromBucketName(this, 'AnchorsElsewhere', stage.anchors.bucket)
      : anchorBucket(this, stage, accessLogs);
    // Not versioned: a file that was ingested is gone, with the raw identifiers in it.
    this.inbox = bucket(this, 'Inbox', { rules: [{ expiration: Duration.days(stage.inboxDays) }], accessLogs });
    announceObjects(this.inbox);
    const refusedKey = new Key(this, 'RefusedKey', {
      description: 'Encrypts records that were refused, as they came. Who may not use it cannot read them.',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.refused = bucket(this, 'Refused', {
      rules: [{ expiration: Duration.days(stage.refusedDays) }],
      accessLogs,
      encryptionKey: refusedKey,
    });
    this.secrets = {
      identifierKey: key(this, 'IdentifierKey', 'Hashes and seals account identifiers. Losing it makes every sealed id unreadable.'),
      serviceKey: key(this, 'ServiceKey', 'Signs what the service hands out and takes back: cursors, keys of producers.'),
      appealKey: key(this, 'AppealKey', 'Signs appeal links: whoever holds it can appeal for anybody. The reading functions do not.'),
      webhookKey: key(
        this,
        'WebhookKey',
        'Signs what is asked of the provider: the receiver holds it too, as whsec_… (Standard Webhooks).',
      ),
    };
    const { identity } = stage;
    this.people = identity.kind === 'user-pool' ? peoplePool(this, 'People', identity.mfa, stage.deletionProtection) : undefined;
    // What operators' commands are told (docs/runbook.md): they read names, nobody guesses one.
    const names = { ...this.tables, archive: this.archive, anchors: this.anchors };
    for (const [name, part] of Object.entries(names)) {
      const value = 'tableName' in part ? part.tableName : part.bucketName;
      new CfnOutput(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}Name`, {
        value,
        description: `${name}: for commands (docs/runbook.md)`,
      });
    }
    new CfnOutput(this, 'IdentifierKeyArn', {
      value: this.secrets.identifierKey,
      description: 'Identifier key: for commands (docs/runbook.md)',
    });
  }

  /** The stack's own table, and in its place the one that a restore made, once the stage names it. */
  private adopted(id: string, name: string | undefined, keep: Parameters<typeof table>[2]): ITableV2 {
    const own = table(this, id, keep);
    return name === undefined ? own : TableV2.fromTableName(this, `${id}Restored`, name);
  }
}

/** Versioned, because Object Lock is; old versions are never written, because an anchor is put only where there is none. */
function anchorBucket(scope: Construct, { anchors }: Stage, accessLogs: Bucket): Bucket {
  const days = Duration.days(anchors.days);
  return new Bucket(scope, 'Anchors', {
    ...PRIVATE,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: anchors.mode === 'compliance' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: 'Anchors/',
  });
}

function archiveRules(stage: Stage): LifecycleRule[] {
  const days = Duration.days(stage.archiveDays);
  return [
    // Campaign documents (evidence) are not listed: they stay. So does `holds/`, until a hold is released (functions/holds).
    ...['chunks/', 'plans/', 'folds/', 'links/', 'hours/'].map((prefix) => ({ prefix, expiration: days })),
    { prefix: ANSWERS, expiration: Duration.days(7) },
    // What tasks of one run handed on: removed at its end, and here where it had none.
    { prefix: 'detection/screen/', expiration: Duration.days(1), noncurrentVersionExpiration: Duration.days(1) },
    // Objects are immutable and named by content: an old version is a deleted object, kept a week against a mistake.
    { noncurrentVersionExpiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
  ];
}

function table(
  scope: Construct,
  id: string,
  { removal, protected: deletionProtection }: { removal: RemovalPolicy; protected: boolean },
): TableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    timeToLiveAttribute: 'expires',
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection,
    removalPolicy: removal,
  });
}

const PRIVATE = {
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
};

type Kept = { rules: LifecycleRule[]; accessLogs?: Bucket; versioned?: boolean; encryptionKey?: Key };

function bucket(scope: Construct, id: string, { rules, accessLogs, versioned = false, encryptionKey }: Kept): Bucket {
  return new Bucket(scope, id, {
    ...PRIVATE,
    ...(encryptionKey ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true } : {}),
    versioned,
    lifecycleRules: rules,
    ...(accessLogs ? { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${id}/` } : {}),
  });
}

/** Tells EventBridge about new objects. The construct's own switch would bring a custom resource for what is one property. */
function announceObjects(announced: Bucket): void {
  const resource = announced.node.defaultChild;
  if (resource instanceof CfnBucket) resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}

/** Said twice: emulators hear one or the other. */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** 64 letters and digits made by Secrets Manager; nobody has seen it. */
function key(scope: Construct, id: string, description: string): string {
  const made = new Secret(scope, id, {
    description,
    generateSecretString: { passwordLength: 64, excludePunctuation: true, excludeCharacters: PUNCTUATION },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(made).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'a new key needs an overlap that people plan: docs/deploy.md, key rotation',
  });
  // What `Ref` answers is the ARN too, but not on every emulator.
  if (made.node.defaultChild instanceof CfnSecret) return made.node.defaultChild.attrId;
  throw new Error('a secret without its resource');
}
