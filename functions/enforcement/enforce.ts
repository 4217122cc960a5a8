import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { type CaseState, isClosed } from '../../shared/domain/cases/case';
import { DECISION_CHAIN, type DecisionRecord } from '../../shared/domain/cases/decision-record';
import { scopeLabel } from '../../shared/domain/cases/exoneration';
import type { EnforcementPolicy } from '../../shared/domain/policy/enforcement-policy';
import { DAY, MINUTE } from '../../shared/domain/time';
import { type CampaignId, type CaseId, caseId } from '../../shared/identity/ids';
import { UnreadableCampaign } from '../../shared/stores/campaigns/campaign-store';
import { isolated } from '../../shared/stores/cases/ledger-store';
import { blockedBy } from './account-actions/ask';
import { type Acting, type Contained, containAccounts, targetsOf } from './account-actions/contain';
import { alone } from './case/alone';
import { groundsOf } from './case/contain-stage';
import { joining } from './case/joining';
import { type CaseHead, move } from './case/move';
import type { Enforcement } from './enforcement';
import { approversFor, sizeOf } from './policy/approvers';
import { notePopulation } from './policy/budget';
import { isArmed } from './policy/kill-switch';
import { outlookOf } from './policy/outlook';
import { type Plan, planFor, planOf } from './policy/plan';

export type Enforced = {
  campaign: CampaignId;
  kind: 'left' | 'watched' | 'shadowed' | 'opened' | 'joined' | 'unchanged' | 'unreadable';
  case?: CaseId;
  because: readonly string[];
};

/** Stands for a case that does not exist yet. */
const NO_CASE = caseId('');

/**
 * After a detection run: decides about every campaign that changed, opens cases, and contains new members of campaigns
 * that are contained already. May be repeated with the same run.
 */
export async function enforce(
  run: { campaigns: readonly Pick<Campaign, 'id'>[]; activeAccounts: number },
  deps: Enforcement,
): Promise<Enforced[]> {
  await notePopulation(deps.table, run.activeAccounts, deps.clock.now());
  // Kept beside the decisions it makes, so that each of them can be made again.
  await deps.policies.keep((await deps.policy()).policy);
  const answers: Enforced[] = [];
  for (const { id } of run.campaigns) {
    // One record that cannot be read is named, and stops no other campaign.
    const unreadable = (bad: Error): Enforced => ({ campaign: id, kind: 'unreadable', because: [bad.message] });
    try {
      answers.push(await isolated(() => enforceOne(id, deps), unreadable));
    } catch (error) {
      if (!(error instanceof UnreadableCampaign)) throw error;
      answers.push(unreadable(error));
    }
  }
  await deps.standings.refresh();
  return answers;
}

async function enforceOne(campaign: CampaignId, deps: Enforcement): Promise<Enforced> {
  const latest = await deps.cases.latestOf(campaign);
  if (latest && !(await isOver(latest.head, deps))) return follow(campaign, latest, deps);
  const plan = await planFor(campaign, deps);
  if (!plan) return { campaign, kind: 'unchanged', because: ['there is no such campaign'] };
  await record(campaign, plan, deps);
  const { decision } = plan;
  switch (decision.kind) {
    case 'no-action':
      return { campaign, kind: 'left', because: decision.because };
    case 'watch':
      return { campaign, kind: 'watched', because: decision.because };
    case 'act': {
      if (decision.mode === 'shadow') return { campaign, kind: 'shadowed', because: decision.because };
      if (!(await anybodyLeft({ decision }, deps)))
        return { campaign, kind: 'unchanged', because: ['every member is excluded or met already'] };
      const id = await openCase(campaign, latest?.id, { ...plan, decision }, deps);
      return { campaign, kind: 'opened', case: id, because: decision.because };
    }
    default:
      return decision satisfies never;
  }
}

/** A closed case leaves room for a new one. Where people closed it, their word stands as long as an exoneration would. */
async function isOver({ state, at }: CaseHead, deps: Enforcement): Promise<boolean> {
  if (!isClosed(state.progress)) return false;
  if (state.progress.kind !== 'rejected' && state.progress.kind !== 'undone') return true;
  const { policy } = await deps.policy();
  return deps.clock.now() >= at + policy.enforcement.appeals.exonerationDays.value * DAY;
}

/** Is there anybody the case could act on, or put before people? Otherwise it would open, find nothing and close, every run. */
async function anybodyLeft({ decision }: { decision: Acting }, deps: Enforcement): Promise<boolean> {
  for (const member of decision.members) {
    if (member.kind === 'exclude') continue;
    const free = await isolated(
      async () => blockedBy((await deps.ledger.head(ACCOUNT_CHAIN, member.account))?.state, NO_CASE, deps.clock.now()) === undefined,
      () => false,
    );
    if (free) return true;
  }
  return false;
}

/** A case is there: restart it if its execution never began, and contain who joined since the campaign was contained. */
async function follow(campaign: CampaignId, { id, head }: { id: CaseId; head: CaseHead }, deps: Enforcement): Promise<Enforced> {
  const { progress } = head.state;
  if (progress.kind === 'held') await deps.workflow.start(id, head.sequence);
  if (progress.kind === 'awaiting-approval' && head.state.approvals.length === 0 && head.state.undoRequests.length === 0) {
    const taken = await takeOver(campaign, { id, head }, deps);
    if (taken) return taken;
  }
  if (progress.kind === 'held' || progress.kind === 'awaiting-approval') await keepSize(id, head, deps);
  if (head.state.undoRequests.length > 0)
    return { campaign, kind: 'unchanged', case: id, because: ['an undo waits for a second person: nobody else is acted on meanwhile'] };
  if (progress.kind !== 'contained') return { campaign, kind: 'unchanged', case: id, because: [`case ${id} is ${progress.kind}`] };
  // Pointed at and answered: settled. Pointed at only: a crash or a used-up budget came between.
  const touched = new Set(await deps.cases.answered(id));
  const plan = await planOf(head.state, deps, { about: (member) => !touched.has(member.account) });
  const grounds = groundsOf(plan, head);
  if (grounds.kind === 'fell-away') return { campaign, kind: 'unchanged', case: id, because: grounds.because };
  const joined = targetsOf(grounds.plan.decision, id, head.state, []).filter((account) => !touched.has(account));
  if (joined.length === 0) return { campaign, kind: 'unchanged', case: id, because: ['nobody joined'] };
  const look = await joining(id, head, { met: touched.size, joined: joined.length, plan: grounds.plan }, deps);
  if (look.kind === 'wait') return { campaign, kind: 'unchanged', case: id, because: look.because };
  const now = joined.slice(0, look.accounts);
  const total = touched.size + now.length;
  const { plan: held } = grounds;
  const done = await alone<Contained | { kind: 'busy'; because: string }>(id, deps, {
    work: async () => {
      await lookAgain(id, head, { joined: now.length, total, isPart: look.isPart }, held.policy.enforcement, deps);
      const contained = await containAccounts(id, now, held, deps);
      // Appeals of those who joined are held against the rule; so they count among those it acted on.
      await deps.rules.acted(head.state.rule, id, (await deps.cases.touched(id)).size, deps.clock.now());
      return contained;
    },
    busy: () => ({ kind: 'busy', because: 'the case is being worked on: who joined is met at the next run' }),
  });
  if (done.kind === 'busy') return { campaign, kind: 'unchanged', case: id, because: [done.because] };
  const acted = 'tally' in done ? `${done.tally.acted} of ${joined.length} who joined were contained` : 'nobody was contained';
  const later = now.length < joined.length ? [`${joined.length - now.length} are met at the next look`] : [];
  const because = 'because' in done ? [acted, done.because, ...later] : [acted, ...later];
  return { campaign, kind: 'joined', case: id, because };
}

/** What people see in the queue is what they would approve: how many accounts, and how many people that takes, after each run. */
async function keepSize(id: CaseId, head: CaseHead, deps: Enforcement): Promise<void> {
  const { progress } = head.state;
  const ahead = await outlookOf(id, head.state, deps);
  if (ahead.kind === 'nothing') return;
  const { size, forPeople, approvers: approversNeeded } = ahead;
  if (size === head.state.size && forPeople === head.state.forPeople && approversNeeded === head.state.approversNeeded) return;
  const how = size > head.state.size ? 'grew' : size < head.state.size ? 'shrank' : 'changed';
  const because = [
    `the campaign ${how} from ${head.state.size} to ${size} accounts: ${approversNeeded} ${approversNeeded === 1 ? 'approver' : 'approvers'} needed`,
  ];
  await move(id, head, { progress, because, change: { size, forPeople, approversNeeded } }, deps);
}

/**
 * A case that waits for people, about a campaign of which more is known since: once a rule asks for no person any more, the case goes on
 * under that rule, after a delay of its own; where the policy asks for another action by now, people are asked about that one. Nobody has
 * approved anything yet, so nobody's word is overruled.
 */
async function takeOver(
  campaign: CampaignId,
  { id, head }: { id: CaseId; head: CaseHead },
  deps: Enforcement,
): Promise<Enforced | undefined> {
  const plan = await planFor(campaign, deps);
  if (plan?.decision.kind !== 'act' || plan.decision.mode === 'shadow' || plan.decision.rule === head.state.rule) return undefined;
  const { rule, action, mode, because } = plan.decision;
  const size = sizeOf(plan.decision);
  const approversNeeded = approversFor(size.size, mode, plan.policy.enforcement);
  const change = { ...size, rule, action, mode, approversNeeded, classification: plan.campaign.classification };
  if (mode === 'auto' && approversNeeded === 0) {
    await record(campaign, plan, deps);
    await move(id, head, { progress: { kind: 'held', until: heldUntil(plan.policy.enforcement, deps) }, because, change }, deps);
    await deps.workflow.wake(id);
    return { campaign, kind: 'opened', case: id, because };
  }
  const ground = groundsOf(await planOf(head.state, deps), head);
  if (ground.kind === 'hold' || action === head.state.action) return undefined;
  await record(campaign, plan, deps);
  await move(id, head, { progress: head.state.progress, because: [...ground.because, ...because], change }, deps);
  return { campaign, kind: 'opened', case: id, because };
}

/** A random delay, so that the reaction does not follow one request. */
const heldUntil = ({ hold }: EnforcementPolicy, deps: Enforcement): number =>
  Math.ceil(deps.clock.now() + (hold.minMinutes.value + deps.chance.next() * (hold.maxMinutes.value - hold.minMinutes.value)) * MINUTE);

/** Whether it took effect on those who joined is looked at as for those before them. Noted before they are acted on: a crash loses nothing. */
async function lookAgain(
  id: CaseId,
  head: CaseHead,
  { joined, total, isPart }: { joined: number; total: number; isPart: boolean },
  policy: EnforcementPolicy,
  deps: Enforcement,
): Promise<void> {
  const { progress } = head.state;
  const due = deps.clock.now() + policy.confirmation.observeWithinMinutes.value * MINUTE;
  if (progress.kind !== 'contained' || !(await isArmed(deps))) return;
  const looked = progress.checkAt !== null && progress.checkAt <= due;
  if (looked && head.state.size === total && !isPart) return;
  const next = looked ? progress : { ...progress, checkAt: due };
  const part = isPart ? { partMetAt: deps.clock.now() } : {};
  await move(
    id,
    head,
    { progress: next, because: [`${joined} joined since and are contained too`], change: { size: total, ...part } },
    deps,
  );
}

async function openCase(
  campaign: CampaignId,
  latest: CaseId | undefined,
  plan: Plan & { decision: Acting },
  deps: Enforcement,
): Promise<CaseId> {
  const { decision, digest, policy } = plan;
  const now = deps.clock.now();
  const size = sizeOf(decision);
  const until = heldUntil(policy.enforcement, deps);
  const state: CaseState = {
    campaign,
    classification: plan.campaign.classification,
    rule: decision.rule,
    action: decision.action,
    mode: decision.mode,
    openedAt: now,
    ...size,
    approversNeeded: approversFor(size.size, decision.mode, policy.enforcement),
    approvals: [],
    confirmations: [],
    forgiven: { appeals: 0, reversals: 0, errors: 0 },
    containedAt: null,
    undoRequests: [],
    undoneAt: null,
    leftOut: [],
    takenIn: [],
    assignee: null,
    mentioned: [],
    byHand: null,
    progress: { kind: 'held', until },
  };
  const { id, opened } = await deps.cases.open(campaign, latest, {
    actor: { kind: 'policy', digest, rule: decision.rule },
    what: 'opened',
    because: decision.because,
    state,
  });
  await deps.workflow.start(id, opened.kind === 'appended' ? opened.entry.sequence : 1);
  return id;
}

/** The decision, once each time it changes. */
async function record(campaign: CampaignId, plan: Plan, deps: Enforcement): Promise<void> {
  const { decision, digest, evidence, demoted, exonerations } = plan;
  const members = decision.kind === 'act' ? decision.members : [];
  const count = (kind: 'act' | 'review' | 'exclude'): number => members.filter((member) => member.kind === kind).length;
  const about = new Set(plan.campaign.members.map((member) => scopeLabel({ kind: 'account', account: member.account })));
  const state: DecisionRecord = {
    kind: decision.kind,
    ...(decision.kind === 'no-action' ? {} : { rule: decision.rule, action: decision.kind === 'act' ? decision.action : 'watch' }),
    ...(decision.kind === 'act' ? { mode: decision.mode } : {}),
    act: count('act'),
    review: count('review'),
    exclude: count('exclude'),
    policy: digest,
    evidence,
    exonerated: [...exonerations.keys()].filter((label) => about.has(label) || !label.startsWith('account:')),
    demoted: [...demoted],
  };
  const head = await deps.ledger.head(DECISION_CHAIN, campaign);
  if (
    head &&
    head.state.kind === state.kind &&
    head.state.rule === state.rule &&
    head.state.mode === state.mode &&
    head.state.policy === digest
  )
    return;
  const rule = decision.kind === 'no-action' ? 'none' : decision.rule;
  await deps.ledger.append(DECISION_CHAIN, campaign, head, {
    actor: { kind: 'policy', digest, rule },
    what: decision.kind,
    because: decision.because,
    state,
  });
}
