import { createHash } from 'node:crypto';
import {
  CANARY_KEPT,
  type CanarySet,
  type CanarySubject,
  LONGEST_CANARY_KEPT,
  MOST_SETS,
  MOST_TOKENS,
} from '../../../shared/domain/campaigns/canary';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { CanaryKeys } from '../../../shared/identity/canary';
import type { Enforcement } from '../enforcement';

type Dependencies = Pick<Enforcement, 'canaries' | 'campaigns' | 'clock'>;

/**
 * Tokens to place in answers of a campaign or an account, or nowhere (a control). A retry with the same key answers the same tokens
 * again: they are drawn from the identifier key and the command, and kept nowhere. The same key with another request is a mismatch.
 */
export async function issueCanaries(
  { actor, key, because, subject, count, until }: Command & { subject: CanarySubject; count: number; until?: number },
  keys: Pick<CanaryKeys, 'mint'>,
  deps: Dependencies,
): Promise<CommandAnswer<{ set: string; tokens: string[]; until: number }> | { kind: 'mismatch'; because: string }> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const now = deps.clock.now();
  if (!Number.isInteger(count) || count < 1 || count > MOST_TOKENS)
    return { kind: 'refused', because: `ask for 1 to ${MOST_TOKENS} tokens at a time` };
  if (until !== undefined && (until <= now || until > now + LONGEST_CANARY_KEPT))
    return { kind: 'refused', because: `give an end between now and ${iso(now + LONGEST_CANARY_KEPT)}` };
  if (subject.kind === 'campaign' && !(await deps.campaigns.header(subject.campaign)))
    return { kind: 'unknown', because: `there is no campaign ${subject.campaign}` };
  const request = JSON.stringify([actor.id, key, subject, count]);
  const command = JSON.stringify([actor.id, key]);
  const id = `cn-${createHash('sha256').update(command).digest('hex').slice(0, 12)}`;
  const made = await keys.mint(Array.from({ length: count }, (_, place) => `${place}/${request}`));
  const tokens = made.map(({ token }) => token);
  const again = (state: CanarySet) => {
    const isSame =
      state.tokens.join() === made.map(({ hash }) => hash).join() &&
      state.because === because &&
      state.until === (until ?? state.issuedAt + CANARY_KEPT);
    return isSame
      ? { kind: 'done' as const, because: `set ${id} was issued by this command before`, set: id, tokens, until: state.until }
      : { kind: 'mismatch' as const, because: 'this key was sent with another request before: use a new key for a new command' };
  };
  const before = await deps.canaries.head(id);
  if (before) return again(before.state);
  let standing = 0;
  for await (const { state } of deps.canaries.all()) if (!state.withdrawn && state.until > now) standing++;
  if (standing >= MOST_SETS) return { kind: 'refused', because: `${MOST_SETS} sets stand already: withdraw one first` };
  const state: CanarySet = {
    id,
    subject,
    tokens: made.map(({ hash }) => hash),
    issuedAt: now,
    until: until ?? now + CANARY_KEPT,
    because,
    by: actor.id,
    withdrawn: false,
    echoes: [],
    more: 0,
  };
  const appended = await deps.canaries.append(undefined, state, { actor: byPerson(actor), what: 'tokens issued', because, key });
  // The same key, at the same time.
  if (appended.kind === 'overtaken') return again(appended.head.state);
  return { kind: 'done', because: `${count} tokens of set ${id}, shown once`, set: id, tokens, until: state.until };
}

/** From now on its echoes mean nothing; what was seen stays in the ledger. */
export async function withdrawCanaries({ actor, key, because, id }: Command & { id: string }, deps: Dependencies): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.canaries.head(id);
    if (!head) return { kind: 'unknown', because: `there is no set ${id}` };
    if (head.state.withdrawn) return { kind: 'already', because: 'it is withdrawn' };
    const state = { ...head.state, withdrawn: true };
    const appended = await deps.canaries.append(head, state, { actor: byPerson(actor), what: 'withdrawn', because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: `set ${id} links nobody any longer` };
  }
}
