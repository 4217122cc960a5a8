import { ACCOUNT_CHAIN } from '../../../shared/domain/action';
import type { MemberDecision } from '../../../shared/domain/decision';
import { type AccountKey, campaignId, caseId } from '../../../shared/identity/ids';
import { isolated } from '../../../shared/stores/ledger-store';
import { inTheWay } from '../account-actions/ask';
import type { Enforcement } from '../enforcement';
import { approversFor } from './approvers';
import { remaining } from './budget';
import { isArmed } from './kill-switch';
import { planFor } from './plan';

/** What would happen to a campaign if its case went through now. Nothing is written and nobody is asked. */
export type DryRun =
  | { kind: 'unknown'; because: string }
  | { kind: 'nothing'; decision: 'leave' | 'watch'; because: readonly string[] }
  | {
      kind: 'would-act';
      rule: string;
      rung: string;
      mode: string;
      because: readonly string[];
      /** Accounts acted on, by plan (`unknown` where the provider said none). */
      accounts: number;
      byPlan: Readonly<Record<string, number>>;
      /** Accounts that only people may act on, and why. */
      protected: readonly { account: AccountKey; because: string }[];
      /** Members left alone, by reason. */
      spared: Readonly<Record<string, number>>;
      approvers: number;
      stages: readonly { share: number; accounts: number }[];
      minutesToContainment: { least: number; most: number };
      budget: { left: number; because: string };
      armed: boolean;
    };

export async function dryRun(question: { campaign: string }, world: Enforcement): Promise<DryRun> {
  const plan = await planFor(campaignId(question.campaign), world);
  if (!plan) return { kind: 'unknown', because: `there is no campaign ${question.campaign}` };
  const { decision, facts, policy } = plan;
  if (decision.kind !== 'act') return { kind: 'nothing', decision: decision.kind, because: decision.because };
  const members = await Promise.all(decision.members.map((member) => heedChain(member, world)));
  const act = members.filter((member) => member.kind === 'act');
  const { stages, hold } = policy.enforcement;
  const watching = stages.slice(0, -1).reduce((sum, stage) => sum + stage.watchMinutes.value, 0);
  const left = await remaining({
    table: world.table,
    policy: policy.enforcement,
    run: plan.campaign.provenance.run,
    now: world.clock.now(),
  });
  return {
    kind: 'would-act',
    rule: decision.rule,
    rung: decision.rung,
    mode: decision.mode,
    because: decision.because,
    accounts: act.length,
    byPlan: tally(act.map(({ account }) => facts.get(account)?.plan ?? 'unknown')),
    protected: members.flatMap((member) => (member.kind === 'review' ? [{ account: member.account, because: member.because }] : [])),
    spared: tally(members.flatMap((member) => (member.kind === 'spare' ? [member.why] : []))),
    approvers: approversFor(act.length, decision.mode, policy.enforcement),
    stages: stages.map((stage) => ({ share: stage.share.value, accounts: Math.ceil(stage.share.value * act.length) })),
    minutesToContainment: { least: hold.minMinutes.value + watching, most: hold.maxMinutes.value + watching },
    budget: left,
    armed: await isArmed(world),
  };
}

/** The decision about a member, with what its own chain says: met already, exonerated on appeal. */
async function heedChain(member: MemberDecision, world: Enforcement): Promise<MemberDecision> {
  if (member.kind === 'spare') return member;
  const because = await isolated(
    async () => inTheWay((await world.ledger.head(ACCOUNT_CHAIN, member.account))?.state, caseId(''), world.clock.now()),
    (bad) => bad.message,
  );
  if (because === undefined) return member;
  return { kind: 'spare', account: member.account, why: because.startsWith('exonerated') ? 'exonerated' : 'already', because };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
