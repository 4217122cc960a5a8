import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentSchema, Given } from '../../shared/wiring';

const root = join(__dirname, '..', '..');

export type StageFunctionProps<Schema extends EnvironmentSchema> = {
  /** The handler, from the root: functions/<stage>/<name>.ts, which exports `handler`. */
  handler: string;
  /** The schema that the handler parses; it types `environment`. */
  schema: Schema;
  environment: Given<Schema>;
  memoryMiB: number;
  timeout: Duration;
  logDays: RetentionDays;
};

/**
 * The only way to make a function: Node 24 on arm64, its own role that may write its own log and nothing else until it is granted
 * more, and one bundle with everything in it (the SDK too: what was tested is what runs, docs/decisions/0002).
 */
export class StageFunction<Schema extends EnvironmentSchema> extends NodejsFunction {
  constructor(scope: Construct, id: string, { handler, environment, memoryMiB, timeout, logDays }: StageFunctionProps<Schema>) {
    const logGroup = new LogGroup(scope, `${id}Log`, { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      entry: join(root, handler),
      handler: 'handler',
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMiB,
      timeout,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      environment: {
        ...environment,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: `${scope.node.id}/${id}`,
        LOCKSTEP_DEPLOYMENT: Stack.of(scope).stackName,
      },
      awsSdkConnectionReuse: false,
      bundling: {
        target: 'node24',
        format: OutputFormat.CJS,
        mainFields: ['module', 'main'],
        externalModules: [],
        minify: true,
        logLevel: LogLevel.WARNING,
        sourceMap: true,
        sourcesContent: false,
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5',
      reason: 'objects under a prefix, and trace segments (X-Ray has no resources): test/infra/invariants.test.ts lists every wildcard',
    });
  }
}

/** AWS advises six times what the reader may take, and the window in which it collects: a throttled batch is then not handed out again while it is being worked on. */
export const visibilityFor = (timeout: Duration, window: Duration): Duration =>
  Duration.seconds(timeout.toSeconds() * 6 + window.toSeconds());
