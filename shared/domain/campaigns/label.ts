import { z } from 'zod';
import type { AccountKey } from '../../identity/ids';
import { CLASSIFICATIONS } from './campaign';

/** What an account really is, as far as somebody who looked could tell. `unclear` is no label: nobody learned anything. */
export const LABELS = ['distillation', 'reselling', 'hijacked-keys', 'shared-origin', 'honest'] as const;
export const LabelValue = z.enum(LABELS);
export type LabelValue = z.infer<typeof LabelValue>;

/**
 * Where a label comes from. analyst: a person wrote it. undo, exoneration: people restored the account, or spoke for it. appeal: two
 * reviewers answered one. confirmation: people confirmed that the action shall stay. verification: the provider's own check.
 */
export const LABEL_SOURCES = ['analyst', 'undo', 'exoneration', 'appeal', 'confirmation', 'verification'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

/** What the machine did about the account when it was labelled: whom the label is held against. */
export const Judged = z.object({ campaign: z.string(), case: z.string(), rule: z.string(), classification: z.enum(CLASSIFICATIONS) });
export type Judged = z.infer<typeof Judged>;

/** One label. `value` null: what the same source said before no longer holds. */
export const Label = z.object({
  account: z.custom<AccountKey>((key) => typeof key === 'string'),
  value: LabelValue.nullable(),
  source: z.enum(LABEL_SOURCES),
  by: z.string(),
  at: z.number(),
  because: z.string(),
  judged: Judged.nullable(),
  /** Hash of the ledger entry it was read from. */
  entry: z.string(),
});
export type Label = z.infer<typeof Label>;

/** A label that a person, or the provider's own check, gave in so many words: the newest entry of the account's chain. */
export const GivenLabel = z.object({
  value: LabelValue.nullable(),
  source: z.enum(['analyst', 'verification']),
  judged: Judged.nullable(),
});
export type GivenLabel = z.infer<typeof GivenLabel>;
export const LABEL_CHAIN = { prefix: 'L#', state: GivenLabel };

/** Newest first; of one moment the one with the lesser hash, so that the order in which they are read decides nothing. */
const newestFirst = (one: Label, other: Label): number => other.at - one.at || (one.entry < other.entry ? -1 : 1);

/** Of all that was ever found out about one account, what stands: the newest that its own source did not take back. Null: nothing. */
export function standingLabel(labels: readonly Label[]): Label | null {
  const heard = new Set<LabelSource>();
  for (const label of [...labels].sort(newestFirst)) {
    if (heard.has(label.source)) continue;
    if (label.value !== null) return label;
    heard.add(label.source);
  }
  return null;
}

/** Did the machine's name for the account hold? An account that is honest, or of another class, was named wrongly. */
export const wasRight = ({ value, judged }: Label): boolean => judged !== null && value === judged.classification;
