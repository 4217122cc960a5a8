import { z } from '@hono/zod-openapi';
import { PLANS, PROGRAMS, PROVIDER_STANDINGS, VERIFICATIONS } from '../../../shared/contract/event';
import { cloudOf, STANDINGS } from '../../../shared/domain/account';
import {
  type Campaign,
  CLASSIFICATIONS,
  type Evidence,
  FAMILIES,
  FOUND_BY,
  type Link,
  type Member,
  ROLES,
  TIE_TYPES,
} from '../../../shared/domain/campaigns/campaign';
import type { FlaggedAccount } from '../../../shared/domain/campaigns/flagged-account';
import { EFFECTS, type Exoneration } from '../../../shared/domain/cases/exoneration';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { AccountSummary } from '../../../shared/formats/account-summary';
import { orNull, When } from '../../../shared/http/fields';
import type { AccountKey, Hash64 } from '../../../shared/identity/ids';

/** What the API shows of accounts: ISO times, plain strings, and null where the caller's role may not see. */

const hidden = ' Null for viewers.';

export const FlaggedView = z
  .object({
    account: z.string(),
    standing: z.enum(STANDINGS),
    campaign: z.string().nullable(),
    classification: z.enum(CLASSIFICATIONS).nullable(),
    role: z.enum(ROLES).nullable(),
    plan: z.enum(PLANS).nullable(),
    score: z.number().openapi({ description: 'Log-likelihood ratio (nats) that the account belongs to its campaign.' }),
    exchanges: z.number(),
    detectedAt: When,
    updatedAt: When,
    because: z.array(z.string()).openapi({ description: 'The most telling sentences, at most three.' }),
  })
  .openapi('FlaggedAccount');

const Facts = z
  .object({
    createdAt: When.nullable(),
    plan: z.enum(PLANS).nullable(),
    program: z.enum(PROGRAMS).nullable(),
    verification: z.enum(VERIFICATIONS).nullable(),
    providerStanding: z.enum(PROVIDER_STANDINGS).nullable(),
    cloud: z.string().nullable().openapi({ description: 'The other cloud whose tenant it is; null of the provider’s own accounts.' }),
    tenant: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash of what that cloud calls it.${hidden}` }),
    billingAccount: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash of who pays for it there.${hidden}` }),
    paymentCountry: z
      .string()
      .nullable()
      .openapi({ description: `Never part of a decision.${hidden}` }),
    organization: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash.${hidden}` }),
    emailDomain: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash.${hidden}` }),
    publicMail: z.boolean().nullable().openapi({
      description: 'Whether anybody may have an address under that domain: it is no evidence then. Null where no domain was told.',
    }),
    paymentInstrument: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash.${hidden}` }),
  })
  .openapi('AccountFacts');

const Counts = z.record(z.string(), z.number());
export const Usage = z
  .object({
    at: When.openapi({ description: 'When the run that summed this up ran.' }),
    exchanges: z.number(),
    prevented: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    statuses: Counts,
    models: Counts,
    tasks: Counts,
    channels: Counts,
    languages: Counts,
    countries: Counts.nullable().openapi({ description: `Never part of a decision.${hidden}` }),
    distinct: Counts,
    elicitsReasoning: z.number().nullable(),
    grading: z.number().nullable(),
    hours: z
      .array(z.object({ at: When, exchanges: z.number(), prevented: z.number() }))
      .openapi({ description: 'Hours with traffic, oldest first.' }),
  })
  .openapi('AccountUsage');

export const EvidenceView = z
  .object({
    detector: z.string(),
    family: z.enum(FAMILIES),
    because: z.string(),
    strength: z.number().openapi({ description: '1 − 1/(likelihood ratio): 0.5 is twice as likely, 0.99 a hundred times.' }),
    numbers: z.record(z.string(), z.number()),
  })
  .openapi('Evidence');

export const ReasonView = z
  .object({
    type: z.enum(TIE_TYPES),
    family: z.enum(FAMILIES),
    weight: z.number(),
    indicator: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash of what both hold.${hidden}` }),
  })
  .openapi('LinkReason');

export const MemberView = z
  .object({
    account: z.string(),
    role: z.enum(ROLES),
    score: z.number(),
    families: z.array(z.enum(FAMILIES)),
    because: z.array(z.string()),
    joinedAt: When,
    exchanges: z.number(),
    prevented: z.number(),
    cloud: z
      .string()
      .nullable()
      .openapi({ description: 'The other cloud whose tenant it is; null of the provider’s own accounts. No machine acts on a tenant.' }),
    key: z
      .string()
      .nullable()
      .openapi({ description: `Of a victim with several API keys: the one that somebody else uses, by keyed hash.${hidden}` }),
    placed: z.boolean().openapi({ description: 'A person put it into this campaign (`/v1/regroupings`); no machine acts on it for that.' }),
  })
  .openapi('Member');

const AccountLink = z
  .object({ with: z.string(), role: z.enum(ROLES).nullable(), weight: z.number(), reasons: z.array(ReasonView) })
  .openapi('AccountLink');

const LegView = z.object({ holds: z.boolean(), because: z.string() }).openapi('Leg');
const LegsView = z.object({ coordination: LegView, concealment: LegView, purpose: LegView }).openapi('Legs');

/** What detection concluded about the group as a whole. */
export const judgedFields = {
  typicality: z
    .number()
    .nullable()
    .openapi({ description: 'Share of the groups known to be of its class that are no more usual, 0..1; null when it was not measured.' }),
  legs: orNull(LegsView).openapi({ description: 'What must all hold before a machine may suspend anybody; null when it was not asked.' }),
  odd: z.array(z.string()).openapi({ description: 'What is least usual about it.' }),
  foundBy: z.enum(FOUND_BY).openapi({
    description:
      'What brought its members together. `content`: nothing links them but what they ask for, so it goes before people and never to a machine.',
  }),
};

/** Documents of before have none of it. */
export const judgedView = ({ typicality, legs, odd, foundBy }: Pick<Campaign, 'typicality' | 'legs' | 'odd' | 'foundBy'>) => ({
  typicality: typicality ?? null,
  legs: legs ?? null,
  odd: odd ?? [],
  foundBy: foundBy ?? 'links',
});

export const StandingWordView = z
  .object({
    scope: z.enum(['account', 'campaign', 'organization']),
    effect: z.enum(EFFECTS),
    until: When,
    because: z.string(),
    by: z.string().nullable(),
  })
  .openapi('StandingWord');

export const AccountView = z
  .object({
    account: z.string(),
    standing: z.enum(STANDINGS),
    flagged: orNull(FlaggedView),
    facts: orNull(Facts),
    usage: orNull(Usage),
    membership: orNull(
      MemberView.extend({
        campaign: z.string(),
        classification: z.enum(CLASSIFICATIONS),
        probability: z.number(),
        ...judgedFields,
      }).openapi('Membership'),
    ),
    findings: z.array(EvidenceView).openapi({ description: 'What the detectors found on the campaign, strongest first.' }),
    links: z.array(AccountLink).openapi({ description: 'Strongest first, at most 50.' }),
    linkCount: z.int(),
    exonerations: z
      .array(StandingWordView)
      .openapi({ description: 'What holds about it now: a person’s word, an undo, a granted appeal.' }),
    known: z.enum(['flagged', 'acted-on', 'active']).openapi({
      description: '`active`: never flagged and never acted on.',
    }),
  })
  .openapi('Account');
export type AccountView = z.infer<typeof AccountView>;

export const standingWordView = (word: Exoneration, to: Person): z.infer<typeof StandingWordView> => ({
  scope: word.scope.kind,
  effect: word.effect,
  until: iso(word.until),
  because: word.because,
  by: revealed(to, word.by),
});

export const flaggedView = (row: FlaggedAccount): z.infer<typeof FlaggedView> => ({
  account: row.account,
  standing: row.standing,
  campaign: row.campaign ?? null,
  classification: row.classification ?? null,
  role: row.role ?? null,
  plan: row.plan ?? null,
  score: row.score,
  exchanges: row.exchanges,
  detectedAt: iso(row.detectedAt),
  updatedAt: iso(row.updatedAt),
  because: row.because,
});

export const evidenceView = (evidence: readonly Evidence[]): z.infer<typeof EvidenceView>[] =>
  [...evidence].sort((one, other) => other.strength - one.strength);

export const memberView = ({ placed, cloud, key, ...member }: Member, to: Person): z.infer<typeof MemberView> => ({
  ...member,
  joinedAt: iso(member.joinedAt),
  cloud: cloud ?? null,
  key: revealed<string>(to, key),
  placed: placed !== undefined,
});

export const NamedKeyView = z
  .object({
    name: z.string().openapi({ description: 'What sentences call it: `key-` and six hex digits. Nothing is found by it.' }),
    key: z
      .string()
      .nullable()
      .openapi({ description: `Keyed hash of the id, as \`apiKey\` of the account’s requests.${hidden}` }),
  })
  .openapi('NamedApiKey');
export const namedKeyView = ({ name, key }: { name: string; key: Hash64 }, to: Person): z.infer<typeof NamedKeyView> => ({
  name,
  key: revealed<string>(to, key),
});

/** Hashes and countries are for reviewers: they identify, and a viewer has nothing to decide with them. */
export const revealed = <T>(to: Person, value: T | undefined): T | null => (mayAct(to, 'reviewer') ? (value ?? null) : null);

export function factsView({ facts }: AccountSummary, to: Person): z.infer<typeof Facts> {
  return {
    createdAt: facts.createdAt === undefined ? null : iso(facts.createdAt),
    plan: facts.plan ?? null,
    program: facts.program ?? null,
    verification: facts.verification ?? null,
    providerStanding: facts.standing ?? null,
    cloud: cloudOf(facts) ?? null,
    tenant: revealed(to, facts.tenant),
    billingAccount: revealed(to, facts.billingAccount),
    paymentCountry: revealed(to, facts.paymentCountry),
    organization: revealed(to, facts.organization),
    emailDomain: revealed(to, facts.emailDomain),
    publicMail: facts.publicMail ?? null,
    paymentInstrument: revealed(to, facts.paymentInstrument),
  };
}

export function usageView(summary: AccountSummary, to: Person): z.infer<typeof Usage> {
  const { account: _account, facts: _facts, at, hours, countries, elicitsReasoning, grading, ...sums } = summary;
  return {
    ...sums,
    at: iso(at),
    countries: revealed(to, countries),
    elicitsReasoning: elicitsReasoning ?? null,
    grading: grading ?? null,
    hours: hours.map(([hour, exchanges, prevented]) => ({ at: iso(hour), exchanges, prevented })),
  };
}

export const linkView = (
  link: Link,
  of: AccountKey,
  roles: ReadonlyMap<AccountKey, Member['role']>,
  to: Person,
): z.infer<typeof AccountLink> => {
  const other = link.from === of ? link.to : link.from;
  return { with: other, role: roles.get(other) ?? null, weight: link.weight, reasons: reasonsView(link, to) };
};

export const reasonsView = (link: Link, to: Person): z.infer<typeof ReasonView>[] =>
  [...link.reasons]
    .sort((one, next) => next.weight - one.weight)
    .map(({ type, family, weight, hash }) => ({ type, family, weight, indicator: revealed<string>(to, hash) }));
