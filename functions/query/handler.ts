import { dynamoDb, s3 } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { cursors } from '../../shared/http/cursor';
import { environment } from '../../shared/lambda/environment';
import { httpDoor } from '../../shared/lambda/http-door';
import { QueryEnv } from '../../shared/wiring';
import { queryRoutes } from './routes';

const env = environment(QueryEnv);
const client = dynamoDb();
const stores = {
  archive: new S3ObjectStore(s3(), env.ARCHIVE_BUCKET),
  features: new DynamoTable(client, env.FEATURES_TABLE, clock),
  graph: new DynamoTable(client, env.GRAPH_TABLE, clock),
  enforcement: new DynamoTable(client, env.ENFORCEMENT_TABLE, clock),
};

export const handler = httpDoor(env, (api, http, keys) => queryRoutes(api, http, { stores, clock, cursors: cursors(keys('cursor')) }));
