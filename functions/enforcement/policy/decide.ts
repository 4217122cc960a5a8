import { type AccountFacts, cloudOf } from '../../../shared/domain/account';
import { type Campaign, type Member, probabilityOf } from '../../../shared/domain/campaigns/campaign';
import type { Decision, MemberDecision } from '../../../shared/domain/cases/decision';
import { type Exonerations, effectOn, scopeLabel } from '../../../shared/domain/cases/exoneration';
import { type EnforcementPolicy, MODES, type Mode, type Rule } from '../../../shared/domain/policy/enforcement-policy';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';

export type Case = {
  campaign: Campaign;
  policy: EnforcementPolicy;
  /** What the provider said about the members. A member that is not in here is excluded: nothing can be asked about it. */
  facts: ReadonlyMap<AccountKey, AccountFacts>;
  exonerations: Exonerations;
  /** Rules that lost mode auto because too many of their actions were reversed. */
  demoted: ReadonlySet<string>;
  /** Rule under which a case is open about the campaign. */
  held?: string | undefined;
  now: number;
};

/**
 * The whole policy: what is to be done about a campaign, and about each of its members. It says why in plain words, in
 * the order in which it asked. It never looks at countries, languages or what a prompt says.
 */
export function decide(question: Case): Decision {
  const { campaign, policy, exonerations, demoted, now } = question;
  const cleared = exonerations.get(scopeLabel({ kind: 'campaign', campaign: campaign.id }));
  if (cleared && !cleared.revoked && cleared.until > now && cleared.effect !== 'protected') {
    return { kind: 'no-action', because: [`the campaign is ${cleared.effect} until ${iso(cleared.until)}: ${cleared.because}`] };
  }
  const because: string[] = [];
  for (const rule of policy.rules) {
    if (rule.classification !== campaign.classification) continue;
    const missing = whatIsMissing(rule, campaign, rule.id === question.held);
    if (missing !== undefined) {
      because.push(`not ${rule.id}: ${missing}`);
      continue;
    }
    const mode = modeOf(rule, policy, demoted);
    if (mode === 'observe') return { kind: 'no-action', because: [...because, `${rule.id} applies, but its mode is observe`] };
    const { id, action, reasonCode, hints } = rule;
    const holds = [...because, sentence(rule, campaign)];
    if (action === 'watch') return { kind: 'watch', rule: id, reasonCode, hints, because: holds };
    const members = campaign.members.map((member) => judge(member, rule, question));
    return {
      kind: 'act',
      rule: id,
      action,
      mode,
      reasonCode,
      hints,
      ...(rule.billing && rule.billing.value.length > 0 ? { billing: [...new Set(rule.billing.value)] } : {}),
      expiresAfterMs: rule.expiresAfterHours.value * HOUR,
      because: holds,
      members,
    };
  }
  return { kind: 'no-action', because: [...because, `no rule of the policy answers a campaign classified as ${campaign.classification}`] };
}

/** The first condition of the rule that the campaign as a whole does not meet. */
function whatIsMissing(rule: Rule, campaign: Campaign, held: boolean): string | undefined {
  const probability = probabilityOf(campaign);
  const bar = (held && rule.keepsProbability ? rule.keepsProbability : rule.probability).value;
  if (probability < bar) return `its probability is ${probability.toFixed(3)}, below ${bar}`;
  const typicality = campaign.typicality ?? 0;
  const usual = (rule.typicality?.value ?? 0) * (held ? HELD_TYPICALITY : 1);
  if (typicality < usual) {
    return `it is not typical of ${campaign.classification} (${typicality.toFixed(3)}, ${usual} needed)${campaign.odd?.length ? `: ${campaign.odd.join('; ')}` : ''}`;
  }
  const foundBy = campaign.foundBy ?? 'links';
  if (rule.foundBy && rule.foundBy.value !== foundBy) return `it was found by ${foundBy}`;
  for (const name of rule.legs?.value ?? []) {
    const leg = campaign.legs?.[name];
    if (!leg?.holds) return `no ${name}: ${leg?.because ?? 'not known'}`;
  }
  if (campaign.families.length < rule.campaignFamilies.value) {
    return `${campaign.families.length} families of evidence (${campaign.families.join(', ')}), ${rule.campaignFamilies.value} needed`;
  }
  const size = campaign.members.filter((member) => belongs(member, rule)).length;
  if (size < rule.size.value) return `${size} accounts meet the bar for members, ${rule.size.value} needed`;
  return undefined;
}

/** An open case goes on at this part of the typicality that opened it: a class is a small sample, and its edge is not sharp. */
const HELD_TYPICALITY = 0.2;

/** What a rule asks of a single member. */
export type MemberRule = Pick<Rule, 'classification' | 'action' | 'memberScore' | 'memberFamilies' | 'memberExchanges'>;

/** Score of an account that a person put into a case: their word stands for the evidence, its use included. */
export const CHOSEN_SCORE = Number.MAX_VALUE;
const hasOwnUse = ({ score, exchanges }: Member, rule: MemberRule): boolean =>
  score === CHOSEN_SCORE || exchanges >= rule.memberExchanges.value;

/** Does the evidence against this single account reach the rule's bar? Where a person put it is no evidence; a tenant is its cloud's to judge. */
const belongs = (member: Member, rule: MemberRule): boolean =>
  !member.placed &&
  member.cloud === undefined &&
  acceptsRole(member, rule) &&
  hasOwnUse(member, rule) &&
  member.score >= rule.memberScore.value &&
  member.families.length >= rule.memberFamilies.value;

/** Owners of stolen keys are victims: rules about them, and only those, apply to the role `suspected-victim`. */
const acceptsRole = (member: Member, rule: MemberRule): boolean =>
  member.role === 'core' || member.role === 'peripheral' || (member.role === 'suspected-victim' && rule.classification === 'hijacked-keys');

/** What the rule says about one member of a campaign that it acts on. */
export function judge(member: Member, rule: MemberRule, question: Case): MemberDecision {
  const { policy, now } = question;
  const { account } = member;
  if (member.cloud !== undefined) return ofAnotherCloud(account, member.cloud);
  if (member.placed) return placedByPeople(member, question);
  if (!acceptsRole(member, rule)) return { kind: 'exclude', account, why: 'role', because: `its role in the campaign is ${member.role}` };
  if (!hasOwnUse(member, rule)) {
    return {
      kind: 'exclude',
      account,
      why: 'evidence',
      because: `${member.exchanges} requests of its own, ${rule.memberExchanges.value} needed: nobody is acted on for whom he is linked with`,
    };
  }
  if (!belongs(member, rule)) {
    const found = `score ${member.score.toFixed(1)} of ${rule.memberScore.value}, ${member.families.length} families of ${rule.memberFamilies.value}`;
    return {
      kind: 'exclude',
      account,
      why: 'evidence',
      because: `the evidence against this single account does not reach the bar (${found})`,
    };
  }
  const standing = excluded(account, question);
  if ('kind' in standing) return standing;
  const { known, effect } = standing;
  const shield = effect ? `protected until ${iso(effect.until)}: ${effect.because}` : protection(known, rule, policy, now);
  if (shield !== undefined) return { kind: 'review', account, why: 'protected', because: shield };
  return { kind: 'act', account, because: member.because };
}

/** Somebody else's customer: there is nothing to ask of our own provider, by a machine or by people. */
const ofAnotherCloud = (account: AccountKey, cloud: string): MemberDecision => ({
  kind: 'exclude',
  account,
  why: 'tenant',
  because: `it is a tenant of another cloud (${cloud}): refer it to the abuse desk there`,
});

/** Nobody is acted on by a machine because a person put the account here: people decide about it too. */
function placedByPeople({ account }: Member, question: Case): MemberDecision {
  const standing = excluded(account, question);
  return 'kind' in standing
    ? standing
    : { kind: 'review', account, why: 'placed', because: 'a person put it into this campaign: people decide' };
}

type Standing = { known: AccountFacts; effect: ReturnType<typeof effectOn> };

/** Whom nobody may act on, whatever the evidence: not known, exonerated or exempt, no longer active. */
function excluded(account: AccountKey, { campaign, facts, exonerations, now }: Case): MemberDecision | Standing {
  const known = facts.get(account);
  if (!known) return { kind: 'exclude', account, why: 'not-known', because: 'the provider has not told us about this account' };
  const cloud = cloudOf(known);
  if (cloud !== undefined) return ofAnotherCloud(account, cloud);
  const effect = effectOn(exonerations, { account, organization: known.organization, campaign: campaign.id }, now);
  if (effect && effect.effect !== 'protected') {
    return { kind: 'exclude', account, why: effect.effect, because: `${effect.effect} until ${iso(effect.until)}: ${effect.because}` };
  }
  if (known.standing === 'suspended' || known.standing === 'closed') {
    return { kind: 'exclude', account, why: 'already', because: `the provider says it is ${known.standing}` };
  }
  return { known, effect };
}

/** Why only people may act on this account, or undefined. A key may be disabled for anybody: it protects its owner. */
function protection(facts: AccountFacts, rule: MemberRule, policy: EnforcementPolicy, now: number): string | undefined {
  if (rule.action === 'disable-key' || rule.action === 'warn') return undefined;
  const { plans, establishedDays } = policy.protection;
  if (facts.plan !== undefined && plans.value.includes(facts.plan)) return `accounts on plan ${facts.plan} are acted on by people only`;
  if (facts.createdAt !== undefined && now - facts.createdAt >= establishedDays.value * DAY) {
    return `the account is older than ${establishedDays.value} days: people decide`;
  }
  return undefined;
}

/** In which mode a rule decides now: that of its action, no more than its own, and no more than assist while it is demoted. */
export const modeOf = (rule: Rule, policy: Pick<EnforcementPolicy, 'modes'>, demoted: ReadonlySet<string>): Mode =>
  lowered(atMost(policy.modes[rule.action].value, rule.mode?.value), demoted.has(rule.id));

/** The milder of two modes. */
const atMost = (mode: Mode, bound: Mode | undefined): Mode =>
  bound !== undefined && MODES.indexOf(bound) < MODES.indexOf(mode) ? bound : mode;

/** A demoted rule loses auto, not sight. */
const lowered = (mode: Mode, demoted: boolean): Mode => (demoted && MODES.indexOf(mode) > MODES.indexOf('assist') ? 'assist' : mode);

function sentence(rule: Rule, campaign: Campaign): string {
  const size = campaign.members.filter((member) => belongs(member, rule)).length;
  const probability = probabilityOf(campaign).toFixed(3);
  const classified =
    campaign.classification === 'unclear'
      ? `unclear, no class above ${probability},`
      : `${campaign.classification} with probability ${probability}`;
  return `${rule.id}: ${classified} on ${campaign.families.join(', ')}; ${size} accounts meet the bar for members`;
}
