import type { GroupRow } from './groups';

/** What a judge says of a group. `acts`: it would have the members suspended by a machine. */
export type Verdict = { readonly classification: GroupRow['label'] | 'unclear'; readonly acts: boolean };

/** The seam: whatever is fitted on rows and judges rows, `fit` sees no row of what is held out. */
export type Judge = {
  readonly name: string;
  readonly fit: (rows: readonly GroupRow[]) => (row: GroupRow) => Verdict;
};

/** Rows of one true group weigh one together, however often it was judged. */
export const weights = (rows: readonly GroupRow[]): number[] => {
  const times = new Map<string, number>();
  const name = ({ world, population, label }: GroupRow): string => `${world} ${population} ${label}`;
  for (const row of rows) times.set(name(row), (times.get(name(row)) ?? 0) + 1);
  return rows.map((row) => 1 / times.get(name(row))!);
};
