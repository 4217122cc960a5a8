import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DAY, HOUR, hourLabel } from '../../../shared/domain/time';
import { ACCOUNT_FILES } from '../../../shared/formats/account-columns';
import { segmentOf } from '../../../shared/formats/segment-of';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import { readAccountFile, readPackedAccounts, writeAccountFile } from './account-file';
import { Population } from './population';

/** What stands of an hour. `marks`: how many chunks it covers; `digest`: of its outputs. */
export const Folded = z.object({ version: z.int(), marks: z.int(), digest: z.string(), events: z.number(), facts: z.number() });
export type Folded = z.infer<typeof Folded>;

/** What a population was, after an hour: written last, so that whatever it names is there. */
export const Head = z.object({
  format: z.literal(2),
  /** Whether all that was folded then had been read: only then it is judged. */
  whole: z.boolean(),
  /** The last hour absorbed, hours since the epoch. */
  last: z.int(),
  start: z.int(),
  /** When it was built from fold outputs, ms. */
  built: z.number(),
  absorbed: z.array(z.tuple([z.number(), Folded])),
  releases: z.array(z.tuple([z.string(), z.number()])),
  accounts: z.int(),
  segments: z.array(z.object({ key: z.string(), digest: z.string() })),
});
export type Head = z.infer<typeof Head>;
/** A population, the hours it was made of, and when it was begun (ms). */
export type Stand = { population: Population; absorbed: Map<number, Folded>; built: number };

const HEADS = 'detection/heads/';
/** Accounts in one file, about: what one task reads and writes at once. */
const PER_SEGMENT = 20_000;
const MOST_SEGMENTS = 64;
/** So long may an event be late: what was before it must still be known. */
const KEPT = 16 * DAY;

/** Numbered so that fewer segments are made of more: a power of two. */
export function segmentsFor(accounts: number): number {
  let segments = 1;
  while (segments < MOST_SEGMENTS && segments * PER_SEGMENT < accounts) segments *= 2;
  return segments;
}

/**
 * Populations as they stood after some hours, by account segment, in the archive: from the newest any process goes on where another
 * stopped, as if it had not stopped. Objects are written once; equal populations give equal bytes, so two writers do no harm.
 */
export class Checkpoints {
  constructor(private readonly archive: ObjectStore) {}

  /** Newest first. One that cannot be read is passed over, and named to `damaged`. */
  async *heads(damaged: (what: string) => void): AsyncIterable<Head> {
    const keys: string[] = [];
    for await (const key of this.archive.list(HEADS)) keys.push(key);
    for (const key of keys.reverse()) {
      const head = await this.head(key);
      if (head) yield head;
      else damaged(`${key} cannot be read`);
    }
  }

  private async head(key: string): Promise<Head | undefined> {
    const bytes = await this.archive.get(key);
    if (!bytes) return undefined;
    try {
      const parsed = Head.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** `undefined` when a part is damaged or missing, which is named. More than `packedAbove` accounts rest packed. */
  async restore(head: Head, damaged: (what: string) => void, packedAbove: number): Promise<Stand | undefined> {
    const population = new Population();
    population.begin(head);
    // One file at a time, in the order of accounts' arrival within it: a large population is packed as it comes.
    for (const { key, digest } of head.segments) {
      const bytes = await this.archive.get(key);
      if (!bytes || digestOf(bytes) !== digest) {
        damaged(`${key} is ${bytes ? 'damaged' : 'missing'}`);
        return undefined;
      }
      if (head.accounts > packedAbove) population.restorePacked(await readPackedAccounts(bytes));
      else population.restore(await readAccountFile(bytes));
    }
    return { population, absorbed: new Map(head.absorbed), built: head.built };
  }

  /** `absorbed`: the hours that are still looked at. Answers the head. */
  async save({ population, absorbed, built }: Stand, whole: boolean): Promise<Head> {
    const { start, last } = population.span;
    const count = segmentsFor(population.profiles.size);
    const parts: AccountKey[][] = Array.from({ length: count }, () => []);
    for (const account of population.profiles.accounts()) parts[segmentOf(account, count)]!.push(account);
    const segments: Head['segments'] = [];
    for (const [segment, part] of parts.entries()) {
      const bytes = writeAccountFile(part.map((account) => population.profiles.peek(account)!));
      const file = accountFileOf(bytes, { segment, count, last });
      await this.archive.put(file.key, bytes, { ifAbsent: true });
      segments.push(file);
    }
    return this.saveHead(
      { whole, last, start, built, releases: [...population.releases], accounts: population.profiles.size, segments },
      absorbed,
    );
  }

  /** Of a population whose files stand. */
  async saveHead(of: Omit<Head, 'format' | 'absorbed'>, absorbed: ReadonlyMap<number, Folded>): Promise<Head> {
    const { whole, last, start, built, releases, accounts, segments } = of;
    const oldest = last * HOUR - KEPT;
    const hours = [...absorbed].filter(([hour]) => hour >= oldest);
    const head: Head = { format: 2, whole, last, start, built, absorbed: hours, releases, accounts, segments };
    const text = Buffer.from(JSON.stringify(head));
    await this.archive.put(`${HEADS}${hourLabel(last * HOUR)}-${digestOf(text)}.json`, text, { ifAbsent: true });
    return head;
  }

  /** Writes every checkpoint that has an account again without it. May be repeated; killed in between, the old one is there as well. Answers how many. */
  async erase(account: AccountKey): Promise<number> {
    const heads: { key: string; head: Head }[] = [];
    const keys: string[] = [];
    for await (const key of this.archive.list(HEADS)) keys.push(key);
    for (const key of keys) {
      const head = await this.head(key);
      if (head) heads.push({ key, head });
    }
    const without = new Map<string, Head['segments'][number] | undefined>();
    let erased = 0;
    for (const { key, head } of heads) {
      const at = segmentOf(account, head.segments.length);
      const old = head.segments[at];
      if (!old) continue;
      if (!without.has(old.key)) without.set(old.key, await this.fileWithout(account, old.key));
      const segment = without.get(old.key);
      if (!segment) continue;
      const next: Head = { ...head, accounts: head.accounts - 1, segments: head.segments.with(at, segment) };
      const text = Buffer.from(JSON.stringify(next));
      await this.archive.put(`${key.slice(0, key.lastIndexOf('-'))}-${digestOf(text)}.json`, text);
      await this.archive.delete(key);
      erased++;
    }
    const named = new Set<string>();
    for await (const key of this.archive.list(HEADS)) for (const segment of (await this.head(key))?.segments ?? []) named.add(segment.key);
    // Files that no checkpoint names: those that were replaced, and what a killed call left of one it did not finish.
    for await (const key of this.archive.list(ACCOUNT_FILES)) if (!named.has(key)) await this.archive.delete(key);
    return erased;
  }

  /** Undefined when the account is not in it, or it cannot be read: then it goes as nobody can go on from it. */
  private async fileWithout(account: AccountKey, key: string): Promise<Head['segments'][number] | undefined> {
    const bytes = await this.archive.get(key);
    if (!bytes) return undefined;
    const profiles = await readAccountFile(bytes);
    const rest = profiles.filter((one) => one.account !== account);
    if (rest.length === profiles.length) return undefined;
    const written = writeAccountFile(rest);
    const digest = digestOf(written);
    const next = `${key.slice(0, key.lastIndexOf('-'))}-${digest}.parquet`;
    await this.archive.put(next, written, { ifAbsent: true });
    return { key: next, digest };
  }

  /** Of each day the last is kept, and of the last day all; what is older than an event may be late goes. */
  async prune(): Promise<void> {
    const keys: string[] = [];
    for await (const key of this.archive.list(HEADS)) keys.push(key);
    const newest = keys.at(-1);
    if (newest === undefined) return;
    const dayOf = (key: string): string => key.slice(HEADS.length, HEADS.length + 10);
    const from = Date.parse(dayOf(newest)) - KEPT;
    const gone = keys.filter(
      (key, at) => Date.parse(dayOf(key)) < from || (dayOf(key) < dayOf(newest) && dayOf(key) === dayOf(keys[at + 1] ?? newest)),
    );
    for (const key of gone) {
      const head = await this.head(key);
      // The head first: it names nothing that is not there.
      await this.archive.delete(key);
      for (const segment of head?.segments ?? []) await this.archive.delete(segment.key);
    }
  }
}

/** Where the file of a segment stands, of `count`, as accounts were after the hour `last` (since the epoch). */
export function accountFileOf(
  bytes: Uint8Array,
  { segment, count, last }: { segment: number; count: number; last: number },
): Head['segments'][number] {
  const label = hourLabel(last * HOUR);
  const digest = digestOf(bytes);
  const key = `${ACCOUNT_FILES}day=${label.slice(0, 10)}/hour=${label.slice(11)}/${name(segment)}-of-${name(count)}-${digest}.parquet`;
  return { key, digest };
}

const name = (number: number): string => String(number).padStart(2, '0');
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
