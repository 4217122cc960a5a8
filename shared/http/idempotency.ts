import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { DAY, MINUTE } from '../domain/time';
import type { Clock, Table } from '../ports';
import type { ApiEnv } from './api';
import { problem } from './problem';

const Remembered = z.object({
  digest: z.string(),
  at: z.number(),
  answer: z.object({ status: z.int(), contentType: z.string(), body: z.string() }).optional(),
});
type Remembered = z.infer<typeof Remembered>;

/** What every command is sent with, whatever remembers it. */
export const IDEMPOTENCY_KEY = {
  pattern: /^[\x21-\x7e]{8,128}$/,
  message: 'Send 8 to 128 visible ASCII characters, new for each command (a UUID will do).',
} as const;

/** After this long without an answer, the request that began is taken for crashed and may be done again. */
const ABANDONED_AFTER = MINUTE;
const KEPT_FOR = DAY;
const NOT_UNDERSTOOD = new Set([400, 413, 415]);

/**
 * A command with the same Idempotency-Key by the same principal is done once: the repeat gets the first answer, a different
 * request under the same key is refused, and one that is still running is told to wait. Failures of ours (5xx) and
 * requests that were not understood (400, 413, 415) are forgotten, so a retry does the work; the commands themselves are conditional, so doing
 * one twice is harmless.
 */
export function idempotent(table: Table, clock: Clock): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined || !IDEMPOTENCY_KEY.pattern.test(key)) {
      const { message } = IDEMPOTENCY_KEY;
      return problem(c, 'invalid-request', 'Commands need an Idempotency-Key header, so that a retry does not act twice.', {
        errors: [{ in: 'header', field: 'Idempotency-Key', message }],
      });
    }
    const pk = `IDEMPOTENCY#${sha256(`${c.get('principal').id} ${key}`)}`;
    const { pathname, search } = new URL(c.req.url);
    const digest = sha256(`${c.req.method} ${pathname}${search} ${await c.req.text()}`);
    const begun = await begin(table, clock, pk, digest);
    switch (begun.kind) {
      case 'mismatch':
        return problem(c, 'idempotency-mismatch', 'This key was sent with another request before. Use a new key for a new command.');
      case 'running':
        return problem(c, 'conflict', 'The same command is still running. Ask again in a moment.', { headers: { 'retry-after': '2' } });
      case 'done':
        return new Response(begun.answer.body, {
          status: begun.answer.status,
          headers: { 'content-type': begun.answer.contentType, 'idempotency-replayed': 'true' },
        });
      case 'begun':
        await next();
        return await remember(table, clock, c, pk, digest);
      default:
        return begun satisfies never;
    }
  };
}

type Begun = { kind: 'begun' } | { kind: 'mismatch' } | { kind: 'running' } | { kind: 'done'; answer: NonNullable<Remembered['answer']> };

async function begin(table: Table, clock: Clock, pk: string, digest: string): Promise<Begun> {
  const now = clock.now();
  const row = { pk, sk: 'REQUEST', digest, at: now, expires: Math.floor((now + KEPT_FOR) / 1000) };
  if ((await table.put(row, { kind: 'absent' })).kind === 'written') return { kind: 'begun' };
  const found = await table.get(pk, 'REQUEST');
  if (!found) return { kind: 'running' };
  const before = Remembered.parse(found);
  if (before.digest !== digest) return { kind: 'mismatch' };
  if (before.answer) return { kind: 'done', answer: before.answer };
  if (now - before.at < ABANDONED_AFTER) return { kind: 'running' };
  const taken = await table.put(row, { kind: 'equals', attribute: 'at', value: before.at });
  return taken.kind === 'written' ? { kind: 'begun' } : { kind: 'running' };
}

async function remember(table: Table, clock: Clock, c: Context<ApiEnv>, pk: string, digest: string): Promise<void> {
  if (c.res.status >= 500 || NOT_UNDERSTOOD.has(c.res.status)) return table.delete(pk, 'REQUEST');
  const now = clock.now();
  const answer = { status: c.res.status, contentType: c.res.headers.get('content-type') ?? '', body: await c.res.clone().text() };
  await table.put({ pk, sk: 'REQUEST', digest, at: now, answer, expires: Math.floor((now + KEPT_FOR) / 1000) });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
