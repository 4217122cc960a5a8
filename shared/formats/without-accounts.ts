import type { AccountKey } from '../identity/ids';
import { type ColumnName, type Columns, type Segment, SegmentBuilder, SHOWN_SIGNALS, tenancyAt, timeOf } from './segment';

/**
 * The segment without what it holds of some accounts before a time each (`until`, ms; undefined: all of it stays). An account of which
 * nothing is left is not named either. The same object when there was nothing to leave out.
 */
export function withoutAccounts(segment: Segment, until: (account: AccountKey) => number | undefined): Segment {
  const { dictionaries, columns, hour } = segment;
  const ends = dictionaries.accounts.map(until);
  if (ends.every((end) => end === undefined)) return segment;
  const kept: number[] = [];
  for (let row = 0; row < segment.rows; row++) {
    if (timeOf(segment, row) >= (ends[columns.account[row]!] ?? Number.NEGATIVE_INFINITY)) kept.push(row);
  }
  const facts = dictionaries.facts.filter(({ account, at }) => at >= (ends[account] ?? Number.NEGATIVE_INFINITY));
  const named = new Set([...kept.map((row) => columns.account[row]!), ...facts.map(({ account }) => account)]);
  const stays = dictionaries.accounts.map((_, index) => ends[index] === undefined || named.has(index));
  if (kept.length === segment.rows && facts.length === dictionaries.facts.length && !stays.includes(false)) return segment;
  const places = new Map<number, number>();
  for (const [index, is] of stays.entries()) if (is) places.set(index, places.size);
  const builder = new SegmentBuilder(hour);
  for (const row of kept) {
    const to = builder.row();
    for (const name of Object.keys(columns) as ColumnName[]) (builder.columns[name] as Columns['offset'])[to] = columns[name][row]!;
    if (segment.signals) for (const name of SHOWN_SIGNALS) builder.ofSignals()[name][to] = segment.signals[name][row]!;
    const tenancy = tenancyAt(segment, row);
    if (tenancy) builder.ofSignals().tenancy[to] = builder.tenancy(tenancy);
    builder.columns.account[to] = places.get(columns.account[row]!)!;
  }
  const { rows, columns: written, signals } = builder.segment();
  const left = {
    ...dictionaries,
    accounts: dictionaries.accounts.filter((_, index) => stays[index]),
    sealed: dictionaries.sealed.filter((_, index) => stays[index]),
    facts: facts.map((fact) => ({ ...fact, account: places.get(fact.account)! })),
    tenancies: builder.dictionaries.tenancies,
  };
  return { hour, rows, columns: written, dictionaries: left, ...(signals ? { signals } : {}) };
}

/** Nothing is in it that anybody would read. */
export const isEmpty = ({ rows, dictionaries: { accounts, facts, releases } }: Segment): boolean =>
  rows === 0 && accounts.length === 0 && facts.length === 0 && releases.length === 0;
