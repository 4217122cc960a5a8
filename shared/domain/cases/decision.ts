import type { AccountKey } from '../../identity/ids';
import type { ActionName, Billing, Hint, Mode } from '../policy/enforcement-policy';
import type { ReasonCode } from './reason-codes';

/** Why a member of a campaign is left alone although the campaign is acted on. */
export const EXCLUSIONS = ['role', 'evidence', 'exempt', 'exonerated', 'protected', 'already', 'not-known', 'left-out', 'tenant'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/** `review`: automatic action is ruled out, people may still act. */
export type MemberDecision =
  | { kind: 'act'; account: AccountKey; because: string[] }
  | { kind: 'review'; account: AccountKey; why: 'protected' | 'placed'; because: string }
  | { kind: 'exclude'; account: AccountKey; why: Exclusion; because: string };

/** What the policy says about a campaign. `leave` and `watch` touch nobody. */
export type Decision =
  | { kind: 'no-action'; because: string[] }
  | { kind: 'watch'; rule: string; reasonCode: ReasonCode; hints: Hint[]; because: string[] }
  | {
      kind: 'act';
      rule: string;
      action: Exclude<ActionName, 'watch'>;
      /** The policy's mode for the action, lowered if the rule was demoted. */
      mode: Exclude<Mode, 'observe'>;
      reasonCode: ReasonCode;
      hints: Hint[];
      billing?: Billing[];
      expiresAfterMs: number;
      because: string[];
      members: MemberDecision[];
    };
