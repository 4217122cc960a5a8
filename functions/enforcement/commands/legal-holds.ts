import { createHash } from 'node:crypto';
import { type HoldSubject, type LegalHold, MOST_HOLDS } from '../../../shared/domain/cases/legal-hold';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { Enforcement } from '../enforcement';

type Dependencies = Pick<Enforcement, 'holds' | 'campaigns' | 'clock'>;

/** Keeps events past retention. An admin's, as is its release: it makes personal data stay that would go. */
export async function placeHold(
  { actor, key, because, about, reference, from }: Command & { about: HoldSubject; reference: string; from?: number },
  deps: Dependencies,
): Promise<CommandAnswer<{ hold: string }>> {
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  const now = deps.clock.now();
  if (from !== undefined && from > now) return { kind: 'refused', because: `${iso(from)} is still to come` };
  if (about.kind === 'campaign' && !(await deps.campaigns.header(about.campaign)))
    return { kind: 'unknown', because: `there is no campaign ${about.campaign}` };
  const id = `h-${createHash('sha256')
    .update(JSON.stringify([reference, about]))
    .digest('hex')
    .slice(0, 12)}`;
  if ((await deps.holds.all()).filter(({ releasedAt }) => releasedAt === null).length >= MOST_HOLDS)
    return { kind: 'refused', because: `${MOST_HOLDS} holds stand already: release one first` };
  for (;;) {
    const head = await deps.holds.head(id);
    if (head && head.state.releasedAt === null) return { kind: 'already', because: `hold ${id} stands since ${iso(head.state.placedAt)}` };
    const state: LegalHold = { id, about, reference, from: from ?? 0, placedAt: now, by: actor.id, because, releasedAt: null };
    const appended = await deps.holds.append(head, state, { actor: byPerson(actor), what: 'placed', because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: `hold ${id} stands: copying begins within the hour`, hold: id };
  }
}

/** What was kept goes within the hour; what the archive still has stays as long as it would have. */
export async function releaseHold({ actor, key, because, id }: Command & { id: string }, deps: Dependencies): Promise<CommandAnswer> {
  if (!mayAct(actor, 'admin')) return { kind: 'refused', because: `this takes an admin; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.holds.head(id);
    if (!head) return { kind: 'unknown', because: `there is no hold ${id}` };
    if (head.state.releasedAt !== null) return { kind: 'already', because: 'it was released before' };
    const state = { ...head.state, releasedAt: deps.clock.now() };
    const appended = await deps.holds.append(head, state, { actor: byPerson(actor), what: 'released', because, key });
    if (appended.kind === 'appended') return { kind: 'done', because: `hold ${id} is released: its copies go within the hour` };
  }
}
