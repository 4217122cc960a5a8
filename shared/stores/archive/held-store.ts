import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { checkedJson } from '../../domain/checked';
import { hourLabel } from '../../domain/time';
import { ShownEvent } from '../../formats/shown-event';
import { type AccountKey, accountKey } from '../../identity/ids';
import type { ObjectStore } from '../../ports';

const folder = (hold: string): string => `holds/${hold}/`;
const batchesKey = (hold: string): string => `${folder(hold)}accounts.json`;
export const heldKey = (hold: string, { hour, version, batch }: { hour: number; version: number; batch: number }): string =>
  `${folder(hold)}${hourLabel(hour)}/${String(batch).padStart(4, '0')}-${String(version).padStart(6, '0')}.ndjson.gz`;

const Batches = z.array(z.array(z.string()));
const Head = z.object({ hour: z.number(), version: z.int(), events: z.int(), chunks: z.array(z.string()), digest: z.string() });
export const HeldEvent = ShownEvent.extend({ account: z.string() });
export type HeldEvent = z.infer<typeof HeldEvent>;
/** `digest`: SHA-256, hex, over the lines of the events as they are kept, each with its LF. */
export type HeldHour = z.infer<typeof Head> & { items: HeldEvent[] };

/** What legal holds keep, beside the archive's chunks and out of reach of their retention. */
export class HeldStore {
  constructor(private readonly archive: ObjectStore) {}

  /** Every object of hours that is kept. */
  async keys(hold: string): Promise<Set<string>> {
    const keys = new Set<string>();
    for await (const key of this.archive.list(folder(hold))) if (key.endsWith('.ndjson.gz')) keys.add(key);
    return keys;
  }

  async batches(hold: string): Promise<AccountKey[][]> {
    const bytes = await this.archive.get(batchesKey(hold));
    return bytes ? Batches.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).map((batch) => batch.map(accountKey)) : [];
  }

  async putBatches(hold: string, batches: readonly (readonly AccountKey[])[]): Promise<void> {
    await this.archive.put(
      batchesKey(hold),
      Buffer.from(
        checkedJson(
          Batches,
          batches.map((batch) => [...batch]),
          `accounts of hold ${hold}`,
        ),
      ),
    );
  }

  /** Kept objects by hour, newest version of each batch only: `20260605T13` ▶ keys. */
  async hours(hold: string): Promise<Map<string, string[]>> {
    const newest = new Map<string, string>();
    for (const key of await this.keys(hold)) {
      const name = key.replace(/-\d+\.ndjson\.gz$/, '');
      if ((newest.get(name) ?? '') < key) newest.set(name, key);
    }
    const hours = new Map<string, string[]>();
    for (const key of [...newest.values()].sort()) {
      const hour = key.slice(folder(hold).length).split('/')[0] ?? '';
      hours.set(hour, [...(hours.get(hour) ?? []), key]);
    }
    return hours;
  }

  async read(key: string): Promise<HeldHour | undefined> {
    const bytes = await this.archive.get(key);
    if (!bytes) return undefined;
    const [head = '', ...lines] = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
    return { ...Head.parse(JSON.parse(head)), items: lines.map((line) => HeldEvent.parse(JSON.parse(line))) };
  }

  /** Deletes all that was kept; answers how many objects. */
  async forget(hold: string): Promise<number> {
    let forgotten = 0;
    const keys: string[] = [];
    for await (const key of this.archive.list(folder(hold))) keys.push(key);
    for (const key of keys) {
      await this.archive.delete(key);
      forgotten++;
    }
    return forgotten;
  }
}
