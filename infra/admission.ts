import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AdmissionEnv, METRICS } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { alarm } from './parts/alarm';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { pipelineMetric } from './parts/metric';
import { StageFunction } from './parts/stage-function';
import type { WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

type AdmissionProps = {
  stage: Stage;
  state: StateStack;
  gateway: Gateway;
  issuer: TrustedIssuer;
  alarms: ITopic;
  /** Where it is said who is to prove something. */
  verifications: WatchedQueue;
};

/** Asked before somebody is let in. It reads what campaigns are known by and which are acted on, and writes nothing but quotas; who is to prove something, it says on a queue. */
export class Admission extends Construct {
  constructor(scope: Construct, id: string, { stage, state, gateway, issuer, alarms, verifications }: AdmissionProps) {
    super(scope, id);
    const { tables, secrets } = state;
    const check = new StageFunction(this, 'Check', {
      handler: 'functions/admission/handler.ts',
      schema: AdmissionEnv,
      environment: {
        GRAPH_TABLE: tables.graph.tableName,
        ENFORCEMENT_TABLE: tables.enforcement.tableName,
        IDENTIFIER_KEY_SECRET: secrets.identifierKey,
        VERIFICATION_QUEUE_URL: verifications.queue.queueUrl,
        ...httpEnvironment(this, { state, issuer }),
      },
      memoryMiB: 1_769,
      timeout: Duration.seconds(5),
      logDays: stage.logDays,
    });
    may(check).readRows(tables.graph, ['KNOWN-BY#*']);
    may(check).readRows(tables.enforcement, ['LIVE#*', 'POLICY', 'CASES-OF#*', 'K#*', 'X#*', 'V#*', 'SWITCH#*']);
    may(check).sendTo(verifications.queue);
    may(check).readRows(tables.access, ['PRODUCER_KEYS', 'RATE#*']);
    may(check).writeRows(tables.access, ['RATE#*', 'ACCESS#*']);
    may(check).readSecret(secrets.identifierKey);
    // Who signs up waits for it: a stage with traffic keeps some instances warm.
    const answeredBy =
      stage.admission.warmInstances === 0
        ? check
        : new Alias(this, 'Warm', {
            aliasName: 'warm',
            version: check.currentVersion,
            provisionedConcurrentExecutions: stage.admission.warmInstances,
          });
    gateway.open([{ path: '/v1/check', methods: [HttpMethod.POST], answeredBy }], 'shows a producer key, which the function looks up');
    alarm(this, 'Unchecked', alarms, {
      metric: pipelineMetric(this, METRICS.newcomersNotChecked, { period: Duration.minutes(5) }),
      above: 10,
      impact: 'Newcomers are let in without a check: operators that answer bans with new accounts are not slowed down.',
    });
  }
}
