import type { ReferralNews, ReferralProgress } from '../../../shared/domain/cases/referral';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import type { Enforcement } from '../enforcement';
import { deliver } from './deliver';
import { type Answer, afterAnswer, type Next } from './referral-state';

export type Taken = { kind: Exclude<Next['kind'], 'entry'> | Answer['answer'] | 'unknown'; because: string };

/** An answer of the desk that came as an event. The same one twice is one entry. */
export async function takeAnswer(news: ReferralNews, deps: Enforcement): Promise<Taken> {
  const { referral, event, at, answer, reference } = news;
  for (;;) {
    const head = await deps.referrals.head(referral);
    if (!head) return { kind: 'unknown', because: 'there is no such referral' };
    const next = afterAnswer(head.state, { answer, at, event, ...(reference === undefined ? {} : { reference }) });
    if (next.kind !== 'entry') return next;
    const { what, because, state } = next;
    const appended = await deps.referrals.append(head, { actor: { kind: 'provider' }, what, because, state });
    if (appended.kind === 'appended') return { kind: answer, because: because.join('; ') };
  }
}

/** What the desk said, as a person writes it down; `sent`: that they handed the letter in. */
export async function noteAnswer(
  { actor, key, because, id, answer, reference }: Command & { id: string; answer: Answer['answer']; reference?: string },
  deps: Enforcement,
): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.referrals.head(id);
    if (!head) return { kind: 'unknown', because: `there is no referral ${id}` };
    const at = Math.max(deps.clock.now(), head.state.latest);
    const next = afterAnswer(head.state, { answer, at, because, ...(reference === undefined ? {} : { reference }) });
    if (next.kind === 'already') return { kind: 'already', because: next.because };
    if (next.kind !== 'entry') return { kind: 'refused', because: next.because };
    const { what, because: words, state } = next;
    const appended = await deps.referrals.append(head, { actor: byPerson(actor), what, because: words, key, state });
    if (appended.kind === 'appended') return { kind: 'done', because: `referral ${id} is ${answer}` };
  }
}

/** Of these its desk has heard nothing. */
const UNHEARD: ReadonlySet<ReferralProgress['kind']> = new Set(['to-approve', 'by-hand', 'refused']);

/** Takes a referral back, and tells the desk if it may have heard of it. */
export async function withdraw({ actor, key, because, id }: Command & { id: string }, deps: Enforcement): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.referrals.head(id);
    if (!head) return { kind: 'unknown', because: `there is no referral ${id}` };
    const { kind } = head.state.progress;
    if (kind === 'withdrawn') return { kind: 'already', because: 'it is withdrawn' };
    if (kind === 'withdrawing') {
      const { because: how } = await deliver(head, deps);
      return { kind: 'already', because: `it is being withdrawn: ${how}` };
    }
    const now = deps.clock.now();
    const told = deps.desks.isSetUp(head.state.cloud) && !UNHEARD.has(kind);
    const progress = { kind: told ? ('withdrawing' as const) : ('withdrawn' as const), at: now };
    const appended = await deps.referrals.append(head, {
      actor: byPerson(actor),
      what: told ? 'withdrawal asked' : 'withdrawn',
      because: [because],
      key,
      state: { ...head.state, progress },
    });
    if (appended.kind === 'overtaken') continue;
    if (!told)
      return {
        kind: 'done',
        because: `referral ${id} is withdrawn${UNHEARD.has(kind) ? '' : ': hand the letter in that says so'}`,
      };
    return { kind: 'done', because: `referral ${id}: ${(await deliver(appended.entry, deps)).because}` };
  }
}
