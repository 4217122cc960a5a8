import { ArnFormat, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ActingEnv, AnchorEnv, CommandEnv, PublishEnv, WatchdogEnv } from '../shared/wiring';
import { edgeToken, type Gateway, httpEnvironment } from './gateway';
import { SuspensionMachine } from './machines/suspension-machine';
import { alarm } from './parts/alarm';
import { every } from './parts/every';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue, type WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

export type EnforcementProps = {
  stage: Stage;
  state: StateStack;
  alarms: ITopic;
  decisions: WatchedQueue;
  /** Who is to prove something, and who did. */
  verifications: WatchedQueue;
  gateway: Gateway;
  issuer: TrustedIssuer;
  /** The origin of the console, whose page an appeal link opens. */
  origin: string;
};

/** What a case would do: the policy’s answer, so the function that decides gives it. */
const CASE_PREVIEWS = ['dry-run', 'undo-preview', 'accounts'].map((what) => `/v1/cases/{case}/${what}`);

/** How long a decision about all campaigns may take. */
export const DECIDE_IN = Duration.minutes(5);
/** How long the results of a few checks may take. */
export const VERIFY_IN = Duration.minutes(1);

/** Accounts are acted on and given back, in their chains, with the marks that lead there. */
const ACCOUNTS = ['A#*', 'ACTED#*', 'LEDGER#*'];
const GIVEN_BACK = ['RESTORING', 'EXONERATED'];
/** Who is waited for until the provider's own check ends. */
const VERIFICATIONS = ['V#*', 'VERIFICATIONS', 'VERIFICATIONS-OPEN'];
/** Tenants of other clouds are referred, their desks answer, and time runs. */
const REFERRALS = ['RF#*', 'REFERRALS', 'REFERRALS-OPEN'];
/** A case moves on, holds its lease, points at accounts, and uses budget. */
const CASES = ['K#*', 'TOUCHED#*', 'LEASE', 'BUDGET#*'];

/**
 * Which partitions of the system of record each acting function may put rows into (docs/keys.md). Nobody of them decides an appeal, and
 * only people's commands change what judges: policies, exonerations, imports, the kill switch. test/infra/rights.test.ts lets each do
 * its work under exactly these.
 */
const WRITES = {
  decide: [...ACCOUNTS, ...CASES, 'RULE#*', 'D#*', 'DECISIONS', 'CASES', 'CASES-OF#*', 'OPEN', 'POLICY', 'BUDGET'],
  step: [...ACCOUNTS, ...GIVEN_BACK, ...CASES, 'RULE#*', 'EXPECTED', 'WAITING'],
  watchdog: [
    ...ACCOUNTS,
    ...GIVEN_BACK,
    'RULE#*',
    'R#*',
    'RULES',
    'LABELS#*',
    'RULE-LABELS#*',
    'LABELLED',
    ...VERIFICATIONS,
    'VERIFIED',
    ...REFERRALS,
    'SITUATIONS',
    'KEYS-WATCHED',
  ],
  verify: [...ACCOUNTS, 'RESTORING', ...VERIFICATIONS, 'AHEAD#*', 'CN#*', 'KEYS#*', ...REFERRALS],
  command: [
    ...[...ACCOUNTS, ...GIVEN_BACK, 'K#*', 'X#*', 'EXONERATIONS', 'O#*', 'OPERATORS', 'R#*', 'SWITCH#*'],
    ...[
      'P#*',
      'POLICIES',
      'LIVE#*',
      'POLICY',
      'DATASETS',
      'L#*',
      'DS#*',
      'V#*',
      'VERIFICATIONS-OPEN',
      'G#*',
      'REGROUPINGS',
      'LH#*',
      'LEGAL-HOLDS',
      'CN#*',
      'CANARIES',
      'CANARY#*',
      ...REFERRALS,
    ],
    // A case that a person opens.
    ...['CASES', 'CASES-OF#*', 'OPEN'],
  ],
} as const;

/** Executions that did not end by themselves, however: a failed one, one that ran for a year, one that somebody aborted. */
function endedBadly(machine: StateMachine): MathExpression {
  const sum = { period: Duration.minutes(5), statistic: 'Sum' };
  return new MathExpression({
    label: 'executions that ended badly',
    period: sum.period,
    expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
    usingMetrics: { failed: machine.metricFailed(sum), timedOut: machine.metricTimedOut(sum), aborted: machine.metricAborted(sum) },
  });
}

/** The only stage that may ask anything of the provider: decide, then hold, approve, contain in stages, confirm, expire or undo. */
export class Enforcement extends Construct {
  /** Where the ledger goes out: rules of the provider's own attach here. */
  readonly bus: EventBus;
  readonly machineArn: string;
  private readonly failures: Queue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EnforcementProps,
  ) {
    super(scope, id);
    const { stage, alarms, decisions, gateway, issuer } = props;
    this.failures = deadLetterQueue(
      this,
      'Failures',
      alarms,
      'Granted appeals are not carried out, a case may stand still, or the provider’s systems do not hear what was done: the message says which.',
    );
    // Of this stack and no earlier one of its name, whose executions may still be ending: AWS deletes a machine after its last execution.
    const machineName = `${Stack.of(this).stackName}-suspension-${Fn.select(0, Fn.split('-', edgeToken(this)))}`;
    this.machineArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: machineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const environment = this.environment();

    const decide = this.acting('Decide', 'handler.ts', DECIDE_IN, environment, 'decide');
    decisions.readBy(decide, { concurrency: 2 });

    const step = this.acting('CaseStep', 'case-step-handler.ts', Duration.minutes(15), environment, 'step');
    const { machine } = new SuspensionMachine(this, 'Suspension', { step, machineName, logDays: stage.logDays, tracing: true });
    Validations.of(machine).acknowledge(
      {
        id: 'AwsSolutions-IAM5',
        reason:
          'Step Functions sets up its log delivery for the account, X-Ray has no resources, and calling the step is calling any version of it',
      },
      { id: 'AwsSolutions-SF1', reason: 'errors only: each step writes its own outcome, and the ledger has the rest' },
    );

    const watchdog = new StageFunction(this, 'Watchdog', {
      handler: 'functions/enforcement/handlers/watchdog-handler.ts',
      schema: WatchdogEnv,
      environment: { ...environment, FEATURES_TABLE: props.state.tables.features.tableName },
      memoryMiB: 1_769,
      timeout: Duration.minutes(15),
      logDays: stage.logDays,
    });
    this.letAct(watchdog, 'watchdog');
    // Whether a key that was ended is used all the same (functions/enforcement/keys/watch-keys.ts).
    may(watchdog).readRows(props.state.tables.features, ['F#*']);
    may(watchdog).read(props.state.archive, ['plans/*', 'chunks/*']);
    may(watchdog).deleteRows(props.state.tables.enforcement, ['SITUATIONS']);
    every(this, 'WatchdogSchedule', Duration.minutes(15), watchdog, this.failures);

    const verify = this.acting('Verify', 'verification-handler.ts', VERIFY_IN, environment, 'verify');
    props.verifications.readBy(verify, { concurrency: 2 });

    const command = new StageFunction(this, 'Command', {
      handler: 'functions/enforcement/handlers/command-handler.ts',
      schema: CommandEnv,
      environment: { ...environment, ...httpEnvironment(this, props) },
      memoryMiB: 1_769,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    this.letAct(command, 'command');
    may(command).readRows(props.state.tables.access, ['RATE#*', 'IDEMPOTENCY#*']);
    may(command).writeRows(props.state.tables.access, ['RATE#*', 'ACCESS#*', 'IDEMPOTENCY#*']);
    may(command).deleteRows(props.state.tables.access, ['IDEMPOTENCY#*']);
    gateway.signedIn(issuer, [
      { path: '/v1/{proxy+}', methods: [HttpMethod.POST], answeredBy: command },
      { path: '/v1/indicators/{operator}', methods: [HttpMethod.DELETE], answeredBy: command },
      ...[
        '/v1/policies',
        '/v1/policies/{proxy+}',
        '/v1/exonerations',
        '/v1/indicators',
        '/v1/campaigns/{campaign}/dry-run',
        '/v1/campaigns/{campaign}/referral-preview',
        '/v1/accounts/{account}/decision',
        ...CASE_PREVIEWS,
      ].map((path) => ({
        path,
        methods: [HttpMethod.GET],
        answeredBy: command,
      })),
    ]);

    for (const caller of [decide, step, watchdog, command]) {
      caller.addToRolePolicy(
        new PolicyStatement({ actions: ['states:StartExecution', 'states:SendTaskSuccess'], resources: [this.machineArn] }),
      );
    }
    this.bus = this.publish();
    alarm(this, 'SuspensionFailed', alarms, {
      metric: endedBadly(machine),
      above: 0,
      impact: 'A case stands still: a campaign is neither contained further nor given back until it is taken up again.',
    });
  }

  private environment() {
    const { stage, state, origin } = this.props;
    return {
      ARCHIVE_BUCKET: state.archive.bucketName,
      GRAPH_TABLE: state.tables.graph.tableName,
      ENFORCEMENT_TABLE: state.tables.enforcement.tableName,
      IDENTIFIER_KEY_SECRET: state.secrets.identifierKey,
      APPEAL_KEY_SECRET: state.secrets.appealKey,
      WEBHOOK_KEY_SECRET: state.secrets.webhookKey,
      WEBHOOK_URL: stage.webhookUrl,
      ABUSE_DESKS: JSON.stringify(stage.abuseDesks),
      APPEAL_URL: `${origin}/appeal`,
      SUSPENSION_MACHINE: this.machineArn,
    };
  }

  private acting(
    id: string,
    handler: string,
    timeout: Duration,
    environment: ReturnType<Enforcement['environment']>,
    part: keyof typeof WRITES,
  ): StageFunction<typeof ActingEnv> {
    const { stage } = this.props;
    const made = new StageFunction(this, id, {
      handler: `functions/enforcement/handlers/${handler}`,
      schema: ActingEnv,
      environment,
      memoryMiB: 1_769,
      timeout,
      logDays: stage.logDays,
    });
    this.letAct(made, part);
    return made;
  }

  /** What it takes to act: the books, the evidence, the standing shown to readers, and the keys. Nobody may delete a ledger entry. */
  private letAct(actor: IFunction, part: keyof typeof WRITES): void {
    const { archive, tables, secrets } = this.props.state;
    may(actor).readRows(tables.enforcement);
    // Who works on the accounts of a case reads their newest entries fifty a request.
    if (part !== 'verify') may(actor).readRowsTogether(tables.enforcement, ['A#*']);
    may(actor).writeRows(tables.enforcement, WRITES[part]);
    may(actor).deleteRows(tables.enforcement, [
      'OPEN',
      'RESTORING',
      'APPEALS-OPEN',
      'APPEALS-DECIDED',
      'VERIFICATIONS-OPEN',
      'REFERRALS-OPEN',
    ]);
    may(actor).readRows(tables.graph);
    // What the provider told us of a campaign's members, a hundred a request.
    may(actor).readRowsTogether(tables.graph, ['A#*']);
    may(actor).writeRows(tables.graph, ['A#*', 'FLAGGED#*']);
    may(actor).read(archive, ['campaigns/*']);
    for (const secret of [secrets.identifierKey, secrets.appealKey, secrets.webhookKey]) may(actor).readSecret(secret);
  }

  /** The ledger to the provider's own systems, and yesterday's ends to the archive. */
  private publish(): EventBus {
    const { stage, state } = this.props;
    const { tables } = state;
    const bus = new EventBus(this, 'Events', { description: 'What Lockstep did, entry by entry (docs/enforcement.md)' });
    const publish = new StageFunction(this, 'Publish', {
      handler: 'functions/enforcement/handlers/publish-handler.ts',
      schema: PublishEnv,
      environment: { ENFORCEMENT_TABLE: tables.enforcement.tableName, EVENT_BUS: bus.eventBusName },
      memoryMiB: 512,
      timeout: Duration.minutes(5),
      logDays: stage.logDays,
    });
    may(publish).readRows(tables.enforcement);
    may(publish).writeRows(tables.enforcement, ['PUBLISHED']);
    publish.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));
    every(this, 'PublishSchedule', Duration.minutes(5), publish, this.failures);

    const anchor = new StageFunction(this, 'Anchor', {
      handler: 'functions/enforcement/handlers/anchor-handler.ts',
      schema: AnchorEnv,
      environment: { ENFORCEMENT_TABLE: tables.enforcement.tableName, ANCHOR_BUCKET: state.anchors.bucketName },
      // Every chain there is, some 150 bytes each.
      memoryMiB: 1_769,
      timeout: Duration.minutes(15),
      logDays: stage.logDays,
    });
    may(anchor).readRows(tables.enforcement);
    may(anchor).writeRows(tables.enforcement, ['ANCHORED']);
    may(anchor).read(state.anchors, ['ledger/*']);
    may(anchor).write(state.anchors, ['ledger/*']);
    every(this, 'AnchorSchedule', Duration.days(1), anchor, this.failures);
    return bus;
  }
}
