import type { Campaign } from '../../domain/campaigns/campaign';
import { AccountState } from '../../domain/cases/action';
import { DecisionRecord } from '../../domain/cases/decision-record';
import type { LedgerEntry } from '../../domain/cases/ledger';
import { subjectOfChain } from '../../domain/cases/ledger-events';
import type { Actor } from '../../domain/person';

/**
 * What happened here in the words of the Open Cybersecurity Schema Framework, version 1.3.0: findings and decisions about campaigns as
 * Detection Finding (2004), actions on accounts as Account Change (3001), everything else in the ledger as Entity Management (3004), and
 * calls of the API as API Activity (6003). test/siem holds each to the framework's own schema. Keyed hashes and words only, as on the
 * event bus; what people wrote stays in the ledger.
 */
export const OCSF_VERSION = '1.3.0';
export const OCSF_CLASSES = {
  detection_finding: { uid: 2004, category: 2, caption: 'Detection Finding' },
  account_change: { uid: 3001, category: 3, caption: 'Account Change' },
  entity_management: { uid: 3004, category: 3, caption: 'Entity Management' },
  api_activity: { uid: 6003, category: 6, caption: 'API Activity' },
} as const;
export type OcsfClass = keyof typeof OCSF_CLASSES;
/** Times are milliseconds of the epoch, as OCSF has them. */
export type OcsfEvent = {
  class_uid: (typeof OCSF_CLASSES)[OcsfClass]['uid'];
  class_name: string;
  category_uid: number;
  activity_id: number;
  activity_name: string;
  type_uid: number;
  severity_id: number;
  time: number;
  message: string;
  metadata: { version: string; uid: string; product: { name: string; vendor_name: string } };
} & { readonly [field: string]: unknown };

const SEVERITY = { informational: 1, low: 2, medium: 3, high: 4 } as const;
const ACTIVITY = { create: 1, read: 2, update: 3, remove: 4, other: 99 } as const;

function event(
  name: OcsfClass,
  uid: string,
  time: number,
  activity: { id: number; name: string },
  severity: keyof typeof SEVERITY,
  message: string,
  fields: { readonly [field: string]: unknown },
): OcsfEvent {
  const { uid: class_uid, category, caption } = OCSF_CLASSES[name];
  return {
    class_uid,
    class_name: caption,
    category_uid: category,
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: class_uid * 100 + activity.id,
    severity_id: SEVERITY[severity],
    time,
    message,
    metadata: { version: OCSF_VERSION, uid, product: { name: 'Lockstep', vendor_name: 'Lockstep' } },
    ...fields,
  };
}

type Recorded = LedgerEntry & { hash: string };
/** Of a campaign, what a finding says beside the decision. */
export type Found = Pick<Campaign, 'classification' | 'probabilities' | 'firstSeen' | 'lastSeen' | 'evidence'> & { accounts: number };

/** One entry of the ledger; undefined for a chain that is none of ours. `found`: the campaign that a decision is about. */
export function ocsfOfEntry(entry: Recorded, found?: Found): OcsfEvent | undefined {
  const about = subjectOfChain(entry.chain);
  if (!about) return undefined;
  if (about.subject === 'decision') return ofDecision(about.id, entry, found);
  if (about.subject === 'account') return ofAccount(about.id, entry);
  const activity = entry.sequence === 1 ? { id: ACTIVITY.create, name: 'Create' } : { id: ACTIVITY.update, name: 'Update' };
  return event('entity_management', entry.hash, entry.at, activity, 'informational', `${about.subject} ${about.id}: ${entry.what}`, {
    entity: { uid: about.id, type: about.subject, name: `${about.subject} ${about.id}` },
    comment: entry.what,
    unmapped: { actor: whoIs(entry.actor), sequence: entry.sequence },
  });
}

const FINDING = {
  act: { id: 1, name: 'Create', severity: 'high', status: 1 },
  watch: { id: 1, name: 'Create', severity: 'low', status: 1 },
  'no-action': { id: 3, name: 'Close', severity: 'informational', status: 4 },
} as const;

function ofDecision(campaign: string, entry: Recorded, found: Found | undefined): OcsfEvent | undefined {
  const decision = DecisionRecord.safeParse(entry.state);
  if (!decision.success) return undefined;
  const { kind, rule, action, mode, act, review, exclude, policy, evidence } = decision.data;
  const { severity, status, ...of } = FINDING[kind];
  const activity = entry.sequence > 1 && kind !== 'no-action' ? { id: 2, name: 'Update' } : of;
  const title = `Campaign ${campaign}: ${kind}${action === undefined ? '' : `, ${action}`}`;
  return event('detection_finding', entry.hash, entry.at, activity, severity, title, {
    status_id: status,
    finding_info: {
      uid: campaign,
      title,
      desc: entry.because.join('; '),
      modified_time: entry.at,
      ...(rule === undefined ? {} : { analytic: { type_id: 1, type: 'Rule', uid: rule, name: rule } }),
      ...(found ? { types: [found.classification], first_seen_time: found.firstSeen, last_seen_time: found.lastSeen } : {}),
    },
    ...(found ? { confidence_score: Math.round(100 * found.probabilities[found.classification]), count: Math.max(1, found.accounts) } : {}),
    ...(found && found.evidence.length > 0
      ? {
          evidences: found.evidence.map(({ detector, family, because, strength, numbers }) => ({
            data: { detector, family, because, strength, numbers },
          })),
        }
      : {}),
    unmapped: { act, review, exclude, policy, evidence, ...(mode === undefined ? {} : { mode }) },
  });
}

/** What became of the account's access: only once the provider acknowledged it. */
function changeOf(state: AccountState, what: string): { id: number; name: string; severity: keyof typeof SEVERITY } {
  const { phase } = state;
  if (what === 'acknowledged' && phase.kind === 'acknowledged') {
    if (phase.action.action === 'suspend') return { id: 5, name: 'Disable', severity: 'high' };
    if (phase.action.action !== 'warn' && phase.action.action !== 'watch') return { id: 9, name: 'Lock', severity: 'medium' };
  }
  if (what === 'reinstated') return { id: 2, name: 'Enable', severity: 'informational' };
  return { id: ACTIVITY.other, name: what, severity: 'informational' };
}

function ofAccount(account: string, entry: Recorded): OcsfEvent | undefined {
  const state = AccountState.safeParse(entry.state);
  if (!state.success) return undefined;
  const { severity, ...activity } = changeOf(state.data, entry.what);
  const { phase } = state.data;
  const action = phase.kind === 'free' ? undefined : phase.action;
  return event('account_change', entry.hash, entry.at, activity, severity, `Account ${account}: ${entry.what}`, {
    user: { uid: account, type_id: 1 },
    actor: { app_name: 'Lockstep', ...(entry.actor.kind === 'person' ? { user: { uid: entry.actor.id } } : {}) },
    ...(action ? { policy: { uid: action.policy, name: action.rule } } : {}),
    unmapped: {
      sequence: entry.sequence,
      ...(action ? { action: action.action, case: action.case, campaign: action.campaign, reason: action.reasonCode } : {}),
    },
  });
}

const whoIs = (actor: Actor): string => (actor.kind === 'person' ? actor.id : actor.kind);

/** A call of the API, as the access log keeps it. */
export type Call = {
  at: number;
  requestId: string;
  principal?: string | undefined;
  role?: string | undefined;
  method: string;
  route: string;
  subjects: Readonly<Record<string, string>>;
  status: number;
  milliseconds: number;
};
const CALLS: Readonly<Record<string, { id: number; name: string }>> = {
  GET: { id: ACTIVITY.read, name: 'Read' },
  POST: { id: ACTIVITY.create, name: 'Create' },
  PUT: { id: ACTIVITY.update, name: 'Update' },
  DELETE: { id: ACTIVITY.remove, name: 'Delete' },
};

export function ocsfOfCall({ at, requestId, principal, role, method, route, subjects, status, milliseconds }: Call): OcsfEvent {
  const activity = CALLS[method] ?? { id: ACTIVITY.other, name: method };
  const refused = status === 401 || status === 403;
  const resources = Object.entries(subjects).map(([type, uid]) => ({ type, uid }));
  return event('api_activity', requestId, at, activity, refused ? 'low' : 'informational', `${method} ${route}: ${status}`, {
    status_id: status < 400 ? 1 : 2,
    status_code: String(status),
    duration: Math.round(milliseconds),
    actor: {
      app_name: 'Lockstep API',
      ...(principal === undefined ? {} : { user: { uid: principal, type: role ?? 'unknown', type_id: 99 } }),
    },
    api: { operation: `${method} ${route}`, service: { name: 'Lockstep' }, request: { uid: requestId }, response: { code: status } },
    // Addresses are not kept: the access log names people, and nobody's network.
    src_endpoint: { name: 'not kept' },
    ...(resources.length > 0 ? { resources } : {}),
  });
}
