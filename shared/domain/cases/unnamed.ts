import { z } from 'zod';
import { mentionsIn } from './case';
import type { LedgerEntry } from './ledger';

const Signed = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const Named = z.object({ approvals: z.array(Signed).optional(), confirmations: z.array(Signed).optional() });

/**
 * The sentences of an entry without the names of the people in it: for viewers, and for a dossier that is given to others.
 * Names come from where the entry keeps them (its actor, the approvals in its state), or stand after an @; a sentence may go on naming other people.
 */
export function unnamed({ because, actor, state }: Pick<LedgerEntry, 'because' | 'actor' | 'state'>): string[] {
  const known = Named.safeParse(state);
  const signed = known.success ? [...(known.data.approvals ?? []), ...(known.data.confirmations ?? [])] : [];
  // A note may mention people by themselves (`@ben`).
  const names = [...new Set([...signed, ...because.flatMap(mentionsIn), ...(actor.kind === 'person' ? [actor.id] : [])])].sort(
    (one, other) => other.length - one.length,
  );
  return because.map((sentence) => names.reduce((text, name) => text.replace(wholeWord(name), 'a reviewer'), sentence));
}

/** The name where it stands for itself: not inside a longer word, an address or a name with a hyphen ("ben" is not in "benign"). */
const wholeWord = (name: string): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}_]|[\\p{L}\\p{N}_][-.@'’])${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}_]|[-.@'’][\\p{L}\\p{N}_])`,
    'gu',
  );
