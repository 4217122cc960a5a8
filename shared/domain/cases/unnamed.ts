import { z } from 'zod';
import { accountKey, type Hash64, hash64 } from '../../identity/ids';
import { nameOfKey } from '../api-key';
import { ACCOUNT_CHAIN } from './action';
import { mentionsIn } from './case';
import type { LedgerEntry } from './ledger';

const Signed = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const Named = z.object({ approvals: z.array(Signed).optional(), confirmations: z.array(Signed).optional() });

const WithKeys = z.object({
  /** Of a case that a person opened about keys: one account, and these of its keys. */
  takenIn: z.array(z.string()).optional(),
  byHand: z.object({ keys: z.array(z.string()).optional() }).nullish(),
  phase: z.object({ action: z.object({ keys: z.array(z.object({ key: z.string() })).optional() }).optional() }).optional(),
});

/** API keys that an entry about an account, or about a case that a person opened, names: their account's name for each, and the keyed hash. */
export function keysNamed({ chain, state }: Pick<LedgerEntry, 'state'> & { chain?: string }): { name: string; key: Hash64 }[] {
  const known = WithKeys.safeParse(state);
  if (!known.success) return [];
  const { byHand, phase, takenIn } = known.data;
  const account = phase && chain ? chain.slice(ACCOUNT_CHAIN.prefix.length) : takenIn?.[0];
  const keys = byHand?.keys ?? (phase?.action?.keys ?? []).map(({ key }) => key);
  return keys.map((key) => ({ name: nameOfKey(accountKey(account ?? ''), hash64(key)), key: hash64(key) }));
}

/**
 * The sentences of an entry without the names of the people in it, and without hashes of the API keys that it is about: for viewers, and for
 * a dossier that is given to others. Names come from where the entry keeps them (its actor, the approvals in its state), or stand after an
 * @; a sentence may go on naming other people.
 */
export function unnamed({ because, actor, ...entry }: Pick<LedgerEntry, 'because' | 'actor' | 'state'> & { chain?: string }): string[] {
  const known = Named.safeParse(entry.state);
  const signed = known.success ? [...(known.data.approvals ?? []), ...(known.data.confirmations ?? [])] : [];
  // A note may mention people by themselves (`@ben`).
  const names = [...new Set([...signed, ...because.flatMap(mentionsIn), ...(actor.kind === 'person' ? [actor.id] : [])])].sort(
    (one, other) => other.length - one.length,
  );
  // Our own sentences name no key; what a person wrote may.
  const keys = keysNamed(entry);
  return because.map((sentence) => {
    const nobody = names.reduce((text, name) => text.replace(wholeWord(name), 'a reviewer'), sentence);
    return keys.reduce((text, { key, name }) => text.replaceAll(key, name), nobody);
  });
}

/** The name where it stands for itself: not inside a longer word, an address or a name with a hyphen ("ben" is not in "benign"). */
const wholeWord = (name: string): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}_]|[\\p{L}\\p{N}_][-.@'’])${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}_]|[-.@'’][\\p{L}\\p{N}_])`,
    'gu',
  );
