import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { z } from 'zod';

/**
 * Where a list goes on: sealed, for a place in the ledger names accounts and organisations that the caller may not see, and bound to the query it came from (all parameters but the page size),
 * so a cursor that was changed or carried to another query is refused instead of answering something else.
 */
export type Cursors = {
  write(query: BoundQuery, after: string): string;
  read(query: BoundQuery, cursor: string): { kind: 'after'; after: string } | { kind: 'refused'; because: string };
};
/** The route and every parameter that shapes the list. Absent and undefined are the same. */
export type BoundQuery = { route: string; parameters: Record<string, unknown> };

const Content = z.object({ q: z.string(), a: z.string() });
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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
  const derived = (purpose: string): Buffer => createHmac('sha256', secret).update(purpose).digest();
  const [sealKey, nonceKey] = [derived('lockstep/cursor/seal'), derived('lockstep/cursor/nonce')];
  return {
    write(query, after) {
      const content = JSON.stringify({ q: digestOf(query), a: after });
      // Derived from what it seals (as SIV does): the same place gives the same cursor, and no two contents share a nonce.
      const nonce = createHmac('sha256', nonceKey).update(content).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      return Buffer.concat([nonce, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    read(query, cursor) {
      const content = opened(sealKey, cursor);
      if (!content) return { kind: 'refused', because: 'The cursor was changed or is not ours. Start again without it.' };
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

function opened(key: Buffer, cursor: string): z.infer<typeof Content> | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
    return Content.parse(JSON.parse(text.toString('utf8')));
  } catch {
    // The tag does not fit: not sealed by us, or changed.
    return undefined;
  }
}

/** Where to start: at the beginning without a cursor. */
export const startOf = (
  from: Cursors,
  query: BoundQuery,
  cursor: string | undefined,
): { kind: 'after'; after?: string } | { kind: 'refused'; because: string } =>
  cursor === undefined ? { kind: 'after' } : from.read(query, cursor);
