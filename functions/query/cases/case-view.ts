import { z } from '@hono/zod-openapi';
import { CLASSIFICATIONS } from '../../../shared/domain/campaigns/campaign';
import { type CaseState, isClosed, type Progress } from '../../../shared/domain/cases/case';
import { keysNamed, unnamed } from '../../../shared/domain/cases/unnamed';
import { mayAct, PERSON_ROLES, type Person } from '../../../shared/domain/person';
import { ACTIONS, MODES } from '../../../shared/domain/policy/enforcement-policy';
import { iso } from '../../../shared/domain/time';
import { orNull, When } from '../../../shared/http/fields';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import { NamedKeyView, namedKeyView, revealed } from '../accounts/account-view';
import { CampaignSummaryView } from '../campaigns/campaign-view';
import { LedgerEntryView } from '../ledger/ledger-view';

/** What the API shows of cases. */

const PROGRESS = [
  'held',
  'awaiting-approval',
  'containing',
  'watching',
  'stopped',
  'contained',
  'undoing',
  'undone',
  'rejected',
  'lapsed',
  'withdrawn',
  'expired',
] as const satisfies readonly Progress['kind'][];

export const CaseView = z
  .object({
    id: z.string(),
    campaign: z.string(),
    classification: z.enum(CLASSIFICATIONS),
    rule: z.string(),
    action: z.enum(ACTIONS),
    mode: z.enum(MODES),
    open: z.boolean(),
    openedAt: When,
    progress: z.enum(PROGRESS),
    stage: z.int().nullable(),
    until: When.nullable().openapi({
      description: 'When the next thing happens by itself: the hold ends, approval lapses, the watch ends, the action expires.',
    }),
    size: z.int().openapi({ description: 'Accounts to be acted on, as of the last detection run or command; once contained, acted on.' }),
    forPeople: z.int().openapi({ description: 'Accounts left to people: protected.' }),
    approversNeeded: z.int(),
    approvals: z.array(z.object({ by: z.string().nullable(), role: z.enum(PERSON_ROLES), at: When, protectedToo: z.boolean() })),
    containedAt: When.nullable(),
    resuming: z.boolean().openapi({ description: 'It was stopped, and somebody approved going on: `approvals` are those to go on.' }),
    undoneAt: When.nullable(),
    undoRequests: z.array(z.object({ by: z.string().nullable(), role: z.enum(PERSON_ROLES), at: When })).openapi({
      description: 'People who asked for an undo that waits for one more.',
    }),
    leftOut: z.array(z.string()).openapi({ description: 'Accounts that a person left out.' }),
    takenIn: z.array(z.string()).openapi({ description: 'Accounts that a person added.' }),
    assignee: z.string().nullable().openapi({ description: 'Who works on it. Null for viewers.' }),
    byHand: z.boolean().openapi({ description: 'Opened by a person; no campaign called for it.' }),
    openedBy: z.string().nullable().openapi({ description: 'Who opened it by hand. Null for viewers.' }),
    keys: z.array(NamedKeyView).openapi({
      description: 'API keys that a person named, of all that the account has: nothing else is done. Empty where none is named.',
    }),
    mayApprove: z.boolean().openapi({ description: 'May the caller approve it now: neither approved nor opened by them.' }),
    because: z.array(z.string()).openapi({ description: 'Why it is where it is.' }),
    sequence: z.int(),
  })
  .openapi('Case');
export type CaseView = z.infer<typeof CaseView>;

export const QueueEntryView = CaseView.extend({ summary: orNull(CampaignSummaryView) }).openapi('QueueEntry');
export const CaseDetailView = CaseView.extend({
  summary: orNull(CampaignSummaryView),
  touched: z.int().openapi({ description: 'Accounts the case acted on so far.' }),
  appeals: z.int(),
  keysAtWork: z.array(z.string()).openapi({
    description:
      'Accounts of which a key still works though the provider acknowledged that it is ended; the first 50. Their ledgers say how it is known.',
  }),
  history: z.array(LedgerEntryView),
}).openapi('CaseDetail');

export function caseView(id: string, head: Entry<CaseState>, to: Person): CaseView {
  const { state } = head;
  return {
    id,
    campaign: state.campaign,
    classification: state.classification,
    rule: state.rule,
    action: state.action,
    mode: state.mode,
    open: !isClosed(state.progress),
    openedAt: iso(state.openedAt),
    progress: state.progress.kind,
    stage: 'stage' in state.progress ? state.progress.stage : null,
    until: untilOf(state.progress),
    size: state.size,
    forPeople: state.forPeople,
    approversNeeded: state.approversNeeded,
    approvals: state.approvals.map((approval) => ({
      by: revealed(to, approval.id),
      role: approval.role,
      at: iso(approval.at),
      protectedToo: approval.protectedToo,
    })),
    containedAt: state.containedAt === null ? null : iso(state.containedAt),
    resuming: state.progress.kind === 'stopped' && state.progress.resuming,
    undoneAt: state.undoneAt === null ? null : iso(state.undoneAt),
    undoRequests: state.undoRequests.map((one) => ({ by: revealed(to, one.id), role: one.role, at: iso(one.at) })),
    leftOut: [...state.leftOut],
    takenIn: [...state.takenIn],
    assignee: revealed(to, state.assignee ?? undefined),
    byHand: state.byHand !== null,
    openedBy: revealed(to, state.byHand?.by),
    keys: keysNamed(head).map((one) => namedKeyView(one, to)),
    mayApprove: mayAct(to, 'reviewer') && state.byHand?.by !== to.id && !state.approvals.some((approval) => approval.id === to.id),
    because: mayAct(to, 'reviewer') ? head.because : unnamed(head),
    sequence: head.sequence,
  };
}

function untilOf(progress: Progress): string | null {
  switch (progress.kind) {
    case 'held':
    case 'watching':
      return iso(progress.until);
    case 'awaiting-approval':
      return iso(progress.lapsesAt);
    case 'containing':
    case 'undoing':
      return iso(progress.retryAt);
    case 'contained':
      return progress.expiresAt === null ? null : iso(progress.expiresAt);
    case 'stopped':
    case 'undone':
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return null;
    default:
      return progress satisfies never;
  }
}
