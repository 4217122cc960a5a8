import { Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { QueryEnv } from '../shared/wiring';
import { type Gateway, httpEnvironment } from './gateway';
import { may } from './parts/grants';
import type { TrustedIssuer } from './parts/identity';
import { StageFunction } from './parts/stage-function';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Of the system of record: the chains, the lists of them, and what a case touched. */
const SHOWN = [
  ...[
    'A#*',
    'K#*',
    'D#*',
    'X#*',
    'R#*',
    'P#*',
    'O#*',
    'G#*',
    'REGROUPINGS',
    'LH#*',
    'LEGAL-HOLDS',
    'CN#*',
    'CANARIES',
    'AP#*',
    'L#*',
    'DS#*',
    'V#*',
    'RF#*',
    'REFERRALS',
    'ER#*',
    'LIVE#*',
    'SWITCH#*',
    'LEDGER#*',
  ],
  ...['CASES', 'CASES-OF#*', 'TOUCHED#*', 'APPEALED#*', 'HEALTH'],
  // How the pipeline fares, and what people found out.
  ...[
    'BUDGET',
    'RESTORING',
    'APPEALS-OPEN',
    'VERIFICATIONS',
    'NOTICES',
    'NOTICE-CHANNELS',
    'DEAD-LETTERS',
    'LABELS#*',
    'KEYS#*',
    'SITUATIONS',
  ],
];

/** The read side of the API: accounts, campaigns, cases, the ledger. It can write its access log and nothing else. */
export class Query extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { stage, state, gateway, issuer }: { stage: Stage; state: StateStack; gateway: Gateway; issuer: TrustedIssuer },
  ) {
    super(scope, id);
    const { archive, tables, secrets } = state;
    const answer = new StageFunction(this, 'Answer', {
      handler: 'functions/query/handler.ts',
      schema: QueryEnv,
      environment: {
        ARCHIVE_BUCKET: archive.bucketName,
        FEATURES_TABLE: tables.features.tableName,
        GRAPH_TABLE: tables.graph.tableName,
        ENFORCEMENT_TABLE: tables.enforcement.tableName,
        SERVICE_KEY_SECRET: secrets.serviceKey,
        ...httpEnvironment(this, { state, issuer }),
      },
      memoryMiB: 1_769,
      timeout: Duration.seconds(29),
      logDays: stage.logDays,
    });
    may(answer).readRows(tables.features);
    may(answer).readRows(tables.graph);
    // Not the tokens of executions that wait for people, not what appellants wrote, no budget and no lease.
    may(answer).readRows(tables.enforcement, SHOWN);
    may(answer).read(archive, ['campaigns/*', 'links/*', 'hours/*', 'folds/*', 'plans/*', 'chunks/*', 'holds/*', 'health/*']);
    may(answer).readRows(tables.access, ['RATE#*', 'ACCESS#*']);
    may(answer).writeRows(tables.access, ['RATE#*', 'ACCESS#*']);
    may(answer).readSecret(secrets.serviceKey);
    gateway.signedIn(issuer, [{ path: '/v1/{proxy+}', methods: [HttpMethod.GET], answeredBy: answer }]);
    gateway.open(
      ['/v1/health', '/v1/openapi.json', '/v1/events.schema.json'].map((path) => ({ path, methods: [HttpMethod.GET], answeredBy: answer })),
      'says that the service is up, and what it offers',
    );
  }
}
