import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { ExchangeEnv } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { StageFunction } from './parts/stage-function';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Partners of the exchange read and write here with keys of their own. It holds no key of the deployment, and reads nothing but objects. */
export class Exchange extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { stage, state, gateway, issuer }: { stage: Stage; state: StateStack; gateway: Gateway; issuer: TrustedIssuer },
  ) {
    super(scope, id);
    const { tables } = state;
    const answer = new StageFunction(this, 'Taxii', {
      handler: 'functions/exchange/handler.ts',
      schema: ExchangeEnv,
      environment: { ENFORCEMENT_TABLE: tables.enforcement.tableName, ...httpEnvironment(this, { state, issuer }) },
      memoryMiB: 1_769,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    const objects = ['TAXII#*', 'TAXII-OBJECT#*', 'TAXII-STATUS#*'];
    may(answer).readRows(tables.enforcement, objects);
    may(answer).writeRows(tables.enforcement, objects);
    may(answer).readRows(tables.access, ['PRODUCER_KEYS', 'RATE#*']);
    may(answer).writeRows(tables.access, ['RATE#*', 'ACCESS#*']);
    gateway.open(
      ['/taxii2', '/taxii2/{proxy+}'].map((path) => ({ path, methods: [HttpMethod.GET, HttpMethod.POST], answeredBy: answer })),
      'shows a producer key, which the function looks up',
    );
  }
}
