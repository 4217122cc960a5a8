import { setTimeout } from 'node:timers/promises';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { EMULATED } from '../../local/engines/engine';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock } from '../../shared/aws/system-clock';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The deployment as somebody outside sees it: AWS clients, the outputs, and the HTTP API. */
export class Outside {
  readonly settings;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;

  constructor(
    private readonly endpoint: string,
    readonly outputs: Readonly<Record<string, string>>,
  ) {
    this.settings = { region: EMULATED.region, credentials, endpoint };
    this.sqs = new SQSClient(this.settings);
    this.s3 = new S3Client({ ...this.settings, forcePathStyle: true });
    this.dynamoDb = new DynamoDBClient(this.settings);
  }

  output(name: string): string {
    const value = this.outputs[name];
    if (value === undefined) throw new Error(`the stacks have no output ${name}`);
    return value;
  }

  /** By the beginning of its construct's name: outputs between the stacks carry the physical names. */
  physical(kind: string): string {
    const found = Object.entries(this.outputs).find(
      ([name]) => new RegExp(`^ExportsOutput(Ref|FnGetAtt)${kind}[0-9A-F]{8}`).test(name) && !name.includes('Arn'),
    );
    if (!found) throw new Error(`the state stack exports no ${kind}`);
    return found[1];
  }

  table(name: 'Features' | 'Graph' | 'Enforcement' | 'Access'): DynamoTable {
    return new DynamoTable(this.dynamoDb, this.physical(name), systemClock);
  }

  archive(): S3ObjectStore {
    return new S3ObjectStore(this.s3, this.physical('Archive'));
  }

  /** A token for somebody of this role, as signing in to the console gives it. */
  async token(name: string, role: 'viewer' | 'reviewer' | 'admin'): Promise<string> {
    const cognito = new CognitoIdentityProviderClient(this.settings);
    const UserPoolId = this.physical('People');
    const ClientId = this.output('ConsoleClientId');
    const Username = `${name}@example.com`;
    const Password = 'Correct-horse-9-battery';
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        MessageAction: 'SUPPRESS',
        TemporaryPassword: Password,
        UserAttributes: [{ Name: 'email', Value: Username }],
      }),
    );
    await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
    await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: role }));
    // The console signs in with a browser (SRP or the hosted page); a script needs a flow that the deployed client rightly lacks.
    await cognito.send(
      new UpdateUserPoolClientCommand({
        UserPoolId,
        ClientId,
        ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    );
    const { AuthenticationResult } = await cognito.send(
      new AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: Password },
      }),
    );
    return z.string().parse(AuthenticationResult?.IdToken);
  }

  async api(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: unknown }> {
    const apiId = /\/\/([^.]+)\./.exec(this.output('ApiUrl'))?.[1];
    const answer = await fetch(`${this.endpoint}/_aws/execute-api/${apiId}/$default${path}`, {
      method,
      headers: {
        ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, body: isJson ? JSON.parse(text) : text };
  }
}

let patience = 1;
/** How many times longer than on an idle machine everything may take: by what one step took here, and what it takes there. */
export function bePatient(tookMs: number, usuallyMs: number): void {
  patience = Math.min(20, Math.max(1, (2 * tookMs) / usuallyMs));
}

/** Asks until there is an answer; throws when there is none in time. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + seconds * 1000 * patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`${what}: not within ${Math.round(seconds * patience)} s`);
    await setTimeout(1_000);
  }
}
