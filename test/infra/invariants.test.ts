import { z } from 'zod';
import { stages } from '../../infra/stages';
import { type Resource, templatesOf } from './templates';

const Statement = z.looseObject({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});
const Policy = z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(Statement) }) });

describe.each(Object.keys(stages))('%s', (stage) => {
  const { state, pipeline } = templatesOf(stage);
  const all = [...state.resources, ...pipeline.resources];
  /** What holds of every resource of a type holds of nothing where there is none: that is an error. */
  const of = (type: string, among: readonly Resource[] = all): Resource[] => {
    const found = among.filter(({ Type }) => Type === type);
    if (found.length === 0) throw new Error(`no ${type} in the templates`);
    return found;
  };
  const statements = of('AWS::IAM::Policy').flatMap(({ id, Properties }) =>
    Policy.parse(Properties).PolicyDocument.Statement.map((statement) => ({ id, ...statement })),
  );
  const grantsTo = (role: string) => statements.filter(({ id }) => id.startsWith(role));

  test('what cannot be computed again is never deleted', () => {
    const kept = state.resources
      .filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')
      .map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(kept.sort()).toEqual([
      'Access',
      'AccessLogs',
      'Anchors',
      'AppealKey',
      'Archive',
      'Enforcement',
      'Graph',
      'IdentifierKey',
      'Inbox',
      'People',
      'Refused',
      'RefusedKey',
      'ServiceKey',
      'WebhookKey',
    ]);
    expect(pipeline.resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
  });

  test('every table can be restored to any second, forgets what expires, and has no index', () => {
    const tables = of('AWS::DynamoDB::GlobalTable');
    expect(tables).toHaveLength(4);
    for (const { Properties } of tables) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
      });
      expect(Properties.GlobalSecondaryIndexes).toBeUndefined();
    }
  });

  test('every bucket is encrypted, private and reached by TLS only; what ends is said', () => {
    for (const { Properties } of of('AWS::S3::Bucket')) {
      expect(Properties).toMatchObject({
        BucketEncryption: expect.anything(),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
    for (const bucket of of('AWS::S3::Bucket', state.resources)) expect(bucket.Properties.LifecycleConfiguration).toBeDefined();
    expect(of('AWS::S3::BucketPolicy')).toHaveLength(of('AWS::S3::Bucket').length);
    for (const { Properties } of of('AWS::S3::BucketPolicy')) expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
  });

  test('the inbox keeps no old versions: an ingested file is gone', () => {
    const [inbox] = of('AWS::S3::Bucket', state.resources).filter(({ id }) => id.startsWith('Inbox'));
    expect(inbox?.Properties.VersioningConfiguration).toBeUndefined();
  });

  test('every queue is encrypted and ends in dead letters that are kept 14 days, a week longer than what waits: a message keeps its age', () => {
    const queues = of('AWS::SQS::Queue');
    const deadLetterTargets = queues.filter(({ Properties }) => Properties.RedrivePolicy === undefined);
    for (const { id, Properties } of queues) {
      const MessageRetentionPeriod = Properties.RedrivePolicy === undefined ? 1_209_600 : 604_800;
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod });
      if (Properties.RedrivePolicy)
        expect(Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: id.startsWith('IngestEvents') ? 30 : 10 });
    }
    expect(deadLetterTargets.length).toBeGreaterThan(0);
    expect(deadLetterTargets.every(({ id }) => /(DeadLetters|Failures)/.test(id))).toBe(true);
    for (const { Properties } of of('AWS::SQS::QueuePolicy')) expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
  });

  test('every queue reader answers for each message, waits for batches, and is capped where reading stops', () => {
    const readers = of('AWS::Lambda::EventSourceMapping');
    expect(readers.length).toBeGreaterThan(0);
    for (const { Properties } of readers) {
      expect(Properties).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      });
    }
    expect(of('AWS::Lambda::Function').every(({ Properties }) => Properties.ReservedConcurrentExecutions === undefined)).toBe(true);
  });

  test('a message is not handed out again while it may still be worked on', () => {
    const timeouts = new Map(of('AWS::Lambda::Function').map(({ id, Properties }) => [id, Number(Properties.Timeout)]));
    const visibility = new Map(of('AWS::SQS::Queue').map(({ id, Properties }) => [id, Number(Properties.VisibilityTimeout ?? 30)]));
    const Mapping = z.object({
      EventSourceArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
      FunctionName: z.object({ Ref: z.string() }),
      MaximumBatchingWindowInSeconds: z.number().default(0),
    });
    for (const { Properties } of of('AWS::Lambda::EventSourceMapping')) {
      const { EventSourceArn, FunctionName, MaximumBatchingWindowInSeconds: window } = Mapping.parse(Properties);
      expect(visibility.get(EventSourceArn['Fn::GetAtt'][0])).toBeGreaterThanOrEqual(
        6 * (timeouts.get(FunctionName.Ref) ?? Number.NaN) + window,
      );
    }
  });

  test('alarms are delivered: CloudWatch may publish, for alarms of this stack only, and nobody without TLS', () => {
    const [topicPolicy, ...others] = of('AWS::SNS::TopicPolicy');
    expect(others).toEqual([]);
    const { Statement: said } = z
      .object({ PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Effect: z.string() })) }) })
      .parse(topicPolicy?.Properties).PolicyDocument;
    // A policy of its own replaces the default one: without an Allow nobody may publish at all.
    expect(said.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Sid: 'AlarmsOfThisStack',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: expect.stringMatching(/^Alarms/) },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', expect.arrayContaining([`:alarm:lockstep-${stage}/*`])] } },
        },
      },
    ]);
    const alarms = of('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const { Properties } of alarms) {
      expect(String(Properties.AlarmName).startsWith(`lockstep-${stage}/`)).toBe(true);
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Alarms/) }]);
    }
  });

  test('an execution that failed, timed out or was aborted is an alarm', () => {
    const [ended] = of('AWS::CloudWatch::Alarm').filter(({ Properties }) => String(Properties.AlarmName).endsWith('SuspensionFailed'));
    const metrics = JSON.stringify(ended?.Properties.Metrics);
    for (const name of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) expect(metrics).toContain(name);
  });

  test('the ledger’s anchors are locked, and no function but one may write there', () => {
    const [anchors] = of('AWS::S3::Bucket', state.resources).filter(({ id }) => id.startsWith('Anchors'));
    expect(anchors?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: stage === 'prod' ? 'COMPLIANCE' : 'GOVERNANCE' } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const writers = statements.filter(
      ({ Action, Resource }) => Action.includes('s3:PutObject') && /Anchors/.test(JSON.stringify(Resource)),
    );
    expect(writers.map(({ id }) => id.replace(/Role.*/, ''))).toEqual(['EnforcementAnchor']);
    expect(
      statements.filter(
        ({ Action, Resource }) =>
          Action.some((one) => /Delete|Retention|LegalHold|Bypass/.test(one)) && /Anchors/.test(JSON.stringify(Resource)),
      ),
    ).toEqual([]);
  });

  test('every schedule and every asynchronous call has dead letters', () => {
    const schedules = of('AWS::Scheduler::Schedule');
    expect(schedules.length).toBeGreaterThan(0);
    for (const { Properties } of schedules) expect(Properties).toMatchObject({ Target: { DeadLetterConfig: { Arn: expect.anything() } } });
    const called = of('AWS::Lambda::EventInvokeConfig');
    expect(called).toHaveLength(schedules.length);
    for (const { Properties } of called)
      expect(Properties).toMatchObject({ DestinationConfig: { OnFailure: { Destination: expect.anything() } } });
  });

  test('our functions run Node 24 on arm64, each with a role of its own and a log that ends', () => {
    const ours = of('AWS::Lambda::Function').filter(({ Properties }) =>
      JSON.stringify(Properties.Environment ?? '').includes('POWERTOOLS_SERVICE_NAME'),
    );
    expect(ours.length).toBeGreaterThan(3);
    for (const { Properties } of ours)
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], TracingConfig: { Mode: 'Active' } });
    expect(new Set(ours.map(({ Properties }) => JSON.stringify(Properties.Role))).size).toBe(ours.length);
    for (const { Properties } of of('AWS::Logs::LogGroup')) expect(Properties.RetentionInDays).toEqual(expect.any(Number));
  });

  test('no action is a wildcard, and no whole service is anybody’s', () => {
    const wild = statements.flatMap(({ id, Action }) =>
      Action.filter((action) => action.includes('*')).map((action) => `${id}: ${action}`),
    );
    expect(wild.filter((line) => !line.startsWith('CustomCDKBucketDeployment'))).toEqual([]);
  });

  test('every resource that is a wildcard is one of these', () => {
    const explained = [
      /^"\*"$/, // Trace segments: X-Ray has no resources.
      /\/(chunks|plans|folds|refused|early|again|campaigns|links|hours|holds|ledger|health|detection\/accounts|detection\/heads|detection\/screen)\/\*"\]\]\}$/, // Objects of one kind.
      /Inbox[^/]*"\},"\/\*"\]\]\}$/, // Whatever is dropped into the inbox.
      /"Arn"\]\},":\*"\]\]\}$/, // Any version of one function.
      /:execution:[\w-]+-screen-".*"[:/]\*"\]\]\}$/, // Executions of the screen's machine, and of the map in it.
    ];
    const wild = statements
      .filter(({ id }) => !id.startsWith('CustomCDKBucketDeployment'))
      .flatMap(({ id, Action, Resource }) => [Resource].flat().map((resource) => ({ id, Action, text: JSON.stringify(resource) })))
      .filter(({ text }) => text.includes('*'));
    expect(wild.filter(({ text }) => !explained.some((pattern) => pattern.test(text)))).toEqual([]);
    const everything = wild.filter(({ text }) => text === '"*"').flatMap(({ id, Action }) => Action.map((action) => ({ id, action })));
    // A state machine's log delivery is set up for the account: AWS documents these on "*" only.
    const logDelivery = everything.filter(({ action }) => action.startsWith('logs:'));
    expect(logDelivery.length).toBeGreaterThan(0);
    expect(logDelivery.every(({ id }) => /^(EnforcementSuspension|DetectionScreen)Machine/.test(id))).toBe(true);
    const rest = everything.map(({ action }) => action).filter((action) => !action.startsWith('logs:'));
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.every((action) => action.startsWith('xray:'))).toBe(true);
  });

  test('what was refused is read by the role of the redrive, and what came early by the function that takes it; nobody else decrypts', () => {
    const decrypting = statements.filter(({ Action }) => Action.some((action) => action === 'kms:Decrypt'));
    expect(decrypting.map(({ id }) => id.replace(/(Role)?DefaultPolicy[0-9A-F]{8}$/, '')).sort()).toEqual([
      'IngestRedrive',
      'IngestTakeDue',
    ]);
    const refusedKeys = of('AWS::KMS::Key');
    expect(refusedKeys).toHaveLength(1);
    expect(refusedKeys[0]?.Properties).toMatchObject({ EnableKeyRotation: true });
  });

  test('nobody may scan the system of record, and nothing is deleted from it but marks of work to do', () => {
    const enforcement = statements.filter(({ Resource }) => ofEnforcement(Resource));
    const actions = new Set(enforcement.flatMap(({ Action }) => Action));
    expect(actions).toEqual(
      new Set([
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
      ]),
    );
    const marks = ['OPEN', 'RESTORING', 'APPEALS-OPEN', 'APPEALS-DECIDED', 'VERIFICATIONS-OPEN', 'REFERRALS-OPEN', 'NOTICES', 'SITUATIONS'];
    for (const { Action, Condition } of enforcement) {
      if (!Action.includes('dynamodb:DeleteItem')) continue;
      const Leading = z.object({ 'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.enum(marks)).min(1) }) });
      expect(Leading.safeParse(Condition).success).toBe(true);
    }
  });

  test('the functions that see cannot act: their roles write no ledger, start no workflow and hold no key of the provider', () => {
    for (const role of ['Ingest', 'Features', 'Detection', 'Query']) {
      expect(grantsTo(role).length).toBeGreaterThan(0);
      const acting = grantsTo(role).filter(
        ({ Action, Resource }) =>
          // The screen's machine calls functions that read and write objects of its run, and nothing else.
          (Action.some((action) => action.startsWith('states:')) && !isScreenMachine(Resource)) ||
          Action.some((action) => action.startsWith('events:')) ||
          (ofEnforcement(Resource) && Action.some((action) => !['dynamodb:GetItem', 'dynamodb:Query'].includes(action))),
      );
      expect(acting).toEqual([]);
    }
  });

  test('detection reads the live policy and imported operators of the system of record, and nothing else of it', () => {
    const read = grantsTo('Detection').filter(({ Resource }) => ofEnforcement(Resource));
    expect(read.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LIVE#*', 'POLICY', 'OPERATORS', 'O#*', 'REGROUPINGS', 'G#*'] } },
    ]);
  });

  test('appeals touch no account, no case, no policy and not the kill switch; the door without a login writes no ledger at all', () => {
    const writes = grantsTo('Appeals').filter(({ Action, Resource }) => ofEnforcement(Resource) && !Action.includes('dynamodb:GetItem'));
    expect(writes.length).toBeGreaterThan(0);
    for (const { Condition } of writes) expect(JSON.stringify(Condition)).not.toMatch(/"(A#|K#|D#|P#|LIVE#|SWITCH#|X#|\*)/);
    expect(writes.filter(({ id }) => id.startsWith('AppealsPublic'))).toEqual([]);
  });

  test('whoever writes the system of record writes named partitions of it, and no reader sees the tokens of executions', () => {
    const marks = z.object({ 'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.string()).min(1) }) });
    const writers = statements.filter(({ Action, Resource }) => ofEnforcement(Resource) && Action.includes('dynamodb:PutItem'));
    expect(writers.length).toBeGreaterThan(6);
    for (const { id, Condition } of writers) expect({ id, named: marks.safeParse(Condition).success }).toEqual({ id, named: true });
    for (const role of ['Query', 'Appeals', 'Detection']) {
      const reads = grantsTo(role).filter(({ Action, Resource }) => ofEnforcement(Resource) && Action.includes('dynamodb:GetItem'));
      expect(reads.length).toBeGreaterThan(0);
      for (const { Condition } of reads) {
        const keys = marks.parse(Condition)['ForAllValues:StringLike']['dynamodb:LeadingKeys'];
        expect(keys.filter((key) => /^(\*|WAITING|W\*)/.test(key))).toEqual([]);
      }
    }
  });

  test('the access log: each function adds to it and to named partitions beside it, and who asked is also in a log that no function writes', () => {
    const marks = z.object({ 'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.string()).min(1) }) });
    const onAccess = statements.filter(({ Resource }) => /ImportValue.*GetAttAccess[0-9A-F]/.test(JSON.stringify(Resource)));
    expect(onAccess.length).toBeGreaterThan(8);
    for (const { id, Action, Condition } of onAccess) {
      const named = marks.safeParse(Condition);
      expect({ id, Action, named: named.success }).toEqual({ id, Action, named: true });
      const keys = named.data?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? [];
      if (Action.some((one) => /Delete/.test(one))) expect({ id, keys }).toEqual({ id, keys: ['IDEMPOTENCY#*'] });
    }
    const [gateway] = of('AWS::ApiGatewayV2::Stage');
    const log = JSON.stringify(gateway?.Properties.AccessLogSettings);
    expect(log).toContain('$context.requestId');
    expect(log).toContain('$context.authorizer.claims.sub');
    const logging = statements.filter(({ Action }) => Action.some((one) => one.startsWith('logs:')));
    for (const { id, Resource } of logging)
      expect({ id, own: !/vendedlogs|GatewayAccessLog/.test(JSON.stringify(Resource)) }).toEqual({ id, own: true });
  });

  test('a log that AWS writes needs no statement of its own in the account; the machine’s name follows its stack', () => {
    const groups = of('AWS::Logs::LogGroup').map(({ Properties }) => JSON.stringify(Properties.LogGroupName ?? ''));
    const written = of('AWS::StepFunctions::StateMachine').concat(of('AWS::ApiGatewayV2::Stage'));
    expect(groups.filter((name) => name.includes('/aws/vendedlogs/')).length).toBe(written.length);
    expect(all.filter(({ Type }) => Type === 'AWS::Logs::ResourcePolicy')).toEqual([]);
    for (const { Properties } of of('AWS::StepFunctions::StateMachine'))
      expect(JSON.stringify(Properties.StateMachineName)).toContain('AWS::StackId');
  });

  test('only who acts may ask the provider, start a workflow and open a sealed account id', () => {
    const holders = (resource: RegExp) =>
      [
        ...new Set(statements.filter(({ Resource }) => resource.test(JSON.stringify(Resource))).map(({ id }) => id.replace(/Role.*/, ''))),
      ].sort();
    const acting = ['EnforcementCaseStep', 'EnforcementCommand', 'EnforcementDecide', 'EnforcementVerify', 'EnforcementWatchdog'];
    expect(holders(/WebhookKey/)).toEqual(acting);
    // A verification lifts; it starts nothing.
    expect(holders(/states.*stateMachine:[\w-]+-screen-"/)).toEqual(['DetectionDetect', 'DetectionScreenMachine']);
    expect(holders(/states.*stateMachine:[\w-]+-suspension-"/)).toEqual(acting.filter((who) => who !== 'EnforcementVerify'));
    // Who can sign appeal links can appeal for anybody; the reading side cannot.
    expect(holders(/AppealKey/)).toEqual(['AppealsIntake', 'AppealsPublic', ...acting]);
    // The check of newcomers hashes what they show; it reads no row that holds a sealed id.
    expect(holders(/IdentifierKey/)).toEqual(['AdmissionCheck', ...acting, 'IngestIngest', 'IngestIngestFiles', 'IngestTakeDue']);
  });
});

/** Of its own name or of its executions; each of several. */
const isScreenMachine = (resource: unknown): boolean =>
  [resource].flat().every((one) => /:(stateMachine|execution):[\w-]+-screen-"/.test(JSON.stringify(one)));
const ofEnforcement = (resource: unknown): boolean => /ImportValue.*GetAttEnforcement/.test(JSON.stringify(resource));
