import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/**
 * Where a list goes on: opaque to the caller, signed, and bound to the query it came from (all parameters but the page size),
 * so a cursor that was changed or carried to another query is refused instead of answering something else.
 */
export type Cursors = {
  write(query: BoundQuery, after: string): string;
  read(query: BoundQuery, cursor: string): { kind: 'after'; after: string } | { kind: 'refused'; because: string };
};
/** The route and every parameter that shapes the list. Absent and undefined are the same. */
export type BoundQuery = { route: string; parameters: Record<string, unknown> };

const Content = z.object({ q: z.string(), a: z.string() });
const MAC_BYTES = 16;

const digestOf = ({ route, parameters }: BoundQuery): string => {
  const given = Object.entries(parameters)
    .filter(([name, value]) => value !== undefined && name !== 'limit' && name !== 'cursor')
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([route, given]))
    .digest('base64url')
    .slice(0, 22);
};

export function cursors(secret: string): Cursors {
  if (secret.length < 16) throw new Error('the cursor secret needs at least 16 characters');
  const mac = (body: string): Buffer => createHmac('sha256', secret).update(body).digest().subarray(0, MAC_BYTES);
  return {
    write(query, after) {
      const body = Buffer.from(JSON.stringify({ q: digestOf(query), a: after })).toString('base64url');
      return `${body}.${mac(body).toString('base64url')}`;
    },
    read(query, cursor) {
      const [body = '', signature = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(body);
      if (rest.length > 0 || given.length !== MAC_BYTES || !timingSafeEqual(given, expected)) {
        return { kind: 'refused', because: 'The cursor was changed or is not ours. Start again without it.' };
      }
      const content = Content.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      if (content.q !== digestOf(query)) {
        return {
          kind: 'refused',
          because: 'The cursor belongs to another query. Keep the filters and the sort, or start again without it.',
        };
      }
      return { kind: 'after', after: content.a };
    },
  };
}

/** Where to start: at the beginning without a cursor. */
export const startOf = (
  from: Cursors,
  query: BoundQuery,
  cursor: string | undefined,
): { kind: 'after'; after?: string } | { kind: 'refused'; because: string } =>
  cursor === undefined ? { kind: 'after' } : from.read(query, cursor);
