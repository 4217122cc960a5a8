import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SCOPES } from '../domain/producer-scope';
import type { Clock, Table } from '../ports';

/** A key of somebody who sends events over HTTP. Of its secret the digest is kept. */
export const ProducerKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** Records a minute. */
  perMinute: z.number(),
  digest: z.string(),
  by: z.string(),
  at: z.number(),
  revokedAt: z.number().optional(),
  revokedBy: z.string().optional(),
});
export type ProducerKey = z.infer<typeof ProducerKey>;

const PK = 'PRODUCER_KEYS';
/** Keys are found in logs and repositories by their beginning. */
export const KEY_FORM = /^lsk_([0-9a-f]{16})_([0-9a-f]{64})$/;
const digestOf = (secret: string): string => createHash('sha256').update(`lockstep/producer-key/v1\0${secret}`).digest('hex');

export type KeyPorts = {
  table: Table;
  clock: Clock /** 40 bytes, hex, that nobody can guess, and the same for the same request: so nothing secret is kept for its retry. */;
  secretOf: (request: string) => string;
};

/** Makes a key. Its text is answered here, and to a retry of the same request, and kept nowhere. */
export async function makeKey(
  { name, scopes, perMinute, by, request }: Pick<ProducerKey, 'name' | 'scopes' | 'perMinute' | 'by'> & { request: string },
  { table, clock, secretOf }: KeyPorts,
): Promise<{ key: ProducerKey; text: string }> {
  const made = secretOf(`${by}\0${request}`);
  const [id, secret] = [made.slice(0, 16), made.slice(16, 80)];
  const key: ProducerKey = { id, name, scopes, perMinute, by, at: clock.now(), digest: digestOf(secret) };
  const put = await table.put({ pk: PK, sk: id, ...key }, { kind: 'absent' });
  const before = put.kind === 'refused' ? await table.get(PK, id) : undefined;
  return { key: before ? ProducerKey.parse(before) : key, text: `lsk_${id}_${secret}` };
}

export async function listKeys({ table }: Pick<KeyPorts, 'table'>): Promise<ProducerKey[]> {
  const keys: ProducerKey[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await table.query({ pk: PK, ...(after === undefined ? {} : { after }) });
    for (const item of items) keys.push(ProducerKey.parse(item));
    if (next === undefined) return keys;
    after = next;
  }
}

/** Revoked keys stay in the list: who sent what is asked later. */
export async function revokeKey(
  id: string,
  by: string,
  { table, clock }: Pick<KeyPorts, 'table' | 'clock'>,
): Promise<ProducerKey | undefined> {
  const found = await table.get(PK, id);
  if (!found) return undefined;
  const key = ProducerKey.parse(found);
  if (key.revokedAt !== undefined) return key;
  const revoked: ProducerKey = { ...key, revokedAt: clock.now(), revokedBy: by };
  await table.put({ pk: PK, sk: id, ...revoked });
  return revoked;
}

/** The key that a text is, if it is one and stands. */
export async function keyOf(text: string, { table }: Pick<KeyPorts, 'table'>): Promise<ProducerKey | undefined> {
  const [, id, secret] = KEY_FORM.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const found = await table.get(PK, id);
  if (!found) return undefined;
  const key = ProducerKey.parse(found);
  const [told, kept] = [Buffer.from(digestOf(secret), 'hex'), Buffer.from(key.digest, 'hex')];
  return key.revokedAt === undefined && told.length === kept.length && timingSafeEqual(told, kept) ? key : undefined;
}
