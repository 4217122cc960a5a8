import { once } from 'node:events';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { Engine } from './engine';

/** DynamoDB as dynalite speaks it, in this process, on a free loopback port. It has no transactions, streams or PartiQL. */
export async function startDynalite(options: { port?: number; path?: string } = {}): Promise<Engine> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, path: options.path });
  // A connection that waited is not closed under the request that comes next: a busy machine waits long.
  server.keepAliveTimeout = 0;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** A table as infra/state-stack.ts makes them: `pk` and `sk`, on demand. Answers when it may be used. */
export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  // An engine on loopback takes a turn of its event loop: no pause is worth it.
  for (let status: string | undefined; status !== 'ACTIVE'; )
    status = (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
}
