import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { createTable } from '../engines/dynamodb';
import { FunctionHost } from './function-host';
import { ACCOUNT, REGION, type Resource, type Templates } from './template';

/** How much longer a function may take here: two cores run everything at once, and a bundle begins cold in them. It still ends what hangs. */
const SLOWER = 5;

export type Clients = { dynamoDb: DynamoDBClient; s3: S3Client; sqs: SQSClient };
/** The user pool is the issuer on loopback. */
const USER_POOL = 'local-people';
const POOL_ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${USER_POOL}`;

/** What stands for the identity provider and the distribution: one loopback origin that serves both. */
export type Places = { origin: string; issuer: string; audience: string };

/** Everything of the templates that exists here, by `stack/id`. */
export type World = {
  functions: Map<string, FunctionHost>;
  queues: Map<string, { url: string; arn: string }>;
  secrets: Map<string, string>;
  inbox: string | undefined;
};

/** Nothing here stands for these: permissions, logs, alarms and what only AWS can do. Any other type is refused. */
const WITHOUT_COUNTERPART = [
  /^AWS::IAM::/,
  /^AWS::Logs::/,
  /^AWS::KMS::/,
  /^AWS::CloudWatch::/,
  /^AWS::Budgets::/,
  /^AWS::(Glue|Athena)::/,
  /^AWS::CDK::Metadata$/,
  /^AWS::Lambda::(Permission|LayerVersion)$/,
  /^AWS::(SQS::Queue|S3::Bucket|SNS::Topic)Policy$/,
  /^AWS::SNS::/,
  /^AWS::Cognito::(UserPoolDomain|UserPoolGroup)$/,
  /^AWS::CloudFront::(Function|OriginAccessControl|ResponseHeadersPolicy)$/,
  /^Custom::CDKBucketDeployment$/,
];
/** Read where they are used: local/local.ts. */
const WIRED_LATER = new Set([
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Scheduler::Schedule',
  'AWS::Events::Rule',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
]);

/** Makes what the templates describe, in an order in which each thing finds what it refers to. */
export async function makeWorld(
  templates: Templates,
  clients: Clients,
  places: Places,
  endpoints: Readonly<Record<string, string>>,
): Promise<World> {
  const world: World = { functions: new Map(), queues: new Map(), secrets: new Map(), inbox: undefined };
  let waiting = templates.resources;
  while (waiting.length > 0) {
    const later: typeof waiting = [];
    let reason: unknown;
    for (const entry of waiting) {
      try {
        await make(entry, { templates, clients, places, endpoints, world });
      } catch (error) {
        if (!(error instanceof Error && error.message.endsWith('is used before it exists'))) throw error;
        reason = error;
        later.push(entry);
      }
    }
    if (later.length === waiting.length) throw reason;
    waiting = later;
  }
  return world;
}

type Making = { templates: Templates; clients: Clients; places: Places; endpoints: Readonly<Record<string, string>>; world: World };

async function make({ id, stack, resource }: { id: string; stack: string; resource: Resource }, making: Making): Promise<void> {
  const { templates, clients, places, world } = making;
  const name = `${stack}-${id}`.toLowerCase();
  const exists = (ref: string, attributes?: Record<string, string>) => templates.exists(stack, id, { ref, attributes });
  switch (resource.Type) {
    case 'AWS::DynamoDB::GlobalTable':
      await createTable(clients.dynamoDb, name);
      return exists(name, { Arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}` });
    case 'AWS::S3::Bucket':
      await clients.s3.send(new CreateBucketCommand({ Bucket: name }));
      if (id.startsWith('Inbox')) world.inbox = name;
      return exists(name, { Arn: `arn:aws:s3:::${name}`, RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com` });
    case 'AWS::SQS::Queue': {
      const queue = await makeQueue(name, stack, resource, making);
      world.queues.set(`${stack}/${id}`, queue);
      return exists(queue.url, { Arn: queue.arn, QueueName: name });
    }
    case 'AWS::SecretsManager::Secret': {
      const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;
      world.secrets.set(arn, randomBytes(32).toString('hex'));
      return exists(arn, { Id: arn });
    }
    case 'AWS::Lambda::Function':
      if (!String(resource.Properties.Runtime).startsWith('nodejs24')) return exists(name, { Arn: name });
      world.functions.set(`${stack}/${id}`, makeFunction(id, stack, resource, making));
      return exists(id, { Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}` });
    case 'AWS::StepFunctions::StateMachine': {
      const { StateMachineName } = z
        .object({ StateMachineName: z.string() })
        .parse(templates.resolve({ StateMachineName: resource.Properties.StateMachineName }, stack));
      return exists(`arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${StateMachineName}`);
    }
    case 'AWS::Events::EventBus':
      return exists(name, { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`, Name: name });
    case 'AWS::SNS::Topic':
      return exists(`arn:aws:sns:${REGION}:${ACCOUNT}:${name}`);
    case 'AWS::Cognito::UserPool':
      return exists(USER_POOL, { Arn: name });
    case 'AWS::Cognito::UserPoolClient':
      return exists(places.audience);
    case 'AWS::ApiGatewayV2::Api':
      return exists('local', { ApiEndpoint: places.origin });
    case 'AWS::ApiGatewayV2::Integration': {
      const { IntegrationUri } = z.object({ IntegrationUri: z.unknown() }).parse(resource.Properties);
      return exists(String(templates.resolve(IntegrationUri, stack)));
    }
    case 'AWS::ApiGatewayV2::Authorizer':
      return exists(id);
    case 'AWS::CloudFront::Distribution':
      return exists('local', { DomainName: new URL(places.origin).host });
    default:
      if (WIRED_LATER.has(resource.Type) || WITHOUT_COUNTERPART.some((pattern) => pattern.test(resource.Type)))
        return exists(name, { Arn: `arn:aws:none:${REGION}:${ACCOUNT}:${name}` });
      throw new Error(`${stack}/${id}: npm run local has nothing for ${resource.Type}; teach it in local/aws/world.ts`);
  }
}

async function makeQueue(
  QueueName: string,
  stack: string,
  { Properties }: Resource,
  { templates, clients }: Making,
): Promise<{ url: string; arn: string }> {
  const { RedrivePolicy, VisibilityTimeout, MessageRetentionPeriod } = Properties;
  const Attributes = {
    ...(RedrivePolicy ? { RedrivePolicy: JSON.stringify(templates.resolve(RedrivePolicy, stack)) } : {}),
    ...(VisibilityTimeout ? { VisibilityTimeout: String(VisibilityTimeout) } : {}),
    ...(MessageRetentionPeriod ? { MessageRetentionPeriod: String(MessageRetentionPeriod) } : {}),
  };
  const { QueueUrl = '' } = await clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const { Attributes: made } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { url: QueueUrl, arn: made?.QueueArn ?? '' };
}

const FunctionProperties = z.looseObject({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  MemorySize: z.number(),
  Timeout: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

function makeFunction(id: string, stack: string, { Properties }: Resource, { templates, endpoints, places }: Making): FunctionHost {
  const { Code, Handler, MemorySize, Timeout, Environment } = FunctionProperties.parse(Properties);
  const [file = '', handler = ''] = Handler.split('.');
  const variables = Object.entries(Environment.Variables).map(([name, value]) => [
    name,
    String(templates.resolve(value, stack)).replace(POOL_ISSUER, places.issuer),
  ]);
  return new FunctionHost({
    name: id.replace(/[0-9A-F]{8}$/, ''),
    bundle: join(templates.folder, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, `${file}.js`),
    handler,
    memoryMiB: MemorySize,
    timeoutMs: SLOWER * Timeout * 1000,
    environment: { ...endpoints, ...Object.fromEntries(variables), AWS_LAMBDA_FUNCTION_NAME: id },
  });
}
