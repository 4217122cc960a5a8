import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AppealClockEnv, IntakeEnv, PublicAppealsEnv, ReviewEnv } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { every } from './parts/every';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue, WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

type AppealsProps = { stage: Stage; state: StateStack; gateway: Gateway; issuer: TrustedIssuer; alarms: ITopic };

/**
 * The handler without a login takes requests; a reader of its queue makes appeals of them; reviewers decide; a clock escalates. None of them
 * asks anything of the provider, and enforcement counts the reviews again before it restores anybody.
 */
export class Appeals extends Construct {
  private readonly impact = 'People who were acted on wrongly wait: their appeals are not opened, or nobody is told that one is late.';

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AppealsProps,
  ) {
    super(scope, id);
    const readIn = Duration.minutes(1);
    const requests = new WatchedQueue(this, 'Requests', {
      alarms: props.alarms,
      impact: this.impact,
      readIn,
      collectedIn: Duration.seconds(0),
      batchSize: 1,
      late: Duration.minutes(15),
    });
    this.takeRequests(requests);
    this.openAppeals(requests, readIn);
    this.review();
    this.clock();
  }

  private takeRequests({ queue }: WatchedQueue): void {
    const { stage, state, gateway } = this.props;
    const { enforcement, access } = state.tables;
    const take = new StageFunction(this, 'Public', {
      handler: 'functions/appeals/public-handler.ts',
      schema: PublicAppealsEnv,
      environment: {
        ENFORCEMENT_TABLE: enforcement.tableName,
        APPEAL_KEY_SECRET: state.secrets.appealKey,
        REQUEST_QUEUE_URL: queue.queueUrl,
        ...httpEnvironment(this, this.props),
      },
      memoryMiB: 1_024,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    // What was done to the account, where its appeal is, and how long we take to answer.
    may(take).readRows(enforcement, ['A#*', 'AP#*', 'LIVE#*', 'POLICY']);
    may(take).sendTo(queue);
    may(take).writeRows(access, ['RATE#*', 'ACCESS#*']);
    may(take).readRows(access, ['RATE#*']);
    may(take).readSecret(state.secrets.appealKey);
    gateway.open(
      ['/v1/appeal', '/v1/appeal/read'].map((path) => ({ path, methods: [HttpMethod.POST], answeredBy: take })),
      'appeals need no login: the signed, expiring link is the proof, and the function limits rates by address',
    );
  }

  private openAppeals(requests: WatchedQueue, timeout: Duration): void {
    const { stage, state } = this.props;
    const { enforcement } = state.tables;
    const intake = new StageFunction(this, 'Intake', {
      handler: 'functions/appeals/intake-handler.ts',
      schema: IntakeEnv,
      environment: { ENFORCEMENT_TABLE: enforcement.tableName, APPEAL_KEY_SECRET: state.secrets.appealKey },
      memoryMiB: 512,
      timeout,
      logDays: stage.logDays,
    });
    requests.readBy(intake, { concurrency: 2 });
    may(intake).readRows(enforcement, ['A#*', 'AP#*', 'LIVE#*', 'POLICY']);
    // The appeal, what was written in it, its place in the lists and in the day's feed, and what a case and a rule count.
    may(intake).writeRows(enforcement, ['AP#*', 'APPEALS', 'APPEALS-OPEN', 'APPEALED#*', 'STATEMENT#*', 'LEDGER#*', 'RULE#*']);
    may(intake).readSecret(state.secrets.appealKey);
  }

  private review(): void {
    const { stage, state, gateway, issuer } = this.props;
    const { enforcement, access } = state.tables;
    const review = new StageFunction(this, 'Review', {
      handler: 'functions/appeals/review-handler.ts',
      schema: ReviewEnv,
      environment: { ENFORCEMENT_TABLE: enforcement.tableName, ...httpEnvironment(this, this.props) },
      memoryMiB: 1_024,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    may(review).readRows(enforcement, ['AP#*', 'APPEALS', 'STATEMENT#*', 'K#*', 'LIVE#*', 'POLICY']);
    may(review).writeRows(enforcement, ['AP#*', 'APPEALS-DECIDED', 'LEDGER#*']);
    may(review).writeRows(access, ['RATE#*', 'ACCESS#*', 'IDEMPOTENCY#*']);
    may(review).readRows(access, ['RATE#*', 'IDEMPOTENCY#*']);
    may(review).deleteRows(access, ['IDEMPOTENCY#*']);
    gateway.signedIn(
      issuer,
      ['/v1/appeals', '/v1/appeals/{proxy+}'].map((path) => ({ path, methods: [HttpMethod.GET, HttpMethod.POST], answeredBy: review })),
    );
  }

  private clock(): void {
    const { stage, state, alarms } = this.props;
    const { enforcement } = state.tables;
    const clock = new StageFunction(this, 'Clock', {
      handler: 'functions/appeals/clock-handler.ts',
      schema: AppealClockEnv,
      environment: { ENFORCEMENT_TABLE: enforcement.tableName },
      memoryMiB: 512,
      timeout: Duration.minutes(5),
      logDays: stage.logDays,
    });
    may(clock).readRows(enforcement, ['A#*', 'AP#*', 'APPEALS-OPEN', 'LIVE#*', 'POLICY']);
    may(clock).writeRows(enforcement, ['AP#*', 'APPEALS-DECIDED', 'LEDGER#*']);
    may(clock).deleteRows(enforcement, ['APPEALS-OPEN']);
    every(this, 'ClockSchedule', Duration.hours(1), clock, deadLetterQueue(this, 'Failures', alarms, this.impact));
  }
}
