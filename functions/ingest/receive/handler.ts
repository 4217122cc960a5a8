import { createHmac } from 'node:crypto';
import { systemClock as clock } from '../../../shared/aws/system-clock';
import { queue, table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { httpHandler } from '../../../shared/lambda/http-handler';
import { serviceKey } from '../../../shared/lambda/service-key';
import { ReceiveEnv } from '../../../shared/wiring';
import { receiveRoutes } from './routes';

const env = environment(ReceiveEnv);
const deps = {
  queue: queue(env.EVENT_QUEUE_URL),
  table: table(env.ACCESS_TABLE),
  clock,
  producers: env.PRODUCERS,
};
const secretUnder = (key: string) => (request: string) => createHmac('sha512', key).update(request).digest('hex');

export const handler = httpHandler(env, async (api, http) => {
  const secretOf = secretUnder(await serviceKey(env.SERVICE_KEY_SECRET, 'producer-key'));
  receiveRoutes(api, http, { ...deps, secretOf });
});
