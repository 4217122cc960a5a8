import {
  isWatched,
  type KnownOperator,
  LONGEST_WATCHED,
  MOST_OPERATORS,
  type ReadOperator,
  WATCHED_FOR,
} from '../../../shared/domain/campaigns/known-operator';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { OperatorId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';

type Dependencies = Pick<Enforcement, 'operators' | 'clock'>;

/**
 * From the next run on, networks are asked whether their members carry the operator's indicators. It acts on nobody. A later bundle
 * of the same campaign replaces the one before.
 */
export async function importOperator(
  { actor, key, because, read, until }: Command & { read: ReadOperator; until?: number },
  deps: Dependencies,
): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const now = deps.clock.now();
  if (until !== undefined && until <= now)
    return { kind: 'refused', because: `${iso(until)} is past: an import is looked for until a date` };
  if (until !== undefined && until > now + LONGEST_WATCHED)
    return { kind: 'refused', because: `an import is looked for until ${iso(now + LONGEST_WATCHED)} at most: addresses are handed on` };
  const watched = await deps.operators.watched(now);
  if (watched.length >= MOST_OPERATORS && !watched.some(({ id }) => id === read.id))
    return { kind: 'refused', because: `${MOST_OPERATORS} operators are looked for already: revoke one first` };
  const operator: KnownOperator = { ...read, importedAt: now, until: until ?? now + WATCHED_FOR, because, by: actor.id, revoked: false };
  for (;;) {
    const head = await deps.operators.head(read.id);
    if (head && isWatched(head.state, now) && same(head.state, operator, until))
      return { kind: 'already', because: `${read.id} is looked for until ${iso(head.state.until)}` };
    const appended = await deps.operators.append(head, operator, { actor: byPerson(actor), what: 'imported', key });
    if (appended.kind === 'appended') return { kind: 'done', because: `${read.id} is looked for until ${iso(operator.until)}` };
  }
}

const same = (one: KnownOperator, other: KnownOperator, until: number | undefined): boolean =>
  said(one) === said(other) && (until === undefined || one.until === until);
const said = ({ classification, accounts, indicators }: KnownOperator): string =>
  [classification, accounts, ...indicators.map(({ type, hash, family, members }) => `${type}/${hash}/${family}/${members}`)].join();

/** It is looked for no longer; what campaigns say of their past stays. */
export async function revokeOperator(
  { actor, key, because, id }: Command & { id: OperatorId },
  deps: Dependencies,
): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.operators.head(id);
    if (!head) return { kind: 'unknown', because: `no operator ${id} was imported` };
    if (head.state.revoked) return { kind: 'already', because: 'it is revoked' };
    const revoked = { ...head.state, because, by: actor.id, revoked: true };
    const appended = await deps.operators.append(head, revoked, { actor: byPerson(actor), what: 'revoked', key });
    if (appended.kind === 'appended') return { kind: 'done', because: `${id} is looked for no longer` };
  }
}
