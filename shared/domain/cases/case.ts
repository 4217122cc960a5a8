import { z } from 'zod';
import type { AccountKey, CampaignId, Hash64 } from '../../identity/ids';
import { CLASSIFICATIONS } from '../campaigns/campaign';
import { PERSON_ROLES } from '../person';
import { ActionName, MODES } from '../policy/enforcement-policy';
import { REASON_CODES } from './reason-codes';

export const Approval = z.object({
  id: z.string(),
  role: z.enum(PERSON_ROLES),
  at: z.number(),
  /** The approver wants protected accounts acted on too; it takes two approvers who both do. */
  protectedToo: z.boolean(),
});
export type Approval = z.infer<typeof Approval>;

/** The account that a look over all accounts of the case came to last, where more were to be done than one step does. */
const Past = z.string().optional();

/** Where the containment of a campaign is. Each kind is a state of the state machine (infra/machines/suspension-machine.ts). */
export const Progress = z.discriminatedUnion('kind', [
  /** Delayed by chance, so that the reaction does not follow one request. */
  z.object({ kind: z.literal('held'), until: z.number() }),
  z.object({ kind: z.literal('awaiting-approval'), lapsesAt: z.number() }),
  /** `outages`: how often the provider was down in a row; nothing is asked before `retryAt`. */
  z.object({ kind: z.literal('containing'), stage: z.int(), outages: z.int(), retryAt: z.number() }),
  z.object({ kind: z.literal('watching'), stage: z.int(), until: z.number() }),
  /** By a stop limit, or because the policy or the evidence no longer carries it: people let it go on, or undo. What is in force still expires. */
  z.object({ kind: z.literal('stopped'), stage: z.int(), resuming: z.boolean(), expiresAt: z.number().nullable(), past: Past }),
  /** `checkAt`: when requested, acknowledged and observed are compared next; null when all agree. */
  z.object({
    kind: z.literal('contained'),
    checkAt: z.number().nullable(),
    expiresAt: z.number().nullable(),
    /** At the last look: actions not yet seen effective, and those the provider acknowledged and never carried out. Absent before it. */
    outstanding: z.object({ waiting: z.int(), givenUp: z.int() }).optional(),
    past: Past,
  }),
  z.object({ kind: z.literal('undoing'), stage: z.int(), retryAt: z.number(), exoneratedUntil: z.number(), past: Past }),
  z.object({ kind: z.literal('undone'), checkAt: z.number().nullable(), checks: z.int(), past: Past }),
  z.object({ kind: z.literal('rejected') }),
  z.object({ kind: z.literal('lapsed') }),
  /** The evidence or the policy no longer asked for it before anything was done. */
  z.object({ kind: z.literal('withdrawn') }),
  z.object({ kind: z.literal('expired') }),
]);
export type Progress = z.infer<typeof Progress>;

/** Accounts that people may leave out of a case, or take into it, one by one: every entry of the case carries them. */
export const MOST_CHOSEN = 2_000;

export const CaseState = z.object({
  campaign: z.custom<CampaignId>(),
  classification: z.enum(CLASSIFICATIONS),
  rule: z.string(),
  action: ActionName,
  mode: z.enum(MODES),
  openedAt: z.number(),
  /** Accounts the decision wanted acted on when the case was opened, and those left to people. */
  size: z.int(),
  forPeople: z.int(),
  /** Distinct approvers it takes. */
  approversNeeded: z.int(),
  approvals: z.array(Approval),
  /** People who confirmed that what was done by then shall not expire. */
  confirmations: z.array(Approval),
  /** Effects a person had seen when they let a stopped case go on: only what came after can stop it again. */
  forgiven: z.object({ appeals: z.int(), reversals: z.int(), errors: z.int() }),
  containedAt: z.number().nullable(),
  /** When a part of those who joined was met last, with others left for a later look. */
  partMetAt: z.number().optional(),
  /** People who asked that everything the case did be undone; it begins when enough of them did. */
  undoRequests: z.array(Approval).default([]),
  undoneAt: z.number().nullable().default(null),
  /** Accounts that a person left out of the case, and accounts that a person added to it, each on top of what the policy decides. */
  leftOut: z.array(z.custom<AccountKey>()).default([]),
  takenIn: z.array(z.custom<AccountKey>()).default([]),
  /** Who works on it, if anybody claimed it. */
  assignee: z.string().nullable().default(null),
  /** Whom notes asked (`@person`) and who did nothing about the case since. */
  mentioned: z.array(z.string()).default([]),
  /** Opened by a person about the accounts taken in; no campaign and no rule called for it. */
  byHand: z
    .object({
      by: z.string(),
      because: z.string(),
      reasonCode: z.enum(REASON_CODES),
      expiresAfterHours: z.number(),
      /** API keys of the one account that it is about. */
      keys: z.array(z.custom<Hash64>()).optional(),
    })
    .nullable()
    .default(null),
  progress: Progress,
});
export type CaseState = z.infer<typeof CaseState>;

export const CASES = 'CASES';
export const CASE_CHAIN = { prefix: 'K#', state: CaseState, listedIn: (): string => CASES };

/** Nothing more will happen in the case by itself. */
export const isClosed = (progress: Progress): boolean => {
  switch (progress.kind) {
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return true;
    case 'undone':
      return progress.checkAt === null;
    case 'held':
    case 'awaiting-approval':
    case 'containing':
    case 'watching':
    case 'stopped':
    case 'contained':
    case 'undoing':
      return false;
    default:
      return progress satisfies never;
  }
};

/** May the case ask for actions on accounts? Read again after every pointer and before every action: an undo always wins. */
export const mayAct = (progress: Progress): boolean => progress.kind === 'containing' || progress.kind === 'contained';

/** What a step of a case answers: the state machine branches on `kind` and on nothing else. */
export type StepAnswer =
  | { kind: 'again'; because: string }
  | { kind: 'wait'; until: number; because: string }
  | { kind: 'await-people'; until: number | null; because: string }
  | { kind: 'closed'; because: string };

const MOST_MENTIONED = 20;
/** `@` and the id of a person, as the API and the console show it; at the beginning or after a space, so that no address counts. */
const MENTION = /(?<=^|[\s(])@([A-Za-z0-9](?:[A-Za-z0-9._+@-]*[A-Za-z0-9])?)/g;
/** Whom a note asks. */
export const mentionsIn = (text: string): string[] =>
  [...new Set([...text.matchAll(MENTION)].map(([, id]) => id ?? ''))].slice(0, MOST_MENTIONED);
