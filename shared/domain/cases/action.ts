import { z } from 'zod';
import type { AccountKey, CampaignId, CaseId, SealedId } from '../../identity/ids';
import { AccountFacts, type Standing } from '../account';
import { NamedKey } from '../api-key';
import { CLASSIFICATIONS } from '../campaigns/campaign';
import { ActionName, Billing, Hint } from '../policy/enforcement-policy';
import { REASON_CODES } from './reason-codes';

/** One action on one account: what was asked, under which case and rule, on what evidence. */
export const Action = z.object({
  /** `<case>.<ledger sequence of the entry that asked>`: the idempotency key at the provider, with the account. */
  id: z.string(),
  action: ActionName,
  case: z.custom<CaseId>(),
  campaign: z.custom<CampaignId>(),
  classification: z.enum(CLASSIFICATIONS),
  rule: z.string(),
  reasonCode: z.enum(REASON_CODES),
  hints: z.array(Hint),
  /** What is asked about its money beside the restriction; once acknowledged, what of it the provider does. */
  billing: z.array(Billing).optional(),
  /** API keys that it is about; without, all of the account. */
  keys: z.array(NamedKey).optional(),
  /** Why this account: the sentences a reviewer reads. */
  because: z.array(z.string()),
  /** Digest of the policy that said so, and the archive key of the campaign version it judged: enough to decide again. */
  policy: z.string(),
  evidence: z.string(),
  /** What was known about the account then (hashes and words, no raw identifier). */
  facts: AccountFacts,
  sealed: z.custom<SealedId>(),
  askedAt: z.number(),
  /** When it ends by itself; null once a person confirmed it. */
  expiresAt: z.number().nullable(),
});
export type Action = z.infer<typeof Action>;

export const REINSTATEMENTS = ['undone', 'reversed', 'appeal-granted', 'exonerated', 'verified', 'expired'] as const;
export const Reinstatement = z.object({
  /** Idempotency key of the restoring request. */
  id: z.string(),
  why: z.enum(REINSTATEMENTS),
  askedAt: z.number(),
});
export type Reinstatement = z.infer<typeof Reinstatement>;

/** Since when it is known that a key which the provider ended still works (keys/watch-keys.ts). */
const atWork = { atWork: z.number().optional() };

/**
 * Where an account stands, as the newest entry of its chain says. An action is asked, then acknowledged by the provider,
 * then observed effective: three facts. A reinstatement is asked and acknowledged likewise.
 */
const phases = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('free') }),
  z.object({ kind: z.literal('asked'), action: Action, attempts: z.int() }),
  z.object({ kind: z.literal('acknowledged'), action: Action, at: z.number(), askedAgain: z.int(), ...atWork }),
  z.object({ kind: z.literal('observed'), action: Action, at: z.number(), ...atWork }),
  /** The provider answered that it will not. */
  z.object({ kind: z.literal('refused'), action: Action, because: z.string() }),
  z.object({ kind: z.literal('reinstating'), action: Action, reinstatement: Reinstatement }),
  z.object({ kind: z.literal('reinstated'), action: Action, reinstatement: Reinstatement, at: z.number() }),
]);

export const AccountState = z.object({
  phase: phases,
  /** No action before this time: granted appeals, undone campaigns, a reviewer's word. Null: none. */
  exoneratedUntil: z.number().nullable(),
  /** Cases that may not act on this account any more (they were undone). */
  barred: z.array(z.custom<CaseId>()),
  /** The identifier key changed: where the account was before, and how far its requests had counted there. */
  carried: z.object({ from: z.custom<AccountKey>((key) => typeof key === 'string'), sequence: z.int() }).optional(),
  /** The identifier key changed: where the account goes on. Nothing is done under this key any more. */
  movedTo: z.custom<AccountKey>((key) => typeof key === 'string').optional(),
});
export type AccountState = z.infer<typeof AccountState>;
export type Phase = AccountState['phase'];

export const UNTOUCHED: AccountState = { phase: { kind: 'free' }, exoneratedUntil: null, barred: [] };

/** Every chain about accounts; 64 listing partitions, by the first character of the key (base64url), so that no one of them runs hot. */
export const ACCOUNT_CHAIN = { prefix: 'A#', state: AccountState, listedIn: (account: string): string => `ACTED#${account.slice(0, 1)}` };

const STANDING_OF: { readonly [action in ActionName]: Standing } = {
  watch: 'watched',
  warn: 'warned',
  limit: 'limited',
  challenge: 'challenged',
  'disable-key': 'key-disabled',
  suspend: 'suspended',
};

/** The action that is in force (asked counts: the provider may have carried it out already), or undefined. */
export function inForce(state: AccountState | undefined): Action | undefined {
  const phase = state?.phase;
  switch (phase?.kind) {
    case 'asked':
    case 'acknowledged':
    case 'observed':
      return phase.action;
    case undefined:
    case 'free':
    case 'refused':
    case 'reinstating':
    case 'reinstated':
      return undefined;
    default:
      return phase satisfies never;
  }
}

export function standingIn(state: AccountState | undefined): Standing {
  const action = inForce(state);
  return action ? STANDING_OF[action.action] : 'active';
}
