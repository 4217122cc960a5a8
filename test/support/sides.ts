import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { createTable, startDynalite } from '../../local/engines/dynamodb';
import { EMULATED } from '../../local/engines/engine';
import { startJsonEndpoint } from '../../local/engines/json-endpoint';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import type { ToyProvider } from '../../local/provider/toy-provider';
import { LEAN, lean } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { executionName, StepFunctionsWorkflow } from '../../shared/aws/step-functions-workflow';
import { type CaseId, caseId } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import type { Clock, ObjectStore, Provider, Stores, Table, Workflow } from '../../shared/ports';
import { type ToyReceiver, toyReceiver } from './toy-receiver';

/** What runs a state machine: executions by name, and tokens of tasks that wait for people. */
export type Executions = { start(name: string, id: CaseId): void; succeed(token: string): void };

/** One side of the ports. What it makes is empty, and the caller's alone. */
export type Side = {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  table(clock: Clock): Promise<Table>;
  objects(): Promise<ObjectStore>;
  /** The way to the toy provider: a call, or a signed webhook. */
  reach(provider: ToyProvider): Promise<Provider>;
  workflow(executions: Executions, table: Table): Promise<Workflow>;
};

export const MEMORY: Side = {
  name: 'memory twins',
  start: async () => {},
  stop: async () => {},
  table: async (clock) => new MemoryTable(clock),
  objects: async () => new MemoryObjectStore(),
  reach: async (provider) => provider,
  workflow: async (executions, table) => {
    const started = new Set<string>();
    return {
      async start(id, sequence, again) {
        const name = executionName(id, sequence, again);
        if (started.has(name)) return;
        started.add(name);
        executions.start(name, id);
      },
      async wake(id) {
        const waiting = await table.get('WAITING', id);
        if (typeof waiting?.token === 'string') executions.succeed(waiting.token);
      },
    };
  },
};

const StartExecution = z.object({ name: z.string(), input: z.string() });
const Input = z.object({ case: z.string().transform(caseId) });
const SendTaskSuccess = z.object({ taskToken: z.string() });

/** Step Functions' protocol as far as the workflow speaks it, on loopback. */
function startExecutions(executions: Executions) {
  const started = new Set<string>();
  return startJsonEndpoint((operation, request) => {
    if (operation === 'SendTaskSuccess') {
      executions.succeed(SendTaskSuccess.parse(request).taskToken);
      return { body: {} };
    }
    const { name, input } = StartExecution.parse(request);
    if (started.has(name)) return { status: 400, body: { __type: 'ExecutionAlreadyExists' } };
    started.add(name);
    executions.start(name, Input.parse(JSON.parse(input)).case);
    return { body: { executionArn: `arn:aws:states:us-east-1:000000000000:execution:suspension:${name}`, startDate: 0 } };
  });
}

/** The AWS adapters over the wire: tables on dynalite, objects on fauxqs, actions as signed webhooks, executions by Step Functions' protocol. */
function engines(): Side {
  const closing: (() => Promise<void> | void)[] = [];
  let dynamo: DynamoDBClient | undefined;
  let s3: S3Client | undefined;
  let receiver: ToyReceiver | undefined;
  let made = 0;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the engines are not started: tell the stories by onBothSides');
    return part;
  };
  return {
    name: 'engines over the wire',
    async start() {
      const [tables, objects] = await Promise.all([startDynalite(), startSqsAndS3()]);
      const ddb = lean(new DynamoDBClient({ ...EMULATED, ...LEAN, endpoint: tables.endpoint, maxAttempts: 1 }));
      const bucket = lean(new S3Client({ ...EMULATED, ...LEAN, endpoint: objects.endpoint, forcePathStyle: true, maxAttempts: 1 }));
      const reached = await toyReceiver();
      closing.push(
        () => ddb.destroy(),
        tables.stop,
        () => bucket.destroy(),
        objects.stop,
        reached.stop,
      );
      dynamo = ddb;
      s3 = bucket;
      receiver = reached;
    },
    async stop() {
      for (const close of closing.splice(0)) await close();
    },
    async table(clock) {
      const name = `table-${++made}`;
      await createTable(started(dynamo), name);
      return new DynamoTable(started(dynamo), name, clock);
    },
    async objects() {
      const Bucket = `bucket-${++made}`;
      await started(s3).send(new CreateBucketCommand({ Bucket }));
      return new S3ObjectStore(started(s3), Bucket);
    },
    reach: async (provider) => started(receiver).reach(provider),
    async workflow(executions, table) {
      const { endpoint, stop } = await startExecutions(executions);
      const client = new SFNClient({ ...EMULATED, endpoint, maxAttempts: 1 });
      closing.push(() => client.destroy(), stop);
      return new StepFunctionsWorkflow(client, 'arn:aws:states:us-east-1:000000000000:stateMachine:suspension', table);
    },
  };
}

export async function storesOn(side: Side, clock: Clock): Promise<Stores> {
  const [archive, features, graph, enforcement] = await Promise.all([
    side.objects(),
    side.table(clock),
    side.table(clock),
    side.table(clock),
  ]);
  return { archive, features, graph, enforcement };
}

/** Tells the same stories twice: on the memory twins, and on the AWS adapters over engines in this process. */
export function onBothSides(stories: (side: Side) => void): void {
  // A story of half a minute on a busy machine.
  jest.setTimeout(180_000);
  describe.each([MEMORY, engines()])('$name', (side) => {
    beforeAll(() => side.start());
    afterAll(() => side.stop());
    stories(side);
  });
}
