import type { CaseState } from '../../../shared/domain/cases/case';
import type { What } from '../../../shared/domain/cases/ledger-events';
import { byPerson, type Command, type CommandAnswer, mayAct, type Person } from '../../../shared/domain/person';
import { type CaseId, caseId } from '../../../shared/identity/ids';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';

export type CaseCommand = Command & { case: string };
type Next = { kind: 'to'; what: What; state: CaseState; message: string } | { kind: 'already' | 'refused'; because: string };

/**
 * One change of a case by a person: looks at its head, answers or writes the next entry, and looks again when somebody
 * else was faster. Saying the same twice is answered `already`. A case whose newest entry cannot be read may still be given back or
 * closed (`relief`); nothing else is done about it.
 */
export async function changeCase(
  command: CaseCommand,
  needs: Person['role'],
  next: (head: Entry<CaseState>, now: number) => Next | Promise<Next>,
  deps: Enforcement,
  { relief = false } = {},
): Promise<CommandAnswer<{ case: CaseId; head: Entry<CaseState> }>> {
  const { actor, key, because } = command;
  if (!mayAct(actor, needs)) return { kind: 'refused', because: `this takes a ${needs}; ${actor.id} is a ${actor.role}` };
  const id = caseId(command.case);
  for (;;) {
    const head = await isolated(
      () => deps.cases.head(id),
      async (bad) => (relief ? deps.cases.headToRepair(id) : bad.message),
    );
    if (typeof head === 'string') return { kind: 'refused', because: `${head}; it can be rejected or undone` };
    if (!head) return { kind: 'unknown', because: `there is no case ${id}` };
    const answer = await next(head, deps.clock.now());
    if (answer.kind !== 'to') return answer;
    const { what, message } = answer;
    // Whoever does something about the case has answered what they were asked.
    const state = { ...answer.state, mentioned: answer.state.mentioned.filter((person) => person !== actor.id) };
    const appended = await deps.cases.append(id, head, { actor: byPerson(actor), what, because: [because], key, state });
    if (appended.kind === 'appended') return { kind: 'done', because: message, case: id, head: appended.entry };
  }
}
