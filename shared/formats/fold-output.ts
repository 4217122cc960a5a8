import type { AccountFacts } from '../domain/account';
import { type AccountKey, accountKey, type Hash64, type SealedId, sealedId } from '../identity/ids';
import { ByteReader, ByteWriter } from './bytes';
import { pack, unpack } from './codec';

/** A fact as of a time; `id` (the event's hash) breaks ties, so the latest is the latest in any order. */
export type FactEntry = { at: number; id: Hash64; facts: AccountFacts };
/** One account touched in an hour: its encoded features (empty when only facts came) and facts. */
export type FoldRow = { account: AccountKey; sealed: SealedId; facts: FactEntry[]; features: Uint8Array };
export type FoldOutput = { rows: FoldRow[]; releases: { model: string; at: number }[] };

/** The fold's output for one (hour, shard): what the next job reads. Rows in account order, so equal sets give equal bytes. */
export function writeFoldOutput(output: FoldOutput): Uint8Array {
  const out = new ByteWriter();
  out.text(JSON.stringify(output.releases));
  out.varint(output.rows.length);
  for (const row of output.rows) {
    out.text(row.account);
    out.text(row.sealed);
    out.text(row.facts.length === 0 ? '' : JSON.stringify(row.facts));
    out.raw(row.features);
  }
  return pack(out.take());
}

export function readFoldOutput(bytes: Uint8Array): FoldOutput {
  const from = new ByteReader(unpack(bytes));
  const releases: FoldOutput['releases'] = JSON.parse(from.text());
  const rows: FoldRow[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const account = accountKey(from.text());
    const sealed = sealedId(from.text());
    const facts = from.text();
    rows.push({ account, sealed, facts: facts === '' ? [] : JSON.parse(facts), features: from.raw() });
  }
  return { rows, releases };
}
