import { type EchoPlace, isSamePlace, MOST_ECHOES } from '../../../shared/domain/campaigns/canary';
import { CLOCK_DIFFERENCE } from '../../../shared/domain/cases/verification';
import type { Actor } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { Hash64 } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';

export type Sighted = { kind: 'echoed' | 'already' | 'never-issued' | 'ended' | 'outdated' | 'full'; because: string };

/**
 * A token came back. The entry is the fact and nothing follows from it: what it means is read when somebody looks, because who belongs to
 * whom changes. The same token in the same place is one entry, however often it comes.
 */
export async function takeSighting(
  {
    token,
    place,
    at,
    actor,
    key,
    because: said,
  }: { token: Hash64; place: EchoPlace; at: number; actor: Actor; key?: string; because?: string },
  { canaries, clock }: Pick<Enforcement, 'canaries' | 'clock'>,
): Promise<Sighted> {
  for (;;) {
    const head = await canaries.setOf(token);
    if (!head) return { kind: 'never-issued', because: 'no token of ours: it was issued by nobody here' };
    const { state } = head;
    if (state.withdrawn || clock.now() > state.until) return { kind: 'ended', because: `set ${state.id} links nobody any longer` };
    if (at < state.issuedAt - CLOCK_DIFFERENCE)
      return { kind: 'outdated', because: `it was seen at ${iso(at)}, before it was issued: look at the clock of whoever says so` };
    if (state.echoes.some((echo) => echo.token === token && isSamePlace(echo.place, place)))
      return { kind: 'already', because: 'it was seen there before' };
    if (state.echoes.length >= MOST_ECHOES && state.more > 0)
      return { kind: 'full', because: `set ${state.id} remembers ${MOST_ECHOES} echoes, and there were more` };
    const next =
      state.echoes.length < MOST_ECHOES
        ? { ...state, echoes: [...state.echoes, { token, at, place }] }
        : { ...state, more: state.more + 1 };
    const came = `a token of set ${state.id} came back ${place.kind === 'account' ? 'in a prompt' : `from ${place.name}`}`;
    const because = said === undefined ? came : `${came}: ${said}`;
    const appended = await canaries.append(head, next, { actor, what: 'echoed', because, ...(key === undefined ? {} : { key }) });
    if (appended.kind === 'appended') return { kind: 'echoed', because };
  }
}
