import type { Action } from '../../../shared/domain/cases/action';
import {
  CLOCK_DIFFERENCE,
  MOST_RESULTS,
  type VerificationNews,
  type VerificationProgress,
  type VerificationResult,
  type VerificationState,
} from '../../../shared/domain/cases/verification';
import { iso } from '../../../shared/domain/time';
import { judgedIn } from '../labels/label-of';

/** The entry to write, or why there is none. Pure. */
export type Next =
  | { kind: 'entry'; what: VerificationResult['result'] | 'asked'; because: string[]; state: VerificationState }
  | { kind: 'already' | 'not-asked' | 'outdated'; because: string };

/** What a passed check lifts: what asks for proof. A suspension takes an appeal or people; a stolen key is changed. */
export const isProvable = (action: Action | undefined): action is Action & { action: 'challenge' | 'limit' } =>
  action?.action === 'challenge' || action?.action === 'limit';

const isWaiting = (state: VerificationState | undefined): boolean => state?.progress.kind === 'waiting';
const isDone = ({ kind }: VerificationProgress): boolean => kind === 'passed' || kind === 'released';

/** That the check of newcomers asked for proof. Who proved it before, or is waited for, is asked nothing more. */
export function afterAsked(state: VerificationState | undefined, news: Extract<VerificationNews, { kind: 'asked' }>, within: number): Next {
  const { answer: restriction, campaign, classification, at, sealed } = news;
  if (state && isWaiting(state)) return { kind: 'already', because: 'it is waited for' };
  if (state && isDone(state.progress)) return { kind: 'already', because: `it ${state.progress.kind} before` };
  if (state && at <= Math.max(state.asked.at, state.latest)) return { kind: 'outdated', because: 'something newer is known' };
  return {
    kind: 'entry',
    what: 'asked',
    because: [`the check answered ${restriction}: it resembles campaign ${campaign}`],
    state: {
      sealed,
      asked: { by: 'check', restriction, campaign, classification, case: null, at },
      judged: null,
      progress: { kind: 'waiting', answerBy: at + within },
      results: state?.results ?? [],
      latest: state?.latest ?? 0,
    },
  };
}

/** That an action asks the account for proof. */
export function ofAction(action: Action & { action: 'challenge' | 'limit' }, within: number): VerificationState {
  const { action: restriction, campaign, classification, case: of, askedAt: at, sealed } = action;
  return {
    sealed,
    asked: { by: 'action', restriction, campaign, classification, case: of, at },
    judged: judgedIn(action),
    progress: { kind: 'waiting', answerBy: at + within },
    results: [],
    latest: 0,
  };
}

/** What a result says. `action`: in force on the account. A result about somebody nobody asked is the provider's own matter. */
export function afterResult(
  head: VerificationState | undefined,
  action: Action | undefined,
  news: VerificationResult,
  within: number,
): Next {
  const isNewAction = isProvable(action) && (head === undefined || action.askedAt > head.asked.at);
  const state = isNewAction ? { ...ofAction(action, within), results: head?.results ?? [] } : head;
  if (!state) return { kind: 'not-asked', because: 'nobody asked it to prove anything' };
  if (state.results.includes(news.event)) return { kind: 'already', because: 'this result was taken before' };
  if (news.at < state.asked.at - CLOCK_DIFFERENCE)
    return { kind: 'outdated', because: `the result is of ${iso(news.at)}, before it was asked for` };
  if (news.at < state.latest) return { kind: 'outdated', because: 'something newer is known' };
  if (state.progress.kind === 'released') return { kind: 'already', because: 'people let it go before' };
  const { result, method, at } = news;
  const progress: VerificationProgress = result === 'abandoned' ? { kind: result, at } : { kind: result, at, method };
  return {
    kind: 'entry',
    what: result,
    because: [BECAUSE[result](method)],
    state: { ...state, progress, results: [...state.results, news.event].slice(-MOST_RESULTS), latest: Math.max(at, state.latest) },
  };
}

const BECAUSE: Readonly<Record<VerificationResult['result'], (method: string) => string>> = {
  passed: (method) => `the provider’s check (${method}) was passed`,
  failed: (method) => `the provider’s check (${method}) was failed: what it is kept from stays`,
  abandoned: () => 'the provider’s check was given up: what it is kept from stays',
};
