import { systemClock as clock } from '../../shared/aws/system-clock';
import { cursors } from '../../shared/http/cursor';
import { bucket, table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { serviceKey } from '../../shared/lambda/service-key';
import { QueryEnv } from '../../shared/wiring';
import { queryRoutes } from './routes';

const env = environment(QueryEnv);
const stores = {
  archive: bucket(env.ARCHIVE_BUCKET),
  features: table(env.FEATURES_TABLE),
  graph: table(env.GRAPH_TABLE),
  enforcement: table(env.ENFORCEMENT_TABLE),
};

export const handler = httpHandler(env, async (api, http) => {
  const key = await serviceKey(env.SERVICE_KEY_SECRET, 'cursor');
  queryRoutes(api, http, { stores, clock, cursors: cursors(key) });
});
