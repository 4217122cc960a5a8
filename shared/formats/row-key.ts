/** The key of a row of a table (shared/ports). */
export type RowKey = { pk: string; sk: string };

/** Keys are ASCII (docs/keys.md): nothing but a separator has this code. */
const BETWEEN = '\u0000';

export const keyName = ({ pk, sk }: RowKey): string => `${pk}${BETWEEN}${sk}`;

/** Each key once, in order of its first place: a request may not name one twice. */
export const distinctKeys = (keys: readonly RowKey[]): RowKey[] => [...new Map(keys.map((key) => [keyName(key), key])).values()];
