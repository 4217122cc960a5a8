import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { AppealsEnv } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { StageFunction } from './parts/stage-function';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** For the persons concerned, without a login, and for reviewers. It asks nothing of the provider: enforcement carries out what is decided. */
export class Appeals extends Construct {
  constructor(scope: Construct, id: string, props: { stage: Stage; state: StateStack; gateway: Gateway; issuer: TrustedIssuer }) {
    super(scope, id);
    const { stage, state, gateway, issuer } = props;
    const { enforcement, access } = state.tables;
    const answer = new StageFunction(this, 'Answer', {
      door: 'functions/appeals/handler.ts',
      schema: AppealsEnv,
      environment: { ENFORCEMENT_TABLE: enforcement.tableName, ...httpEnvironment(this, props) },
      memoryMiB: 1_024,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    may(answer).readRows(enforcement);
    // Appeals, what was written in them, the day's feed of the ledger, and what a case counts. No account, no case.
    may(answer).writeRows(enforcement, [
      'AP#*',
      'APPEALS',
      'APPEALS-OPEN',
      'APPEALS-DECIDED',
      'APPEALED#*',
      'STATEMENT#*',
      'LEDGER#*',
      'RULE#*',
    ]);
    may(answer).deleteRows(enforcement, ['APPEALS-OPEN', 'APPEALS-DECIDED']);
    may(answer).readRows(access);
    may(answer).writeRows(access);
    may(answer).deleteRows(access, ['IDEMPOTENCY#*']);
    may(answer).readSecret(state.secrets.serviceKey);
    gateway.open(
      ['/v1/appeal', '/v1/appeal/read'].map((path) => ({ path, methods: [HttpMethod.POST], answeredBy: answer })),
      'appeals need no login: the signed, expiring link is the proof, and the function limits rates by address',
    );
    gateway.signedIn(
      issuer,
      ['/v1/appeals', '/v1/appeals/{proxy+}'].map((path) => ({ path, methods: [HttpMethod.GET, HttpMethod.POST], answeredBy: answer })),
    );
  }
}
