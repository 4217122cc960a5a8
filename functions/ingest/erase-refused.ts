import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../shared/ports';
import { recordsIn } from './redrive';
import { AGAIN, EARLY, REFUSED, type RefusedRecord } from './refused';

/**
 * Takes the records that name an account by the provider's own id out of what is kept as it came: refused, waiting for its time, or sent
 * again. A record names it when a value in it, however deep, is the id; text that is no JSON, when the id stands in it as a word.
 * May be repeated. Answers how many records went.
 */
export async function eraseFromRefused(id: string, store: ObjectStore): Promise<number> {
  let removed = 0;
  for (const prefix of [REFUSED, EARLY, AGAIN]) {
    for await (const key of store.list(prefix)) {
      const bytes = await store.get(key);
      if (!bytes) continue;
      const records = recordsIn(bytes);
      const left = records.filter(({ record }) => !names(record, id));
      if (left.length === records.length) continue;
      removed += records.length - left.length;
      if (left.length > 0) await store.put(...without(key, left));
      await store.delete(key);
    }
  }
  return removed;
}

function without(key: string, left: readonly RefusedRecord[]): [string, Uint8Array] {
  const bytes = Buffer.from(left.map((one) => `${JSON.stringify(one)}\n`).join(''), 'utf8');
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return [key.replace(/[0-9a-f]+-\d+\.ndjson$/, `${digest}-${left.length}.ndjson`), bytes];
}

function names(value: unknown, id: string): boolean {
  if (typeof value === 'number') return String(value) === id;
  if (typeof value === 'string') return value === id || namesInText(value, id);
  if (Array.isArray(value)) return value.some((one) => names(one, id));
  return typeof value === 'object' && value !== null && Object.entries(value).some(([name, one]) => name === id || names(one, id));
}

const WORD = /[\p{L}\p{N}_-]/u;
/** Not as a part of a longer word: `acct-1` is not in `acct-12`. */
function namesInText(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + id.length] ?? ' '];
    if (!WORD.test(before) && !WORD.test(after)) return true;
  }
  return false;
}
