import type { DeskAnswer } from '../../../shared/contract/event';
import {
  ACKNOWLEDGE_WITHIN,
  CONCLUDE_WITHIN,
  MOST_ANSWERS,
  type Referral,
  type ReferralProgress,
} from '../../../shared/domain/cases/referral';

/** The entry to write, or why there is none. Pure. */
export type Next =
  | { kind: 'entry'; what: 'sent' | DeskAnswer | 'overdue'; because: string[]; state: Referral }
  | { kind: 'already' | 'too-early' | 'outdated'; because: string };

export type Answer = {
  answer: 'sent' | DeskAnswer;
  at: number;
  reference?: string;
  /** Id of the event that brought it; absent where a person says it. */
  event?: string;
  /** What a person writes beside it. */
  because?: string;
};

/** A conclusion stands until another one comes; an acknowledgement after it is late mail. */
const RANK: Readonly<Record<Answer['answer'], number>> = { sent: 1, acknowledged: 2, acted: 3, declined: 3 };
const rankOf = ({ kind }: ReferralProgress): number =>
  kind === 'sent' || kind === 'acknowledged' || kind === 'acted' || kind === 'declined' ? RANK[kind] : 0;

/** What an answer makes of a referral. */
export function afterAnswer(state: Referral, { answer, at, reference, event, because }: Answer): Next {
  const { progress } = state;
  if (event !== undefined && state.answers.includes(event)) return { kind: 'already', because: 'this answer was taken before' };
  if (progress.kind === 'withdrawing' || progress.kind === 'withdrawn') return { kind: 'outdated', because: 'it is withdrawn' };
  if (progress.kind === 'to-approve') return { kind: 'too-early', because: 'it waits for another person: the desk was told nothing' };
  if (answer === 'sent' && progress.kind !== 'by-hand')
    return rankOf(progress) > 0
      ? { kind: 'already', because: `it is ${progress.kind}` }
      : { kind: 'too-early', because: `it is ${progress.kind}: the desk’s own system is sent it` };
  if (at < state.latest) return { kind: 'outdated', because: 'something newer is known' };
  if (RANK[answer] < rankOf(progress)) return { kind: 'already', because: `it is ${progress.kind}` };
  if (answer === progress.kind && (reference === undefined || reference === state.reference))
    return { kind: 'already', because: `it is ${progress.kind}` };
  return {
    kind: 'entry',
    what: answer,
    because: [SAYS[answer](reference), ...(because === undefined ? [] : [because])],
    state: {
      ...state,
      reference: reference ?? state.reference,
      progress: progressOf(answer, at),
      answers: event === undefined ? state.answers : [...state.answers, event].slice(-MOST_ANSWERS),
      latest: at,
    },
  };
}

/** The desk's system took it. */
export const afterDelivery = (state: Referral, at: number): Referral => ({ ...state, progress: progressOf('sent', at) });

function progressOf(answer: Answer['answer'], at: number): ReferralProgress {
  switch (answer) {
    case 'sent':
      return { kind: 'sent', since: at, answerBy: at + ACKNOWLEDGE_WITHIN, overdueAt: null };
    case 'acknowledged':
      return { kind: 'acknowledged', since: at, answerBy: at + CONCLUDE_WITHIN, overdueAt: null };
    case 'acted':
    case 'declined':
      return { kind: answer, at };
    default:
      return answer satisfies never;
  }
}

const SAYS: Readonly<Record<Answer['answer'], (reference?: string) => string>> = {
  sent: () => 'a person handed it in at the abuse desk',
  acknowledged: (reference) => `the abuse desk looks at it${reference === undefined ? '' : `, as ${reference}`}`,
  acted: (reference) => `the abuse desk acted${reference === undefined ? '' : `, as ${reference}`}`,
  declined: (reference) => `the abuse desk will not act${reference === undefined ? '' : `, as ${reference}`}`,
};

/** That nobody answered in time: once for each thing that is waited for. */
export function afterTime(state: Referral, now: number): Next {
  const { progress } = state;
  if (!('answerBy' in progress)) return { kind: 'already', because: 'nothing is waited for' };
  if (progress.overdueAt !== null) return { kind: 'already', because: 'it is overdue' };
  if (progress.answerBy > now) return { kind: 'too-early', because: 'there is time left' };
  return {
    kind: 'entry',
    what: 'overdue',
    because: [OVERDUE[progress.kind]],
    state: { ...state, progress: { ...progress, overdueAt: now } },
  };
}

const OVERDUE: Readonly<Record<'to-approve' | 'to-send' | 'by-hand' | 'sent' | 'acknowledged', string>> = {
  'to-approve': 'no other person approved it in time',
  'to-send': 'the abuse desk’s system could not be reached in time',
  'by-hand': 'nobody handed it in in time',
  sent: 'the abuse desk has not acknowledged it in time',
  acknowledged: 'the abuse desk acknowledged it and has not said in time what came of it',
};
