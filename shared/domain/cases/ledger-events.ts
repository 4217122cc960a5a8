import { ACTIONS } from '../policy/enforcement-policy';
import { REINSTATEMENTS } from './action';
import type { Progress } from './case';
import { EFFECTS } from './exoneration';

/**
 * What can happen to each subject of the ledger, in the words of its entries. Every entry goes out to the provider's own systems as
 * `lockstep.<subject>.<word>` (functions/enforcement/ledger/publish.ts): a word here is a promise to them. Nothing else can be written,
 * because a draft takes these words only; docs/events.md is written from this table.
 */
const asked = ACTIONS.map((action) => `${action} asked` as const);
const progress = [
  ...['held', 'awaiting-approval', 'containing', 'watching', 'stopped', 'contained'],
  ...['undoing', 'undone', 'rejected', 'lapsed', 'withdrawn', 'expired'],
] as const satisfies readonly Progress['kind'][];

export const LEDGER_EVENTS = {
  account: {
    prefixes: ['A#'],
    words: [
      ...asked,
      ...(['acknowledged', 'refused', 'asked again', 'observed', 'key still works', 'confirmed'] as const),
      ...REINSTATEMENTS,
      ...(['reinstated', 'restore asked again', 'barred', 'exoneration revoked', 'carried over', 'moved'] as const),
    ],
  },
  case: {
    prefixes: ['K#'],
    words: [
      ...([
        'opened',
        'approved',
        'resumed',
        'confirmed',
        'accounts chosen',
        'undo asked',
        'noted',
        'claimed',
        'assigned',
        'left to anybody',
      ] as const),
      ...progress,
    ],
  },
  decision: { prefixes: ['D#'], words: ['no-action', 'watch', 'act'] },
  exoneration: { prefixes: ['X#'], words: [...EFFECTS, 'revoked'] },
  rule: { prefixes: ['R#'], words: ['demoted', 'reinstated'] },
  policy: { prefixes: ['P#', 'LIVE#'], words: ['drafted', 'reviewed', 'measured', 'live', 'rolled back'] },
  appeal: { prefixes: ['AP#'], words: ['appealed', 'reviewed', 'granted', 'denied', 'moot', 'escalated'] },
  verification: {
    prefixes: ['V#'],
    words: ['asked', 'passed', 'failed', 'abandoned', 'lapsed', 'released', 'taken back', 'moot'],
  },
  label: { prefixes: ['L#'], words: ['labelled', 'label withdrawn'] },
  disclosure: { prefixes: ['DS#'], words: ['disclosed'] },
  erasure: { prefixes: ['ER#'], words: ['erasure asked', 'erased'] },
  operator: { prefixes: ['O#'], words: ['imported', 'revoked'] },
  referral: {
    prefixes: ['RF#'],
    words: ['referred', 'approved', 'sent', 'refused', 'acknowledged', 'acted', 'declined', 'overdue', 'withdrawal asked', 'withdrawn'],
  },
  canary: { prefixes: ['CN#'], words: ['tokens issued', 'echoed', 'withdrawn'] },
  'legal-hold': { prefixes: ['LH#'], words: ['placed', 'released'] },
  regrouping: { prefixes: ['G#'], words: ['merged', 'split', 'added', 'removed', 'agreed', 'withdrawn'] },
  'kill-switch': { prefixes: ['SWITCH#'], words: ['armed', 'stopped'] },
} as const satisfies Record<string, { prefixes: readonly string[]; words: readonly string[] }>;

export type Subject = keyof typeof LEDGER_EVENTS;
/** One word of any subject. */
export type What = (typeof LEDGER_EVENTS)[Subject]['words'][number];

/** What an event is called outside. */
export const eventType = (subject: Subject, what: string): string => `lockstep.${subject}.${what.replaceAll(' ', '-')}`;

/** The subject that a chain is about, by how its name begins. */
export function subjectOfChain(chain: string): { subject: Subject; id: string } | undefined {
  for (const [subject, { prefixes }] of Object.entries(LEDGER_EVENTS))
    for (const prefix of prefixes) if (chain.startsWith(prefix)) return { subject: subject as Subject, id: chain.slice(prefix.length) };
  return undefined;
}
