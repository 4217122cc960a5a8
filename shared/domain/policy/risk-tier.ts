import { ByteReader, ByteWriter } from '../../formats/bytes';
import { pack, unpack } from '../../formats/codec';
import { type AccountKey, accountKey } from '../../identity/ids';
import { DAY } from '../time';

/**
 * Whose hours are kept at hand in DynamoDB where a stage says `rows: 'risk'`: accounts somebody is likely to ask about. It judges
 * nobody: everybody's hours are in the fold outputs, and an answer is the same, only slower.
 */

/** A new account's first week: campaigns act from the first day on (the June disclosure), and reviewers look at newcomers first. */
export const YOUNG = 7 * DAY;
/** Exchanges in the two half windows that are kept: 700 a day for two weeks. Few accounts, and the costliest to be wrong about. */
export const MUCH_USE = 10_000;

export const isYoung = (bornAt: number | undefined, now: number): boolean => bornAt !== undefined && bornAt > now - YOUNG;

export function writeRiskTier(accounts: readonly AccountKey[]): Uint8Array {
  const out = new ByteWriter();
  out.varint(accounts.length);
  for (const account of [...accounts].sort()) out.text(account);
  return pack(out.take());
}

export function readRiskTier(bytes: Uint8Array): Set<AccountKey> {
  const from = new ByteReader(unpack(bytes));
  const accounts = new Set<AccountKey>();
  for (let left = from.varint(); left > 0; left--) accounts.add(accountKey(from.text()));
  return accounts;
}
