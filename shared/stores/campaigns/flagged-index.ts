import type { FlaggedAccount, FlaggedFilter } from '../../domain/campaigns/flagged-account';

/** Where index rows of flagged accounts live and how they sort: the key layout, apart from the store that keeps it. */

/** Newest or highest first, or the other way round. `detectedAt` never changes and is the order to export by. */
export const ORDERS = ['detectedAt', 'score', 'updatedAt'] as const;
export type Order = (typeof ORDERS)[number];

/** Narrowest first. Each flagged account has one index row per scope that applies and order: 3 to 15. */
export const SCOPES = ['campaign', 'standing', 'plan', 'classification', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

export const flaggedPartition = (scope: Scope, value: string, order: Order): string => `FLAGGED#${scope}#${value}#${order}`;

const LATEST = 9_999_999_999_999;
const HIGHEST = 1_000_000;
const newestFirst = (at: number): string => String(LATEST - Math.min(Math.max(Math.round(at), 0), LATEST)).padStart(13, '0');
/** Scores in thousandths of a nat, clamped to ±10⁶ nats. */
const highestFirst = (score: number): string =>
  String(Math.round((HIGHEST - Math.min(Math.max(score, -HIGHEST), HIGHEST)) * 1_000)).padStart(10, '0');

function sortText(row: FlaggedAccount, order: Order): string {
  switch (order) {
    case 'detectedAt':
      return newestFirst(row.detectedAt);
    case 'updatedAt':
      return newestFirst(row.updatedAt);
    case 'score':
      return highestFirst(row.score);
    default:
      return order satisfies never;
  }
}

/** The index rows that a row must have. */
export function entriesOf(row: FlaggedAccount): { pk: string; sk: string }[] {
  const entries: { pk: string; sk: string }[] = [];
  for (const scope of SCOPES) {
    const value = scope === 'all' ? 'all' : row[scope];
    if (value === undefined) continue;
    for (const order of ORDERS) {
      entries.push({ pk: flaggedPartition(scope, value, order), sk: `${sortText(row, order)}#${row.account}` });
    }
  }
  return entries;
}

/** The part of the filter that the order's key can answer, as inclusive bounds on sk; the rest is checked on the row. */
export function orderRange(order: Order, where: FlaggedFilter): { from?: string; to?: string } {
  // `#` sorts before digits and `~` after every character of an account key.
  const newest = (before: number | undefined) => (before === undefined ? {} : { from: newestFirst(before - 1) });
  const oldest = (since: number | undefined) => (since === undefined ? {} : { to: `${newestFirst(since)}~` });
  switch (order) {
    case 'detectedAt':
      return { ...newest(where.detectedBefore), ...oldest(where.detectedSince) };
    case 'updatedAt':
      return { ...newest(where.updatedBefore), ...oldest(where.updatedSince) };
    case 'score':
      return where.scoreAtLeast === undefined ? {} : { to: `${highestFirst(where.scoreAtLeast)}~` };
    default:
      return order satisfies never;
  }
}
