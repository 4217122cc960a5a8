import { createHash } from 'node:crypto';
import { type AccountKey, accountKey } from '../identity/ids';
import { ByteReader, ByteWriter } from './bytes';
import { pack, unpack } from './codec';

/**
 * Features of some accounts of one hour, several kilobytes in one row: a row of its own for each account would cost a whole
 * write unit for half a kilobyte, and identifiers and words compress better together. A page also names who was active and is
 * not kept here, in two bytes each, so that a reader knows for nearly everybody whether absence means silence.
 */
export type PageRow = { account: AccountKey; features: Uint8Array };

/** Of a page before compression, about. Larger pages save little more writing and cost more to read. */
const PAGE_BYTES = 32_768;
const MARK_BYTES = 2;

/** Number of pages for rows of so many bytes, and so many accounts that are only named: a power of two, so that a late event seldom changes it. */
export const pagesFor = (bytes: number, left: number): number => {
  let pages = 1;
  while (pages * PAGE_BYTES < bytes + left * MARK_BYTES) pages *= 2;
  return pages;
};

/** Keys are uniform, and these characters decide neither segment nor shard. */
export const pageOf = (account: AccountKey, pages: number): number => bits(account, 4) % pages;
/** 16 bits: one stranger in 65,536 is taken for another, who is then looked up in the fold's output. */
const markOf = (account: AccountKey): number => bits(account, 9) & 0xffff;
const bits = (account: AccountKey, from: number): number => Buffer.from(account.slice(from, from + 4), 'base64url').readUIntBE(0, 3);

const DIGEST_BYTES = 6;
/** Of all pages of an (hour, shard), one after the other: by them a reader knows the pages that belong to the fold that stands. */
export const digestsOf = (pages: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(pages.map((bytes) => createHash('sha256').update(bytes).digest().subarray(0, DIGEST_BYTES)));
export const pageCount = (digests: Uint8Array): number => digests.length / DIGEST_BYTES;
export const digestAt = (digests: Uint8Array, page: number): string =>
  Buffer.from(digests.subarray(page * DIGEST_BYTES, (page + 1) * DIGEST_BYTES)).toString('hex');

export type PageAnswer = { kind: 'features'; features: Uint8Array } | { kind: 'silent' } | { kind: 'elsewhere' };

export function writeHourPage(kept: readonly PageRow[], left: readonly AccountKey[]): Uint8Array {
  const out = new ByteWriter();
  out.varint(kept.length);
  for (const { account, features } of kept) {
    out.text(account);
    out.raw(features);
  }
  const marks = [...new Set(left.map(markOf))].sort((a, b) => a - b);
  out.varint(marks.length);
  let before = 0;
  for (const mark of marks) {
    out.varint(mark - before);
    before = mark;
  }
  return pack(out.take());
}

/** What a page says of an account of its hour. `elsewhere`: it was active, or one with its mark was: the fold's output knows. */
export function askHourPage(bytes: Uint8Array, account: AccountKey): PageAnswer {
  const from = new ByteReader(unpack(bytes));
  for (let left = from.varint(); left > 0; left--) {
    const name = accountKey(from.text());
    const features = from.raw();
    if (name === account) return { kind: 'features', features };
  }
  const wanted = markOf(account);
  let mark = 0;
  for (let left = from.varint(); left > 0; left--) {
    mark += from.varint();
    if (mark === wanted) return { kind: 'elsewhere' };
  }
  return { kind: 'silent' };
}
