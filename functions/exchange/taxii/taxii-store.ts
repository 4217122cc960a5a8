import type { SharedObject } from '../../../shared/domain/campaigns/shared-indicator';
import { DAY, iso } from '../../../shared/domain/time';
import type { Item, Table } from '../../../shared/ports';

/** What is past its end stays so long, so that who comes seldom still learns that it was revoked. */
const KEPT_AFTER = 30 * DAY;
/** Sightings, opinions and identities end with the indicators that they are about, at the latest. */
const KEPT = 430 * DAY;

export type Stored = { id: string; version: string; added: string; superseded: boolean; object: unknown };
export type Page = { stored: Stored[]; next?: string };
export type Filter = { ids?: readonly string[]; types?: readonly string[]; versions: 'last' | 'all' | 'first' | readonly string[] };

/**
 * Objects of collections in the order in which they were added. Of each (id, version) one row says when it was added, written first and
 * once: whoever writes it again, after a crash or at the same time, writes the same place of the feed.
 */
export class TaxiiStore {
  constructor(private readonly table: Table) {}

  /** Answers false when that version of it was there before. `added`: microseconds since 1970, as text of sixteen digits. */
  async add(collection: string, object: SharedObject, added: string): Promise<boolean> {
    const { id, modified: version } = object;
    const ends = object.type === 'indicator' ? Date.parse(object.valid_until) + KEPT_AFTER : Date.parse(version) + KEPT;
    const expires = Math.ceil(ends / 1_000);
    const known = { pk: `TAXII-OBJECT#${collection}`, sk: `${id}#${version}` };
    const put = await this.table.put({ ...known, added, expires }, { kind: 'absent' });
    const at = put.kind === 'written' ? added : String((await this.table.get(known.pk, known.sk))?.added ?? added);
    const place = { pk: `TAXII#${collection}`, sk: `${at}#${id}` };
    if (put.kind === 'refused' && (await this.table.get(place.pk, place.sk))) return false;
    await this.table.put({ ...place, id, version, expires, superseded: false, body: JSON.stringify(object) });
    await this.supersede(collection, id);
    return put.kind === 'written';
  }

  /** All versions of an object but the newest are marked. */
  private async supersede(collection: string, id: string): Promise<void> {
    const { items } = await this.table.query({ pk: `TAXII-OBJECT#${collection}`, prefix: `${id}#` });
    const versions = items.sort((one, other) => (one.sk < other.sk ? -1 : 1));
    for (const { added } of versions.slice(0, -1)) {
      const row = await this.table.get(`TAXII#${collection}`, `${String(added)}#${id}`);
      if (row && row.superseded !== true) await this.table.put({ ...row, superseded: true });
    }
  }

  /** Those that were added after `after` (a time of the feed, or the `next` of a page), the oldest first. */
  async page(collection: string, { after, limit, ...filter }: Filter & { after?: string; limit: number }): Promise<Page> {
    const stored: Stored[] = [];
    let from = after;
    for (;;) {
      const { items, next } = await this.table.query({
        pk: `TAXII#${collection}`,
        limit: 200,
        ...(from === undefined ? {} : { after: from }),
      });
      for (const item of items) {
        const one = read(item);
        if (!(await this.isAsked(collection, one, filter))) continue;
        // There is one more than was asked for: it begins the next page.
        if (stored.length === limit) return { stored, next: placeOf(stored.at(-1)!) };
        stored.push(one);
      }
      if (next === undefined) return { stored };
      from = next;
    }
  }

  async versions(collection: string, id: string): Promise<string[]> {
    const { items } = await this.table.query({ pk: `TAXII-OBJECT#${collection}`, prefix: `${id}#` });
    return items.map(({ sk }) => sk.slice(id.length + 1)).sort();
  }

  private async isAsked(collection: string, one: Stored, { ids, types, versions }: Filter): Promise<boolean> {
    if (ids && !ids.includes(one.id)) return false;
    if (types && !types.includes(one.id.slice(0, one.id.indexOf('--')))) return false;
    if (versions === 'all') return true;
    if (versions === 'last') return !one.superseded;
    if (versions === 'first') return (await this.versions(collection, one.id))[0] === one.version;
    return versions.includes(one.version);
  }
}

const placeOf = ({ added, id }: Stored): string => `${added}#${id}`;
const read = (item: Item): Stored => ({
  id: String(item.id),
  version: String(item.version),
  added: item.sk.slice(0, item.sk.indexOf('#')),
  superseded: item.superseded === true,
  object: JSON.parse(String(item.body)),
});

/** A time of the feed as TAXII says it (RFC 3339 with microseconds), and back; undefined: it says no time. */
export const timestampOf = (added: string): string => {
  const micros = BigInt(added);
  return `${iso(Number(micros / 1_000n)).slice(0, -1)}${String(micros % 1_000n).padStart(3, '0')}Z`;
};
export function addedOf(timestamp: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(timestamp);
  const seconds = match ? Date.parse(`${match[1]}Z`) : Number.NaN;
  if (!match || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return padded(BigInt(seconds) * 1_000n + BigInt((match[2] ?? '').padEnd(6, '0').slice(0, 6)));
}
/** `place` of an object among those that came together, below 1,000. */
export const addedAt = (now: number, place: number): string => padded(BigInt(now) * 1_000n + BigInt(place));
const padded = (micros: bigint): string => String(micros).padStart(16, '0');
