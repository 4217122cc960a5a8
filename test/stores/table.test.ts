import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, startDynalite } from '../../local/engines/dynamodb';
import { startDynamoDbLocal } from '../../local/engines/dynamodb-local';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { MemoryTable } from '../../shared/memory/memory-table';
import { tableContract } from './table.contract';

/** `npm run test:dynamodb-local` runs this very file with AWS's own engine in dynalite's place. */
const onAwsEngine = process.env.LOCKSTEP_DYNAMODB === 'local';
let engine: Engine | undefined;
let client: DynamoDBClient | undefined;
afterAll(async () => {
  client?.destroy();
  await engine?.stop();
});

tableContract('memory', async (clock) => new MemoryTable(clock));

tableContract(onAwsEngine ? 'DynamoDB Local' : 'dynalite', async (clock) => {
  engine = onAwsEngine ? await startDynamoDbLocal() : await startDynalite();
  client = new DynamoDBClient({ ...EMULATED, endpoint: engine.endpoint, maxAttempts: 1 });
  await createTable(client, 'contract');
  return new DynamoTable(client, 'contract', clock);
});
