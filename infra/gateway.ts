import { Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type HttpApi as Api,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarm } from './parts/alarm';
import type { TrustedIssuer } from './parts/identity';
import { vendedLog } from './parts/vended-log';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

export type Route = { readonly path: string; readonly methods: readonly HttpMethod[]; readonly answeredBy: IFunction };

/** The HTTP API: which function answers which path. Whoever asks shows a token of the trusted issuer, but for routes that say otherwise. */
export class Gateway extends Construct {
  readonly api: Api;
  private token: HttpJwtAuthorizer | undefined;

  constructor(scope: Construct, id: string, { stage, alarms }: { stage: Stage; alarms: ITopic }) {
    super(scope, id);
    // No CORS: the console is served from the same origin, and other systems are no browsers.
    this.api = new HttpApi(this, 'Api', { apiName: Stack.of(this).stackName, createDefaultStage: false, description: 'Lockstep API v1' });
    const log = vendedLog(this, 'AccessLog', `apis/${Stack.of(this).stackName}`, stage.logDays);
    new HttpStage(this, 'Default', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: stage.api,
      accessLogSettings: { destination: new LogGroupLogDestination(log), format: ACCESS_LOG },
    });
    alarm(this, 'Failing', alarms, {
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: 5,
      impact: 'Analysts and connected systems get errors: cases cannot be approved, undone or looked at.',
    });
  }

  signedIn(issuer: TrustedIssuer, routes: readonly Route[]): void {
    this.token ??= new HttpJwtAuthorizer('Token', issuer.issuer, { jwtAudience: [issuer.audience] });
    this.add(routes, this.token);
  }

  /** Routes that need no token: health, the description, and appeals by signed link. The functions limit their rate. */
  open(routes: readonly Route[], reason: string): void {
    for (const route of this.add(routes, new HttpNoneAuthorizer())) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
  }

  private add(routes: readonly Route[], authorizer: HttpJwtAuthorizer | HttpNoneAuthorizer) {
    return routes.flatMap(({ path, methods, answeredBy }) =>
      this.api.addRoutes({
        path,
        methods: [...methods],
        authorizer,
        integration: new HttpLambdaIntegration(answeredBy.node.id, answeredBy),
      }),
    );
  }

  get domain(): string {
    return Fn.select(2, Fn.split('/', this.api.apiEndpoint));
  }
}

/**
 * Who, route and outcome; no path, no query and no address: what was asked for is in the product's own access log. The functions write that
 * one themselves; this one only AWS writes, so that whoever takes a function over cannot take his traces out of both. Joined by the
 * request's id.
 */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    at: '$context.requestTimeEpoch',
    person: '$context.authorizer.claims.sub',
    route: '$context.routeKey',
    status: '$context.status',
    error: '$context.error.messageString',
    milliseconds: '$context.responseLatency',
  }),
);

/**
 * Proves to the functions that a request came through our CloudFront distribution, so that they may believe the viewer's address it
 * says. The UUID in the stack's own ARN: made by AWS, known to nobody outside the account, and good for nothing else.
 */
export const edgeToken = (scope: Construct): string => Fn.select(2, Fn.split('/', Stack.of(scope).stackId));

/** What every HTTP handler is given (shared/wiring.ts, HttpEnv). */
export const httpEnvironment = (scope: Construct, { state, issuer }: { state: StateStack; issuer: TrustedIssuer }) => ({
  ACCESS_TABLE: state.tables.access.tableName,
  TOKEN_ISSUER: issuer.issuer,
  TOKEN_AUDIENCE: issuer.audience,
  TOKEN_KEYS_URL: issuer.keysUrl,
  EDGE_TOKEN: edgeToken(scope),
});
