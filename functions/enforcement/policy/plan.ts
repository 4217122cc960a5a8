import type { AccountFacts } from '../../../shared/domain/account';
import { type Campaign, FAMILIES, type Member, nothingFound } from '../../../shared/domain/campaigns/campaign';
import type { CaseState } from '../../../shared/domain/cases/case';
import type { Decision, MemberDecision } from '../../../shared/domain/cases/decision';
import type { Exonerations } from '../../../shared/domain/cases/exoneration';
import type { Policy } from '../../../shared/domain/policy/policy';
import { HOUR } from '../../../shared/domain/time';
import type { AccountKey, CampaignId, Hash64, SealedId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { CHOSEN_SCORE, decide, judge, type MemberRule } from './decide';

/** A decision with everything it was made of. */
export type Plan = {
  decision: Decision;
  campaign: Campaign;
  members: ReadonlyMap<AccountKey, Member>;
  /** Archive key of the campaign version. */
  evidence: string;
  policy: Policy;
  digest: string;
  facts: ReadonlyMap<AccountKey, AccountFacts>;
  sealed: ReadonlyMap<AccountKey, SealedId>;
  exonerations: Exonerations;
  demoted: ReadonlySet<string>;
  /** API keys that a person named: the action is about these. */
  keys?: readonly Hash64[];
};

/** The plan of a case: what the policy decides about its campaign, with what people left out of the case or added to it. */
export async function planOf(
  state: CaseState,
  deps: Enforcement,
  { about = () => true }: { about?: (member: Member) => boolean } = {},
): Promise<Plan | undefined> {
  if (state.byHand) return handMadePlan(state, state.byHand, deps);
  const plan = await planFor(state.campaign, deps, { held: state.rule, about, besides: state.takenIn });
  if (plan?.decision.kind !== 'act') return plan;
  const { decision } = plan;
  const rule = plan.policy.enforcement.rules.find(({ id }) => id === decision.rule);
  const chosen = rule ? chosenMembers(state, rule, plan, deps) : [];
  const byChoice = new Map(chosen.map((one) => [one.account, one]));
  const leftOut = new Set(state.leftOut);
  const members = [...decision.members.filter(({ account }) => !byChoice.has(account)), ...chosen].map(
    (member): MemberDecision =>
      leftOut.has(member.account) && member.kind !== 'exclude'
        ? { kind: 'exclude', account: member.account, why: 'left-out', because: 'a person left it out of the case' }
        : member,
  );
  const byHand = state.takenIn.map((account) => [account, asChosen(account, plan.members.get(account))] as const);
  return { ...plan, members: new Map([...plan.members, ...byHand]), decision: { ...decision, members } };
}

/** Accounts that a person added: the bar of evidence is that person's; facts, exonerations and protection hold as for everybody. */
function chosenMembers(state: CaseState, rule: MemberRule, plan: Plan, deps: Enforcement): MemberDecision[] {
  const question = { ...plan, policy: plan.policy.enforcement, now: deps.clock.now() };
  return state.takenIn.map((account) => judge(asChosen(account, plan.members.get(account)), rule, question));
}

const asChosen = (account: AccountKey, member: Member | undefined): Member => ({
  account,
  role: 'core',
  score: CHOSEN_SCORE,
  families: [...FAMILIES],
  because: ['a person added it to the case', ...(member?.because ?? [])],
  joinedAt: member?.joinedAt ?? 0,
  exchanges: member?.exchanges ?? 0,
  prevented: member?.prevented ?? 0,
});

/** A case that a person opened is judged by nobody's evidence but theirs: it takes approvers, and protects who is protected. */
async function handMadePlan(state: CaseState, byHand: NonNullable<CaseState['byHand']>, deps: Enforcement): Promise<Plan> {
  const { policy, digest } = await deps.policy();
  const members = state.takenIn.map((account) => asChosen(account, undefined));
  const now = deps.clock.now();
  const campaign = namedByHand(state, members, now);
  const facts = new Map<AccountKey, AccountFacts>();
  const sealed = new Map<AccountKey, SealedId>();
  for (const [account, told] of await deps.accounts.known(state.takenIn)) {
    facts.set(account, told.facts);
    sealed.set(account, told.sealed);
  }
  const exonerations = await deps.exonerations.holding(now);
  const demoted = await deps.rules.demoted();
  const question = { campaign, policy: policy.enforcement, facts, exonerations, demoted, now };
  const none = { value: 0, reason: 'a person decided' };
  const rule: MemberRule = {
    classification: 'unclear',
    action: state.action,
    memberScore: none,
    memberFamilies: none,
    memberExchanges: none,
  };
  const leftOut = new Set(state.leftOut);
  const decision: Decision = {
    kind: 'act',
    rule: BY_HAND,
    action: state.action === 'watch' ? 'warn' : state.action,
    mode: 'assist',
    reasonCode: byHand.reasonCode,
    hints: [],
    expiresAfterMs: byHand.expiresAfterHours * HOUR,
    because: [`opened by hand: ${byHand.because}`],
    members: members.filter(({ account }) => !leftOut.has(account)).map((member) => judge(member, rule, question)),
  };
  return {
    decision,
    campaign,
    members: new Map(members.map((member) => [member.account, { ...member, because: [byHand.because] }])),
    evidence: BY_HAND,
    policy,
    digest,
    facts,
    sealed,
    exonerations,
    demoted,
    ...(byHand.keys === undefined ? {} : { keys: byHand.keys }),
  };
}

/** In place of a rule's name and of an archived campaign: a person's word was the ground. */
export const BY_HAND = 'by-hand';

/** What stands where a campaign would: the accounts that a person named, and nothing found about them. */
const namedByHand = (state: CaseState, members: Member[], now: number): Campaign => ({
  id: state.campaign,
  ...nothingFound(),
  firstSeen: state.openedAt,
  lastSeen: state.openedAt,
  detectedAt: state.openedAt,
  updatedAt: now,
  version: 1,
  members,
  provenance: { run: state.campaign, code: BY_HAND, policy: BY_HAND, input: BY_HAND },
});

/**
 * Decides again, on the newest evidence and the live policy. `held`: the rule of the case that is open. `about` narrows whose
 * facts are asked for (`besides` members, of others): members outside it are excluded as not known, while size and families still count the whole campaign.
 */
export async function planFor(
  id: CampaignId,
  deps: Enforcement,
  { held, about = () => true, besides = [] }: { held?: string; about?: (member: Member) => boolean; besides?: readonly AccountKey[] } = {},
): Promise<Plan | undefined> {
  const newest = await deps.campaigns.newest(id);
  if (!newest) return undefined;
  const { header, campaign } = newest;
  const { policy, digest } = await deps.policy();
  const known = await deps.accounts.known([...new Set([...campaign.members.filter(about).map((member) => member.account), ...besides])]);
  const facts = new Map<AccountKey, AccountFacts>();
  const sealed = new Map<AccountKey, SealedId>();
  for (const [account, told] of known) {
    facts.set(account, told.facts);
    sealed.set(account, told.sealed);
  }
  const now = deps.clock.now();
  const exonerations = await deps.exonerations.holding(now);
  const demoted = await deps.rules.demoted();
  const decision = decide({ campaign, policy: policy.enforcement, facts, exonerations, demoted, held, now });
  const members = new Map(campaign.members.map((member) => [member.account, member]));
  return { decision, campaign, members, evidence: header.document, policy, digest, facts, sealed, exonerations, demoted };
}
