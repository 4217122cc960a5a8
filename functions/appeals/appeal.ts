import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ACCOUNT_CHAIN, type Action, inForce } from '../../shared/domain/cases/action';
import { type AppealState, type AppealSubject, appealId } from '../../shared/domain/cases/appeal';
import { REASONS } from '../../shared/domain/cases/reason-codes';
import { LINES } from '../../shared/domain/plain-text';
import { DAY, HOUR } from '../../shared/domain/time';
import { checkAppealToken } from '../../shared/identity/appeal-link';
import type { Queue } from '../../shared/ports';
import type { Appeals } from './appeals';

/** Longest text a person may write, in characters. */
export const LONGEST_STATEMENT = 4000;
/** How long what the person wrote is kept. */
const STATEMENT_KEPT = 180 * DAY;

/** What the person concerned is told: the reason in plain words, evidence only where the reason's disclosure level says so. */
export type Notice = {
  appeal: string;
  action: string;
  since: number;
  expiresAt: number | null;
  title: string;
  text: string;
  evidence: readonly string[];
  /** Where the appeal is: none yet, open (with the time by which we answer), or how it ended. */
  progress: AppealState['progress'] | { kind: 'none' };
};

type Unusable = { kind: 'expired' | 'invalid' | 'nothing-to-appeal'; because: string };
type Looked = Unusable | { kind: 'valid'; id: string; subject: AppealSubject; action: Action; live: boolean };

/** Behind the link, before anything is written. */
export async function readNotice(token: string, deps: Appeals): Promise<Unusable | { kind: 'notice'; notice: Notice }> {
  const looked = await look(token, deps);
  if (looked.kind !== 'valid') return looked;
  const { id, action } = looked;
  const head = await deps.appeals.head(id);
  const { title, text, disclosure } = REASONS[action.reasonCode];
  const evidence = disclosure === 'evidence' ? action.because : [];
  const progress = head?.state.progress ?? { kind: 'none' as const };
  return {
    kind: 'notice',
    notice: { appeal: id, action: action.action, since: action.askedAt, expiresAt: action.expiresAt, title, text, evidence, progress },
  };
}

export type Opened =
  | Unusable
  | { kind: 'opened'; appeal: string; answerBy: number }
  | { kind: 'already'; appeal: string; because: string }
  | { kind: 'refused'; because: string };

/** What a person asks for behind their link: nothing but a request, until somebody who may write the ledger has checked it again. */
export const AppealRequest = z.object({ token: z.string().min(1), statement: z.string() });

/**
 * The public part: checks the link and hands the request on. It may write no ledger, so that whoever takes the one handler without a
 * login over can forge no appeal, let alone a granted one.
 */
export async function requestAppeal(token: string, statement: string, deps: Appeals & { requests: Queue }): Promise<Opened> {
  const checked = await check(token, statement, deps);
  if (checked.kind !== 'new') return checked;
  await deps.requests.send([JSON.stringify(AppealRequest.parse({ token, statement: checked.text }))]);
  return { kind: 'opened', appeal: checked.id, answerBy: checked.answerBy };
}

/** Opens the appeal. Doing it twice is doing it once; what was written first counts. */
export async function openAppeal(token: string, statement: string, deps: Appeals): Promise<Opened> {
  const checked = await check(token, statement, deps);
  if (checked.kind !== 'new') return checked;
  const { id, subject, action, text, now, answerBy } = checked;
  const state: AppealState = {
    account: subject.account,
    case: action.case,
    campaign: action.campaign,
    action: action.id,
    rule: action.rule,
    reasonCode: action.reasonCode,
    openedAt: now,
    statement: createHash('sha256').update(text).digest('hex'),
    reviews: [],
    progress: { kind: 'open', answerBy, escalations: 0 },
  };
  // Counted before it is open: the stop limits of the case must never miss one.
  await deps.cases.appealed(action.case, id);
  await deps.rules.appealed(action.rule, id, 'open', now);
  const draft = { actor: { kind: 'appellant' } as const, what: 'appealed' as const, because: ['the person concerned disagrees'], state };
  const appended = await deps.appeals.open(id, draft, { text, expires: now + STATEMENT_KEPT });
  if (appended.kind === 'overtaken') return { kind: 'already', appeal: id, because: 'the appeal is open' };
  return { kind: 'opened', appeal: id, answerBy };
}

type New = { kind: 'new'; id: string; subject: AppealSubject; action: Action; text: string; now: number; answerBy: number };

async function check(token: string, statement: string, deps: Appeals): Promise<Exclude<Opened, { kind: 'opened' }> | New> {
  const text = statement.trim();
  if (text.length > LONGEST_STATEMENT || !LINES.test(text))
    return { kind: 'refused', because: `say in 1 to ${LONGEST_STATEMENT} characters why we are wrong` };
  const looked = await look(token, deps);
  if (looked.kind !== 'valid') return looked;
  const { id, subject, action, live } = looked;
  const head = await deps.appeals.head(id);
  if (head) return { kind: 'already', appeal: id, because: `the appeal is ${head.state.progress.kind}` };
  if (!live) return { kind: 'nothing-to-appeal', because: 'the restriction is no longer in force' };
  const now = deps.clock.now();
  const { policy } = await deps.policy();
  const answerBy = now + policy.enforcement.appeals.answerWithinHours.value * HOUR;
  return { kind: 'new', id, subject, action, text, now, answerBy };
}

async function look(token: string, deps: Appeals): Promise<Looked> {
  const checked = await checkAppealToken(token, { keys: await deps.keys(), now: deps.clock.now() });
  if (checked.kind !== 'valid') return checked;
  const { subject } = checked;
  const { entries } = await deps.ledger.readable(ACCOUNT_CHAIN, subject.account);
  const asked = entries.find((entry) => entry.sequence === subject.sequence);
  const phase = asked?.state.phase;
  if (phase?.kind !== 'asked' || phase.action.case !== subject.case)
    return { kind: 'invalid', because: 'this link names an action that does not exist' };
  const last = entries.at(-1)?.state;
  // After a change of the identifier key the action goes on under another one.
  const now = last?.movedTo === undefined ? last : (await deps.ledger.readable(ACCOUNT_CHAIN, last.movedTo)).entries.at(-1)?.state;
  const live = inForce(now)?.id === phase.action.id;
  return { kind: 'valid', id: appealId(phase.action.id), subject, action: phase.action, live };
}
