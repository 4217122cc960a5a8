import { createHash } from 'node:crypto';
import { stateOf } from '../../../shared/domain/api-key';
import { type CaseState, MOST_CHOSEN } from '../../../shared/domain/cases/case';
import type { Exoneration } from '../../../shared/domain/cases/exoneration';
import type { ReasonCode } from '../../../shared/domain/cases/reason-codes';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import type { ActionName } from '../../../shared/domain/policy/enforcement-policy';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import { type AccountKey, type CaseId, campaignId, caseId, type Hash64 } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { outlookOf } from '../policy/outlook';
import { BY_HAND } from '../policy/plan';
import { type CaseCommand, changeCase } from './change-case';
import { exonerate } from './exonerate';
import { undoAccount } from './undo';

/** Accounts of one command about several. */
export const MOST_AT_ONCE = 200;

/**
 * Which accounts a case is about, where a person knows better: `leaveOut` some, `takeIn` others, or act on `only` these. Approvals
 * that came before were about other accounts, so they are asked for again. In a contained case only more can be taken in.
 */
export async function chooseAccounts(
  command: CaseCommand & { leaveOut?: readonly AccountKey[]; takeIn?: readonly AccountKey[]; only?: readonly AccountKey[] },
  deps: Enforcement,
) {
  const id = caseId(command.case);
  const { policy } = await deps.policy();
  return changeCase(
    command,
    'reviewer',
    async ({ state }) => {
      const { kind } = state.progress;
      const before = kind === 'held' || kind === 'awaiting-approval';
      const { leaveOut = [], takeIn = [], only } = command;
      if (!before && (kind !== 'contained' || leaveOut.length > 0 || only))
        return { kind: 'refused', because: `the case is ${kind}: restore single accounts instead of leaving them out` };
      const taken = new Set([...state.takenIn, ...takeIn, ...(only ?? [])]);
      const without = new Set([...state.leftOut, ...leaveOut]);
      if (only) {
        const ahead = await outlookOf(id, state, deps);
        const wanted = new Set(only);
        for (const member of ahead.kind === 'would-act' ? ahead.members : [])
          if (member.kind !== 'exclude' && !wanted.has(member.account)) without.add(member.account);
      }
      for (const account of [...takeIn, ...(only ?? [])]) without.delete(account);
      for (const account of leaveOut) taken.delete(account);
      // Members on whom the policy acts anyway need no hand.
      const acted = only ? await decidedOn(id, { ...state, takenIn: [] }, deps) : new Set<AccountKey>();
      const takenIn = [...taken].filter((account) => !acted.has(account)).sort();
      const leftOut = [...without].sort();
      if (takenIn.length + leftOut.length > MOST_CHOSEN)
        return {
          kind: 'refused',
          because: `at most ${MOST_CHOSEN} accounts of a case are chosen by hand, this would be ${takenIn.length + leftOut.length}: reject the case, and open one by hand about the accounts you mean`,
        };
      if (takenIn.join() === state.takenIn.join() && leftOut.join() === state.leftOut.join())
        return { kind: 'already', because: 'the case is about these accounts already' };
      const next: CaseState = { ...state, takenIn, leftOut, approvals: [] };
      const ahead = await outlookOf(id, next, deps);
      const size = ahead.kind === 'would-act' ? ahead.size : 0;
      const approversNeeded = approversFor(size, 'assist', policy.enforcement);
      return {
        kind: 'to',
        what: 'accounts chosen',
        state: {
          ...next,
          size,
          forPeople: ahead.kind === 'would-act' ? ahead.forPeople : 0,
          approversNeeded,
          mode: before ? 'assist' : state.mode,
        },
        message: `the case is now about ${size} ${size === 1 ? 'account' : 'accounts'}; ${leftOut.length} left out, ${takenIn.length} added by hand; approvals are asked for again`,
      };
    },
    deps,
  );
}

async function decidedOn(id: CaseId, state: CaseState, deps: Enforcement): Promise<Set<AccountKey>> {
  const ahead = await outlookOf(id, { ...state, leftOut: [] }, deps);
  return new Set(ahead.kind === 'would-act' ? ahead.members.flatMap((one) => (one.kind === 'exclude' ? [] : [one.account])) : []);
}

/**
 * A case about named accounts that no campaign called for: a tip, a court order. It waits for somebody else than who opened it, is
 * contained in stages, expires, is appealed and undone like any other.
 */
export async function openByHand(
  command: Command & {
    accounts: readonly AccountKey[];
    action: Exclude<ActionName, 'watch'>;
    reasonCode: ReasonCode;
    keys?: readonly Hash64[];
  },
  deps: Enforcement,
): Promise<CommandAnswer<{ case: CaseId }>> {
  const { actor, key, because, accounts, action, reasonCode } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const known = await deps.accounts.known(accounts);
  const unknown = accounts.filter((account) => !known.has(account));
  if (unknown.length > 0)
    return {
      kind: 'refused',
      because: `no account event ever told us about ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''}, so nothing can be asked about it`,
    };
  const unusable = command.keys && (await whyNotKeys(command.keys, command, deps));
  if (unusable !== undefined) return { kind: 'refused', because: unusable };
  const { policy } = await deps.policy();
  const campaign = campaignId(`hand-${createHash('sha256').update(`${actor.id}/${key}`).digest('hex').slice(0, 12)}`);
  const now = deps.clock.now();
  const hours = policy.enforcement.rules.find((rule) => rule.action === action)?.expiresAfterHours.value ?? DEFAULT_EXPIRY_HOURS;
  const state: CaseState = {
    campaign,
    classification: 'unclear',
    rule: BY_HAND,
    action,
    mode: 'assist',
    openedAt: now,
    size: accounts.length,
    forPeople: 0,
    approversNeeded: approversFor(accounts.length, 'assist', policy.enforcement),
    approvals: [],
    confirmations: [],
    forgiven: { appeals: 0, reversals: 0, errors: 0 },
    containedAt: null,
    undoRequests: [],
    undoneAt: null,
    leftOut: [],
    takenIn: [...accounts].sort(),
    assignee: null,
    mentioned: [],
    byHand: {
      by: actor.id,
      because,
      reasonCode,
      expiresAfterHours: hours,
      ...(command.keys === undefined ? {} : { keys: [...new Set(command.keys)] }),
    },
    progress: { kind: 'awaiting-approval', lapsesAt: now + policy.enforcement.approval.lapsesAfterHours.value * HOUR },
  };
  const ahead = await outlookOf(caseId(`${campaign}.0001`), state, deps);
  const size = ahead.kind === 'would-act' ? { size: ahead.size, forPeople: ahead.forPeople, approversNeeded: ahead.approvers } : {};
  if (ahead.kind === 'would-act' && ahead.size + ahead.forPeople === 0)
    return {
      kind: 'refused',
      because: `nothing would be done: ${ahead.members.map((one) => `${one.account.slice(0, 8)} ${one.because}`).join('; ')}`,
    };
  const { id, opened } = await deps.cases.open(campaign, undefined, {
    actor: byPerson(actor),
    what: 'opened',
    because: [because],
    key,
    state: { ...state, ...size },
  });
  if (opened.kind === 'overtaken') return { kind: 'already', because: `case ${id} was opened by this command` };
  await deps.workflow.start(id, opened.entry.sequence);
  return { kind: 'done', because: `case ${id} waits for another person`, case: id };
}

/** Why a case cannot be about these keys; undefined if it can. */
async function whyNotKeys(
  keys: readonly Hash64[],
  { accounts, action }: { accounts: readonly AccountKey[]; action: ActionName },
  deps: Enforcement,
): Promise<string | undefined> {
  const [account] = accounts;
  if (action !== 'disable-key' || account === undefined || accounts.length > 1)
    return 'keys are named where the action is disable-key, and the case is about one account';
  for (const key of keys) {
    const known = await deps.keys.get(account, key);
    if (!known) return `no key event told us about key ${key} of this account, so the provider would not know which one is meant`;
    const { state, since } = stateOf(known);
    if (state !== 'live') return `key ${key} was ${state} at ${iso(since)}: nothing would be done`;
  }
  return undefined;
}

/** Where no rule of the policy uses the action. */
const DEFAULT_EXPIRY_HOURS = (30 * DAY) / HOUR;

/** Restores and exonerates some accounts. More than one person may restore takes the undo of a case, which asks for two. */
export async function undoAccounts(command: Command & { accounts: readonly AccountKey[] }, deps: Enforcement): Promise<CommandAnswer> {
  const { policy } = await deps.policy();
  const { accounts } = command;
  const most = Math.min(MOST_AT_ONCE, policy.enforcement.approval.twoAbove.value);
  if (accounts.length > most)
    return {
      kind: 'refused',
      because: `one person restores at most ${most} accounts at once, these are ${accounts.length}: undo the case, which takes two people`,
    };
  return each(accounts, (account) => undoAccount({ ...command, account }, deps), 'restored and exonerated');
}

/** The same standing word about some accounts. */
export function exonerateAccounts(
  command: Command & { accounts: readonly AccountKey[]; effect: Exoneration['effect']; until: number },
  deps: Enforcement,
): Promise<CommandAnswer> {
  const { accounts, ...rest } = command;
  return each(accounts, (account) => exonerate({ ...rest, scope: { kind: 'account', account } }, deps), command.effect);
}

/** One after the other: stopping half way leaves whole accounts, and the same command again finishes it. */
async function each(
  accounts: readonly AccountKey[],
  act: (account: AccountKey) => Promise<CommandAnswer>,
  what: string,
): Promise<CommandAnswer> {
  let done = 0;
  for (const account of new Set(accounts)) {
    const answer = await act(account);
    if (answer.kind === 'refused' || answer.kind === 'unknown') return answer;
    if (answer.kind === 'done') done++;
  }
  const because = `${done} of ${new Set(accounts).size} accounts ${what}${done < accounts.length ? '; the others were before' : ''}`;
  return { kind: done > 0 ? 'done' : 'already', because };
}
