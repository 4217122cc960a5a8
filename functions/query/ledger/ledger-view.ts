import { z } from '@hono/zod-openapi';
import type { LedgerEntry } from '../../../shared/domain/cases/ledger';
import { subjectOfChain } from '../../../shared/domain/cases/ledger-events';
import { keysNamed, unnamed } from '../../../shared/domain/cases/unnamed';
import { type Actor, mayAct, PERSON_ROLES, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { When } from '../../../shared/http/fields';
import { NamedKeyView, namedKeyView, revealed } from '../accounts/account-view';

/** What the API shows of the ledger. The state an entry carries is not shown whole: it holds sealed ids. */

export const SUBJECTS = [
  'account',
  'case',
  'exoneration',
  'decision',
  'rule',
  'kill-switch',
  'policy',
  'appeal',
  'operator',
  'label',
  'disclosure',
  'regrouping',
  'erasure',
  'legal-hold',
  'verification',
  'canary',
  'referral',
  'other',
] as const;

export const ActorView = z
  .object({
    kind: z.enum(['person', 'policy', 'clock', 'provider', 'appellant']),
    id: z.string().nullable().openapi({ description: 'The person, or the rule of the policy. Persons are null for viewers.' }),
    role: z.enum(PERSON_ROLES).nullable(),
  })
  .openapi('Actor');

export const LedgerEntryView = z
  .object({
    subject: z.object({
      kind: z.enum(SUBJECTS),
      id: z.string().openapi({ description: 'For viewers, an exoneration of an organisation is `organization`, without its keyed hash.' }),
    }),
    sequence: z.int(),
    at: When,
    actor: ActorView,
    what: z.string(),
    because: z.array(z.string()),
    state: z.string().nullable().openapi({ description: 'What the subject is now, in a word.' }),
    keys: z.array(NamedKeyView).openapi({ description: 'API keys that it is about; empty where none is named.' }),
    hash: z.string(),
    previous: z.string(),
  })
  .openapi('LedgerEntry');
export type LedgerEntryView = z.infer<typeof LedgerEntryView>;

export function actorView(actor: Actor, to: Person): z.infer<typeof ActorView> {
  switch (actor.kind) {
    case 'person':
      return { kind: 'person', id: revealed(to, actor.id), role: actor.role };
    case 'policy':
      return { kind: 'policy', id: actor.rule, role: null };
    case 'clock':
    case 'provider':
    case 'appellant':
      return { kind: actor.kind, id: null, role: null };
    default:
      return actor satisfies never;
  }
}

export function subjectOf(chain: string): LedgerEntryView['subject'] {
  const of = subjectOfChain(chain);
  return of ? { kind: of.subject, id: of.id } : { kind: 'other', id: chain };
}

/** Accounts are named by keys that everybody here may see; of an organisation viewers see no keyed hash (docs/api.md). */
const withoutHashes = ({ kind, id }: LedgerEntryView['subject']): LedgerEntryView['subject'] => ({
  kind,
  id: kind === 'exoneration' ? id.replace(/^organization:.*/, 'organization') : id,
});

/** The word that says most: an account's phase, a case's progress, a decision's kind. */
const Telling = z.object({
  phase: z.object({ kind: z.string() }).optional(),
  progress: z.object({ kind: z.string() }).optional(),
  effect: z.string().optional(),
  kind: z.string().optional(),
});

export function ledgerEntryView(entry: LedgerEntry & { hash: string }, to: Person): LedgerEntryView {
  const state = Telling.safeParse(entry.state);
  const word = state.success ? (state.data.phase?.kind ?? state.data.progress?.kind ?? state.data.effect ?? state.data.kind) : undefined;
  const { sequence, what, hash, previous } = entry;
  const because = mayAct(to, 'reviewer') ? entry.because : unnamed(entry);
  return {
    subject: mayAct(to, 'reviewer') ? subjectOf(entry.chain) : withoutHashes(subjectOf(entry.chain)),
    sequence,
    at: iso(entry.at),
    actor: actorView(entry.actor, to),
    what,
    because,
    state: word ?? null,
    keys: keysNamed(entry).map((one) => namedKeyView(one, to)),
    hash,
    previous,
  };
}
