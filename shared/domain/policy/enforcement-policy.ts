import { z } from 'zod';
import { PLANS } from '../../contract/event';
import { CLASSIFICATIONS, FOUND_BY, LEGS } from '../campaigns/campaign';
import { REASON_CODES } from '../cases/reason-codes';
import { Reasoned } from './detection-policy';

/** The ladder, mildest first. What is asked of the provider for each is in request.ts. */
export const ACTIONS = ['watch', 'warn', 'limit', 'challenge', 'disable-key', 'suspend'] as const;
export const ActionName = z.enum(ACTIONS);
export type ActionName = z.infer<typeof ActionName>;

/** observe: nothing; shadow: decisions recorded, none carried out; assist: people approve; auto: carried out within the guardrails. */
export const MODES = ['observe', 'shadow', 'assist', 'auto'] as const;
export const Mode = z.enum(MODES);
export type Mode = z.infer<typeof Mode>;

/** Suggestions to the provider's own systems that touch nobody's access; carried in outgoing events. */
export const HINTS = ['watermark-outputs', 'summarize-reasoning', 'withhold-logprobs', 'slow-down', 'verify-at-sign-up'] as const;
export const Hint = z.enum(HINTS);
export type Hint = z.infer<typeof Hint>;

/** What may be asked about an account's money beside a restriction; each ends with it. Money that was paid back cannot be asked for again, so that is none of them. */
export const BILLING = ['stop-renewals', 'hold-balance'] as const;
export const Billing = z.enum(BILLING);
export type Billing = z.infer<typeof Billing>;

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const minutes = z.number().min(0);

/** One row of the ladder: what must hold before a campaign of this class is met with this action. The first row that holds decides. */
export const Rule = z.strictObject({
  /** Names the rule in ledger, rates and demotion; never reused for another meaning. */
  id: z.string().regex(/^[a-z0-9-]{3,64}$/),
  classification: z.enum(CLASSIFICATIONS),
  action: ActionName,
  reasonCode: z.enum(REASON_CODES),
  /** Probability of the classification (functions/detection/findings/classify.ts), at least. */
  probability: Reasoned(share),
  /** Once a case is open under this rule, the probability down to which it goes on; the same where not given. */
  keepsProbability: Reasoned(share).optional(),
  /** Never more than this mode, whatever the mode of the action: `assist` has a person decide about each campaign. */
  mode: Reasoned(Mode).optional(),
  /** How typical of its class the campaign is, at least (functions/detection/findings/typicality.ts). */
  typicality: Reasoned(share).optional(),
  /** What must have brought the members together; either where not given. */
  foundBy: Reasoned(z.enum(FOUND_BY)).optional(),
  /** Legs that must hold (functions/detection/findings/legs.ts). */
  legs: Reasoned(z.array(z.enum(LEGS))).optional(),
  /** Independent families of evidence on the campaign as a whole, at least. */
  campaignFamilies: Reasoned(z.int().min(1).max(5)),
  /** Families that tie each single member to the campaign, at least. */
  memberFamilies: Reasoned(z.int().min(1).max(5)),
  /** Members that may be acted on (core and peripheral), at least, counting those already contained. */
  size: Reasoned(z.int().min(2)),
  /** Requests of an account's own that count as evidence, at least: nobody is acted on for whom he is linked with. */
  memberExchanges: Reasoned(count),
  /** Log-likelihood ratio (nats) that the single account belongs to the campaign, at least. */
  memberScore: Reasoned(z.number()),
  /** The action ends by itself after this many hours unless a person confirms it. */
  expiresAfterHours: Reasoned(z.number().positive()),
  hints: z.array(Hint),
  /** What is asked about the account's money beside the action; nothing where not given. */
  billing: Reasoned(z.array(Billing)).optional(),
});
export type Rule = z.infer<typeof Rule>;

export const Stage = z.strictObject({
  /** Share of the accounts to be contained once this stage is done, 0..1. */
  share: Reasoned(share),
  /** How long its effects are watched before the next stage. */
  watchMinutes: Reasoned(minutes),
});
export type Stage = z.infer<typeof Stage>;

export const EnforcementPolicy = z.strictObject({
  modes: z.record(ActionName, Reasoned(Mode)),
  rules: z.array(Rule),
  protection: z.strictObject({
    /** Never acted on automatically: a person decides about each. */
    plans: Reasoned(z.array(z.enum(PLANS))),
    /** Days after which an account in good standing counts as established: only a person may suspend it. */
    establishedDays: Reasoned(count),
  }),
  hold: z.strictObject({ minMinutes: Reasoned(minutes), maxMinutes: Reasoned(minutes) }),
  approval: z.strictObject({
    /** Accounts above which a case takes two distinct approvers instead of one (mode assist). */
    twoAbove: Reasoned(count),
    /** Accounts above which even mode auto waits for two distinct approvers. */
    autoUpTo: Reasoned(count),
    /** A case nobody decided by then lapses and nothing happens. */
    lapsesAfterHours: Reasoned(z.number().positive()),
  }),
  stages: z.array(Stage).min(1),
  /** Containment stops by itself, as a share of the accounts acted on in the case, once at least `afterAccounts` of them say so. */
  stop: z.strictObject({
    appeals: Reasoned(share),
    reversals: Reasoned(share),
    errors: Reasoned(share),
    afterAccounts: Reasoned(z.int().min(1)),
  }),
  /**
   * Who joins a contained campaign is met in stages as well: at one look, at most `atOnce` times the accounts acted on already; the others once
   * the effects were watched for so long, unless these exceed a limit of `stop`. All at once where not given.
   */
  joining: z.strictObject({ atOnce: Reasoned(z.number().positive()), watchMinutes: Reasoned(minutes) }).optional(),
  budget: z.strictObject({
    perRun: Reasoned(count),
    perHour: Reasoned(count),
    perDay: Reasoned(count),
    shareOfActivePerDay: Reasoned(share),
  }),
  /** A campaign is given back in two steps: this share first, the rest when the provider carries it out. */
  undo: z.strictObject({ firstShare: Reasoned(share), watchMinutes: Reasoned(minutes) }),
  /** While the provider's receiver is down: wait, doubled each time, and give up to a person after `tries`. */
  outage: z.strictObject({ firstRetryMinutes: Reasoned(minutes), tries: Reasoned(z.int().min(1)) }),
  confirmation: z.strictObject({
    /** How long after the acknowledgement the provider's own account events must show the effect. */
    observeWithinMinutes: Reasoned(minutes),
    /** How often an action is asked again before a person is told that the provider does not carry it out. */
    askAgain: Reasoned(count),
  }),
  appeals: z.strictObject({
    linkValidDays: Reasoned(z.number().positive()),
    answerWithinHours: Reasoned(z.number().positive()),
    escalateAgainAfterHours: Reasoned(z.number().positive()),
    /** Distinct reviewers that must agree, none of whom approved the case. */
    reviewersToGrant: Reasoned(z.int().min(1).max(3)),
    reviewersToDeny: Reasoned(z.int().min(1).max(3)),
    exonerationDays: Reasoned(z.number().positive()),
  }),
  /** A rule loses mode auto when more than `grantedShare` of its actions, and at least `atLeast`, were reversed on appeal. */
  demotion: z.strictObject({
    grantedShare: Reasoned(share),
    atLeast: Reasoned(z.int().min(1)),
    windowDays: Reasoned(z.number().positive()),
  }),
  /** What a policy must have shown on labelled traffic before it goes live. */
  goLive: z.strictObject({ precision: Reasoned(share), suspended: Reasoned(z.int().min(1)), lookAlikesTouched: Reasoned(count) }),
});
export type EnforcementPolicy = z.infer<typeof EnforcementPolicy>;
