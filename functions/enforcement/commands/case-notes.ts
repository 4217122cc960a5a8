import { mentionsIn } from '../../../shared/domain/cases/case';
import type { Enforcement } from '../enforcement';
import { type CaseCommand, changeCase } from './change-case';

/**
 * A note on a case: an entry of its chain like any act, so that who takes over reads it where everything else is. Whom it asks
 * (`@person`) is told by a notice that stands until they do something about the case, or it is closed.
 */
export const noteOnCase = (command: CaseCommand, deps: Enforcement) =>
  changeCase(
    command,
    'reviewer',
    ({ state }) => {
      const mentioned = [...new Set([...state.mentioned, ...mentionsIn(command.because)])].slice(-MOST_ASKED);
      const asked = mentionsIn(command.because).length;
      return {
        kind: 'to',
        what: 'noted',
        state: { ...state, mentioned },
        message: asked === 0 ? 'the note is kept' : `the note is kept, and ${asked === 1 ? 'one person is' : `${asked} people are`} asked`,
      };
    },
    deps,
  );
const MOST_ASKED = 50;

/** Who works on a case. Claiming is assigning to oneself; null leaves it to anybody. It gives nobody a right and takes none away. */
export const assignCase = (command: CaseCommand & { to: string | null }, deps: Enforcement) =>
  changeCase(
    command,
    'reviewer',
    ({ state }) => {
      const { to } = command;
      if (state.assignee === to) return { kind: 'already', because: to === null ? 'nobody works on it' : `${to} works on it` };
      const what = to === null ? 'left to anybody' : to === command.actor.id ? 'claimed' : 'assigned';
      return { kind: 'to', what, state: { ...state, assignee: to }, message: to === null ? 'it is left to anybody' : `${to} works on it` };
    },
    deps,
  );
