import { isClosed } from '../../../shared/domain/cases/case';
import type { MemberDecision } from '../../../shared/domain/cases/decision';
import { type AccountKey, campaignId, caseId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { remaining } from './budget';
import { isArmed } from './kill-switch';
import { outlook, outlookOf } from './outlook';
import { planFor } from './plan';

/** What would happen to a campaign if its case went through now. Nothing is written and nobody is asked. */
export type DryRun =
  | { kind: 'unknown'; because: string }
  | { kind: 'nothing'; decision: 'no-action' | 'watch'; because: readonly string[] }
  | {
      kind: 'would-act';
      rule: string;
      action: string;
      mode: string;
      because: readonly string[];
      /** Accounts acted on now, by plan (`unknown` where the provider said none). */
      accounts: number;
      byPlan: Readonly<Record<string, number>>;
      /** Accounts that the case acted on when it is through, with those it acted on before. */
      size: number;
      /** Accounts that only people may act on, and why. */
      protected: readonly { account: AccountKey; because: string }[];
      /** Members left alone, by reason. */
      excluded: Readonly<Record<string, number>>;
      approvers: number;
      stages: readonly { share: number; accounts: number }[];
      minutesToContainment: { least: number; most: number };
      budget: { left: number; because: string };
      armed: boolean;
      /** Whom and how many this preview is about: a command that carries it is refused when that changed. */
      seen: string;
      members: readonly MemberDecision[];
    };

/** About a case, or about a campaign: then about its open case, if there is one. */
export async function dryRun(question: { campaign: string } | { case: string }, deps: Enforcement): Promise<DryRun> {
  const about = await caseOf(question, deps);
  if ('case' in question && !about) return { kind: 'unknown', because: `there is no case ${question.case}` };
  const header = 'campaign' in question ? await deps.campaigns.header(campaignId(question.campaign)) : undefined;
  if ('campaign' in question && !header && !about) return { kind: 'unknown', because: `there is no campaign ${question.campaign}` };
  const now =
    about && !('campaign' in question && isClosed(about.head.state.progress))
      ? await outlookOf(about.id, about.head.state, deps)
      : await outlook('campaign' in question ? await planFor(campaignId(question.campaign), deps) : undefined, {}, deps);
  if (now.kind === 'nothing') return { kind: 'nothing', decision: now.decision === 'watch' ? 'watch' : 'no-action', because: now.because };
  const { plan, members } = now;
  const { decision, facts, policy } = plan;
  const act = members.filter((member) => member.kind === 'act');
  const { stages, hold } = policy.enforcement;
  const watching = stages.slice(0, -1).reduce((sum, stage) => sum + stage.watchMinutes.value, 0);
  const left = await remaining({
    table: deps.table,
    policy: policy.enforcement,
    run: plan.campaign.provenance.run,
    now: deps.clock.now(),
  });
  return {
    kind: 'would-act',
    rule: decision.rule,
    action: decision.action,
    mode: decision.mode,
    because: decision.because,
    accounts: act.length,
    byPlan: tally(act.map(({ account }) => facts.get(account)?.plan ?? 'unknown')),
    size: now.size,
    protected: members.flatMap((member) => (member.kind === 'review' ? [{ account: member.account, because: member.because }] : [])),
    excluded: tally(members.flatMap((member) => (member.kind === 'exclude' ? [member.why] : []))),
    approvers: now.approvers,
    stages: stages.map((stage) => ({ share: stage.share.value, accounts: Math.ceil(stage.share.value * now.size) })),
    minutesToContainment: { least: hold.minMinutes.value + watching, most: hold.maxMinutes.value + watching },
    budget: left,
    armed: await isArmed(deps),
    seen: now.seen,
    members,
  };
}

async function caseOf(question: { campaign: string } | { case: string }, deps: Enforcement) {
  if ('campaign' in question) return deps.cases.latestOf(campaignId(question.campaign));
  const id = caseId(question.case);
  const head = await deps.cases.head(id);
  return head && { id, head };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
