import { ACCOUNT_CHAIN, inForce } from '../../../shared/domain/action';
import { isClosed } from '../../../shared/domain/case';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { DAY, iso } from '../../../shared/domain/time';
import { accountKey } from '../../../shared/identity/ids';
import { isolated } from '../../../shared/stores/ledger-store';
import { lift } from '../account-actions/lift';
import type { Enforcement } from '../enforcement';
import { type CaseCommand, changeCase } from './change-case';

/** Gives a whole campaign back, in one command, from whatever the case is at. Nothing stops it: no budget, no kill switch, no second person. */
export async function undoCase(command: CaseCommand, world: Enforcement) {
  const { policy } = await world.policy();
  const answer = await changeCase(
    command,
    'reviewer',
    ({ state }, now) => {
      const { progress } = state;
      if (progress.kind === 'undoing' || progress.kind === 'undone') return { kind: 'already', because: `the case is ${progress.kind}` };
      if (isClosed(progress)) return { kind: 'already', because: `the case is ${progress.kind}: nothing of it is in force` };
      const exoneratedUntil = now + policy.enforcement.appeals.exonerationDays.value * DAY;
      return {
        kind: 'to',
        what: 'undone',
        state: { ...state, progress: { kind: 'undoing', stage: 0, retryAt: now, exoneratedUntil } },
        said: 'the campaign is being given back',
      };
    },
    world,
    { relief: true },
  );
  if (answer.kind === 'done') await world.workflow.start(answer.case, answer.head.sequence);
  return answer;
}

/** Gives one account back and exonerates it. */
export async function undoAccount(command: Command & { account: string }, world: Enforcement): Promise<CommandAnswer> {
  const { actor, key, because } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const { policy } = await world.policy();
  const now = world.clock.now();
  const account = accountKey(command.account);
  const state = await isolated(
    async () => (await world.ledger.head(ACCOUNT_CHAIN, account))?.state,
    () => undefined,
  );
  if (state && !inForce(state) && state.phase.kind !== 'lifting' && (state.exoneratedUntil ?? 0) > now) {
    return { kind: 'already', because: `nothing is in force, and it is exonerated until ${iso(state.exoneratedUntil ?? now)}` };
  }
  const exoneratedUntil = now + policy.enforcement.appeals.exonerationDays.value * DAY;
  const lifted = await lift(account, { why: 'reversed', actor: byPerson(actor), because: [because], key, exoneratedUntil }, world);
  switch (lifted.kind) {
    case 'lifted':
      return { kind: 'done', because: 'restored and exonerated' };
    case 'unreachable':
      return {
        kind: 'done',
        because: `restored and exonerated in the ledger; the provider could not be told yet (${lifted.because}) and will be asked again`,
      };
    case 'nothing-in-force':
      return { kind: 'done', because: 'nothing was in force; the account is exonerated' };
    case 'already':
      return { kind: 'already', because: lifted.because };
    default:
      return lifted.kind satisfies never;
  }
}
