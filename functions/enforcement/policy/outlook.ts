import { createHash } from 'node:crypto';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import type { CaseState } from '../../../shared/domain/cases/case';
import type { MemberDecision } from '../../../shared/domain/cases/decision';
import { type AccountKey, type CaseId, caseId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { blockedBy } from '../account-actions/ask';
import type { Enforcement } from '../enforcement';
import { approversFor } from './approvers';
import { type Plan, planOf } from './plan';

const AT_ONCE = 64;

/** What a case would do if it went through now: the one computation behind the queue, the preview, an approval and the steps. */
export type Outlook =
  | { kind: 'nothing'; decision: 'no-action' | 'watch' | 'gone'; because: readonly string[] }
  | {
      kind: 'would-act';
      plan: Plan & { decision: Extract<Plan['decision'], { kind: 'act' }> };
      /** Each member with what its own chain says: met already, exonerated on appeal. */
      members: readonly MemberDecision[];
      /** Accounts acted on when the case is through, with those it has acted on already. */
      size: number;
      forPeople: number;
      approvers: number;
      seen: string;
    };

/** `id` and `answered` are of the case, if there is one: what it did itself is not in its way. */
export async function outlook(
  plan: Plan | undefined,
  { id = caseId(''), answered = [] }: { id?: CaseId; answered?: readonly AccountKey[] },
  deps: Enforcement,
): Promise<Outlook> {
  if (!plan) return { kind: 'nothing', decision: 'gone', because: ['the campaign is gone'] };
  const { decision } = plan;
  if (decision.kind !== 'act') return { kind: 'nothing', decision: decision.kind, because: decision.because };
  const members: MemberDecision[] = [...decision.members];
  const open = members.flatMap(({ kind, account }) => (kind === 'exclude' ? [] : [account]));
  const begun = await deps.ledger.mayHaveBegun(ACCOUNT_CHAIN, open);
  await inBatches([...members.keys()], AT_ONCE, async (place) => {
    const member = members[place];
    if (member && begun.has(member.account)) members[place] = await heedChain(member, id, deps);
  });
  const act = new Set([...members.flatMap((member) => (member.kind === 'act' ? [member.account] : [])), ...answered]);
  const review = members.flatMap((member) => (member.kind === 'review' ? [member.account] : []));
  const approvers = approversFor(act.size, decision.mode, plan.policy.enforcement);
  const whom = createHash('sha256')
    .update(JSON.stringify([decision.action, decision.rule, [...act].sort(), review.sort()]))
    .digest('hex');
  return {
    kind: 'would-act',
    plan: { ...plan, decision },
    members,
    size: act.size,
    forPeople: review.length,
    approvers,
    seen: `${act.size}-${approvers}-${whom.slice(0, 16)}`,
  };
}

export const outlookOf = async (id: CaseId, state: CaseState, deps: Enforcement): Promise<Outlook> =>
  outlook(await planOf(state, deps), { id, answered: await deps.cases.answered(id) }, deps);

/** Why a command about what a person saw is refused; undefined when that is still what would happen. */
export function changedSince(seen: string | undefined, now: Outlook): string | undefined {
  if (seen === undefined) return undefined;
  if (now.kind === 'nothing') return `this changed since you looked: nothing would be done any more (${now.because.join('; ')})`;
  if (seen === now.seen) return undefined;
  const [accounts, approvers] = seen.split('-').map(Number);
  const people = (count: number | undefined): string => (count === 1 ? '1 approver' : `${count} approvers`);
  return accounts === now.size && approvers === now.approvers
    ? `this changed since you looked: there are still ${now.size} accounts, but not the same ones; look again`
    : `this changed since you looked: you saw ${accounts} accounts and ${people(approvers)}, now it is ${now.size} accounts and ${people(now.approvers)}; look again`;
}

async function heedChain(member: MemberDecision, id: CaseId, deps: Enforcement): Promise<MemberDecision> {
  if (member.kind === 'exclude') return member;
  // An entry that cannot be read excludes its account, and only that one.
  const because = await isolated(
    async () => blockedBy((await deps.ledger.head(ACCOUNT_CHAIN, member.account))?.state, id, deps.clock.now()),
    (bad) => bad.message,
  );
  if (because === undefined) return member;
  return { kind: 'exclude', account: member.account, why: because.startsWith('exonerated') ? 'exonerated' : 'already', because };
}
