import type { Context } from 'hono';
import type { ApiEnv, HttpPorts } from './api';
import { problem } from './problem';
import { type KeyPorts, keyOf, type ProducerKey } from './producer-keys';
import type { RateLimiter } from './rate-limit';

/** Refused keys by one address, a minute: guessing keys is limited by address. */
const REFUSED_PER_MINUTE = 60;

export const slowDown = (c: Context, seconds: number) =>
  problem(c, 'too-many-requests', `The key's quota is used up. Wait ${seconds} seconds and send the same again.`, {
    headers: { 'retry-after': String(seconds) },
  });

/** The producer key that a request shows, or the answer to whoever shows none that stands. `shown`: the key where it is no bearer. */
export async function producerOf(
  c: Context<ApiEnv>,
  http: HttpPorts,
  ports: Pick<KeyPorts, 'table'>,
  limiter: RateLimiter,
  shown?: string,
): Promise<ProducerKey | Response> {
  const [scheme, text] = (c.req.header('authorization') ?? '').split(' ');
  const said = shown ?? (scheme?.toLowerCase() === 'bearer' ? text : undefined);
  const key = said ? await keyOf(said, ports) : undefined;
  if (key) return key;
  const rate = await limiter.take(`refused ${http.addressOf(c)}`, REFUSED_PER_MINUTE);
  if (rate.kind === 'exceeded') return slowDown(c, rate.retryAfterSeconds);
  return problem(c, 'unauthenticated', 'Send a producer key that stands: Authorization: Bearer lsk_…', {
    headers: { 'www-authenticate': 'Bearer realm="lockstep producers"' },
  });
}
