import type { AppealState } from '../../../shared/domain/cases/appeal';
import { type CaseState, isClosed } from '../../../shared/domain/cases/case';
import type { Referral } from '../../../shared/domain/cases/referral';
import { DETECTION_STALE_AFTER, type Notice, PAUSE_MARGIN, SHORTEST_SILENCE, WARN_BEFORE } from '../../../shared/domain/notice';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import type { SourceState } from '../../../shared/stores/cases/notice-store';

/** What lasts now and calls for somebody. Pure; the same facts give the same notices. */

const when = (at: number): string => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
const hours = (ms: number): string => `${Math.max(1, Math.round(ms / HOUR))} h`;

/** How many accounts a case is about changes while it waits: the page has the number, a message would not. */
export function ofCase(id: CaseId, state: CaseState, now: number): Notice[] {
  const { progress } = state;
  const what = state.byHand ? `case opened by hand: ${state.action}` : `${state.action}: ${state.classification} ${state.campaign}`;
  const about = { subject: id, path: `/cases/${id}`, rule: state.rule };
  const notices: Notice[] = [];
  const tell = (kind: Notice['kind'], title: string, because: string) => notices.push({ kind, title, because, ...about });
  switch (progress.kind) {
    case 'awaiting-approval': {
      // Enough people answered: the case goes on at its next step.
      const missing = state.approversNeeded - state.approvals.length;
      if (missing <= 0) break;
      tell(
        'case-waits',
        `Waits for approval: ${what}`,
        `${missing} more ${missing === 1 ? 'person has' : 'people have'} to approve or reject it.`,
      );
      if (progress.lapsesAt - now <= WARN_BEFORE)
        tell('case-lapsing', `About to lapse: ${what}`, `Without an answer by ${when(progress.lapsesAt)} nothing is done.`);
      break;
    }
    case 'stopped':
      tell('case-stopped', `Stopped: ${what}`, 'Nothing more is asked until people let it go on, or undo it.');
      if (isNear(progress.expiresAt, now)) tell('case-expiring', `About to expire: ${what}`, expires(progress.expiresAt));
      break;
    case 'contained':
      // It grew beyond what those who approved may decide: who joined is not acted on.
      if (state.approvals.length < state.approversNeeded)
        tell(
          'case-waits',
          `Waits for approval, it grew: ${what}`,
          'Accounts that joined since are not acted on until more people approve.',
        );
      if (isNear(progress.expiresAt, now)) tell('case-expiring', `About to expire: ${what}`, expires(progress.expiresAt));
      if (progress.outstanding && progress.outstanding.givenUp > 0)
        tell(
          'not-carried-out',
          `Not carried out: ${what}`,
          'The provider’s system acknowledged actions, was asked again, and the accounts are still active.',
        );
      break;
    case 'containing':
      if (progress.outages >= OUTAGES_TOLD)
        tell(
          'provider-silent',
          `The provider does not answer: ${what}`,
          `It is asked again at ${when(progress.retryAt)}; nothing is lost, and nothing is done meanwhile.`,
        );
      break;
    default:
  }
  if (state.mentioned.length > 0 && !isClosed(progress))
    tell(
      'case-asks',
      `Somebody is asked about it: ${what}`,
      `${state.mentioned.length === 1 ? 'One person was' : `${state.mentioned.length} people were`} mentioned in a note and did nothing about the case since.`,
    );
  if (state.undoRequests.length > 0 && state.undoneAt === null && progress.kind !== 'undoing' && progress.kind !== 'undone')
    tell('undo-waits', `An undo waits for another person: ${what}`, 'One person asked that everything it did be undone.');
  return notices;
}

/** One outage is asked again within minutes; this many in a row are told. */
const OUTAGES_TOLD = 3;

const isNear = (at: number | null, now: number): at is number => at !== null && at - now <= WARN_BEFORE;
const expires = (at: number): string => `Its actions end by themselves from ${when(at)} on unless somebody confirms them.`;

export function ofAppeal(id: string, { progress, rule }: AppealState, now: number): Notice[] {
  if (progress.kind !== 'open' || (progress.answerBy > now && progress.escalations === 0)) return [];
  return [
    {
      kind: 'appeal-overdue',
      subject: id,
      title: `Appeal overdue: ${id}`,
      because: 'The person concerned was promised an answer by now.',
      path: '/appeals',
      rule,
    },
  ];
}

export function ofReferral({ id, cloud, progress }: Referral, now: number): Notice[] {
  if (!('answerBy' in progress) || (progress.answerBy > now && progress.overdueAt === null)) return [];
  return [
    {
      kind: 'referral-overdue',
      subject: id,
      title: `Referral overdue: ${id}`,
      because: UNANSWERED[progress.kind](cloud),
      path: '/referrals',
    },
  ];
}

const UNANSWERED: Readonly<Record<'to-approve' | 'to-send' | 'by-hand' | 'sent' | 'acknowledged', (cloud: string) => string>> = {
  'to-approve': (cloud) => `Nobody else has approved that tenants of ${cloud} are referred.`,
  'to-send': (cloud) => `The abuse desk of ${cloud} has not been reached since it was written; it is tried again.`,
  'by-hand': (cloud) => `Nobody has handed the letter in at ${cloud}, or nobody has noted it.`,
  sent: (cloud) => `The abuse desk of ${cloud} has not acknowledged it in time: ask there.`,
  acknowledged: (cloud) => `The abuse desk of ${cloud} has not said in time what came of it: ask there.`,
};

/** Pauses are remembered for this long: a source that sends at night, or not at weekends, is not missed by day. */
const PAUSES_KEPT = 8 * DAY;

/** What is known of a source after looking at it again. `latest`: when its newest event was; 0 when it was not heard of. */
export function heard(known: SourceState | undefined, latest: number, now: number): SourceState {
  if (known === undefined) return { latest: Math.min(latest, now), pauses: [] };
  const pauses = known.pauses.filter(([end]) => end > now - PAUSES_KEPT);
  const until = Math.min(latest, now);
  if (until <= known.latest) return { latest: known.latest, pauses };
  const pause = until - known.latest;
  return { latest: until, pauses: pause > HOUR ? [...pauses, [until, pause]] : pauses };
}

export function ofSource(producer: string, { latest, pauses }: SourceState, now: number): Notice[] {
  const usual = Math.max(0, ...pauses.map(([, length]) => length));
  const silent = now - latest;
  // Nobody misses for ever what was switched off.
  if (latest === 0 || silent <= Math.max(SHORTEST_SILENCE, PAUSE_MARGIN * usual) || silent > PAUSES_KEPT) return [];
  const before = usual === 0 ? 'it never paused for over an hour' : `its longest pause in eight days was ${hours(usual)}`;
  return [
    {
      kind: 'source-silent',
      subject: producer,
      title: `Silent: source ${producer}`,
      because: `Its newest event is of ${when(latest)}, ${hours(silent)} ago; ${before}.`,
      path: '/sources',
    },
  ];
}

/** `lastRun`: undefined before any. */
export function ofDetection(lastRun: number | undefined, now: number): Notice[] {
  if (lastRun === undefined || now - lastRun <= DETECTION_STALE_AFTER) return [];
  return [
    {
      kind: 'detection-stale',
      subject: '',
      title: 'Detection stands still',
      because: `The last run was ${when(lastRun)}, ${hours(now - lastRun)} ago. Nobody new is found until it runs.`,
      path: '/health',
    },
  ];
}

/** Messages that were given up on: whoever sent them will not send them again. */
export function ofDeadLetters({ queue, messages }: { queue: string; messages: number }): Notice[] {
  if (messages === 0) return [];
  return [
    {
      kind: 'dead-letters',
      subject: queue,
      title: `Dead letters: ${queue}`,
      because: `${messages === 1 ? 'A message was' : 'Messages were'} given up on and ${messages === 1 ? 'waits' : 'wait'} to be sent again; after 14 days they are gone. The page has the command.`,
      path: '/health',
    },
  ];
}
