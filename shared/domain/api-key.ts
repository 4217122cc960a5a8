import { createHash } from 'node:crypto';
import { z } from 'zod';
import { KEY_CHANGERS, KEY_CHANGES } from '../contract/event';
import type { AccountKey, Hash64, SealedId } from '../identity/ids';

/** Changes of one key that are kept, latest last: a key is made, and ends once; what is on top was said again. */
export const MOST_KEY_CHANGES = 16;

const someText = <T extends string>() => z.custom<T>((value) => typeof value === 'string' && value.length > 0);

/** One API key as it is named: its keyed hash, as usage events have it, and the provider's own id of it, sealed. */
export const NamedKey = z.object({ key: someText<Hash64>(), sealed: someText<SealedId>() });
export type NamedKey = z.infer<typeof NamedKey>;

/**
 * What sentences call a key: `key-` and six hex digits. The same key of an account has the same name everywhere, and nothing is found by
 * it: no list, no search and no command takes it, and another account with the same key has another name for it.
 */
export const nameOfKey = (account: AccountKey, key: Hash64): string =>
  `key-${createHash('sha256').update(`${account}\0${key}`).digest('hex').slice(0, 6)}`;

export const KeyChange = z.object({
  change: z.enum(KEY_CHANGES),
  /** ms */
  at: z.number(),
  /** Hash of source and id of the event that said so. */
  event: z.string(),
  by: z.enum(KEY_CHANGERS).optional(),
  /** Of a rotated key: the one that took its place. */
  replacedBy: someText<Hash64>().optional(),
});
export type KeyChange = z.infer<typeof KeyChange>;

/** What the provider said about one key of an account, in order of time. */
export const ApiKey = NamedKey.extend({ changes: z.array(KeyChange).min(1).max(MOST_KEY_CHANGES) });
export type ApiKey = z.infer<typeof ApiKey>;

/** A key event, as ingest hands it on. */
export const KeyNews = NamedKey.extend({
  kind: z.literal('key'),
  account: someText<AccountKey>(),
  change: z.enum(KEY_CHANGES),
  at: z.number(),
  event: z.string(),
  by: z.enum(KEY_CHANGERS).optional(),
  replacedBy: NamedKey.optional(),
});
export type KeyNews = z.infer<typeof KeyNews>;

export const KEY_STATES = ['live', 'rotated', 'disabled'] as const;
/** Where a key stands since when (ms). An ended key that is said to be made again later is live. */
export type KeyState = { state: (typeof KEY_STATES)[number]; since: number; by?: KeyChange['by']; replacedBy?: Hash64 };

export function stateOf({ changes }: Pick<ApiKey, 'changes'>): KeyState {
  const { change, at, by, replacedBy } = changes.at(-1)!;
  return {
    state: change === 'created' ? 'live' : change,
    since: at,
    ...(by === undefined ? {} : { by }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
  };
}

/** The key with one more change; undefined if it is known. Whatever the order in which changes come, the result is the same. */
export function withChange(known: ApiKey | undefined, named: NamedKey, change: KeyChange): ApiKey | undefined {
  const before = known?.changes ?? [];
  if (before.some(({ event }) => event === change.event)) return undefined;
  const changes = [...before, change]
    .sort((one, other) => one.at - other.at || (one.event < other.event ? -1 : 1))
    .slice(-MOST_KEY_CHANGES);
  return changes.some(({ event }) => event === change.event) ? { ...named, changes } : undefined;
}
