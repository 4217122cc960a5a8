import { z } from 'zod';
import { CLASSIFICATIONS } from '../../shared/domain/campaigns/campaign';
import type { Measurement } from '../../shared/domain/policy/policy-record';

/** The parts of a replay report (`npm run replay`) that a measurement reads. `policy` is the digest it was replayed with. */
export const ReplayReport = z.object({
  policy: z.object({ digest: z.string() }),
  events: z.object({ read: z.number() }).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  accounts: z.array(z.object({ id: z.string(), standing: z.string(), campaign: z.string().nullable().optional() })),
});
export type ReplayReport = z.infer<typeof ReplayReport>;

/** What labelled accounts really are. Accounts without a label count as honest. */
export const Label = z.object({ id: z.string(), label: z.enum([...CLASSIFICATIONS, 'honest']) });
export type Label = z.infer<typeof Label>;

export type Measured = Pick<Measurement, 'suspended' | 'right' | 'lookAlikesTouched' | 'precision' | 'kept'>;

/**
 * The labels given with a report, with what people here found out put over them: whom an appeal restored counts as honest, whatever a
 * file says. `keyOf` names an account of the report as the kept labels do. `kept`: how many accounts of the report that decided.
 */
export async function withKept(
  { accounts }: ReplayReport,
  given: readonly Label[],
  kept: ReadonlyMap<string, Label['label']>,
  keyOf: (id: string) => Promise<string>,
): Promise<{ labels: Label[]; kept: number }> {
  if (kept.size === 0) return { labels: [...given], kept: 0 };
  const over = new Map<string, Label['label']>();
  for (const { id } of accounts) {
    const known = kept.get(id) ?? kept.get(await keyOf(id));
    if (known !== undefined) over.set(id, known);
  }
  const labels = given.filter(({ id }) => !over.has(id));
  return { labels: [...labels, ...[...over].map(([id, label]) => ({ id, label }))], kept: over.size };
}

/** Was met with something that its owner feels. */
const TOUCHED = new Set(['warned', 'limited', 'challenged', 'key-disabled', 'suspended']);

/** Why report and labels are no measurement; undefined when they are one. An account counts once, whatever it is said to be. */
export function unfit(report: ReplayReport, labels: readonly Label[]): string | undefined {
  const twice = (ids: readonly string[]): boolean => new Set(ids).size < ids.length;
  if (twice(report.accounts.map(({ id }) => id))) return 'the report names an account more than once: a replay does not';
  if (twice(labels.map(({ id }) => id))) return 'the labels name an account more than once';
  return undefined;
}

/** Precision of the suspensions in a report, and how many honest accounts felt anything. No suspension: precision 0, nothing was shown. */
export function measure(report: ReplayReport, labels: readonly Label[], kept = 0): Measured {
  const labelOf = new Map(labels.map(({ id, label }) => [id, label]));
  const honest = (id: string): boolean => (labelOf.get(id) ?? 'honest') === 'honest' || labelOf.get(id) === 'shared-origin';
  const suspended = report.accounts.filter((account) => account.standing === 'suspended');
  const right = suspended.filter((account) => labelOf.get(account.id) === 'distillation').length;
  const lookAlikesTouched = report.accounts.filter((account) => TOUCHED.has(account.standing) && honest(account.id)).length;
  const precision = suspended.length === 0 ? 0 : right / suspended.length;
  return { suspended: suspended.length, right, lookAlikesTouched, precision, kept };
}

/** Why two replays say nothing about each other: they read other events; undefined when they read the same, or do not say. */
export function differentTraffic(before: ReplayReport, after: ReplayReport): string | undefined {
  const same = <T>(one: T | undefined, other: T | undefined): boolean => one === undefined || other === undefined || one === other;
  if (same(before.events?.read, after.events?.read) && same(before.from, after.from) && same(before.to, after.to)) return undefined;
  const words = ({ events, from, to }: ReplayReport): string => `${events?.read ?? '?'} events from ${from ?? '?'} to ${to ?? '?'}`;
  return `These are replays of different traffic, so whose decision differs says nothing: ${words(before)}, and ${words(after)}. Replay the same files with both policies.`;
}

export type Changed = { account: string; from: string; to: string };

/** Whose standing differs between two replays of the same traffic: what a candidate policy would change. Sorted by account. */
export function changedDecisions(before: Pick<ReplayReport, 'accounts'>, after: Pick<ReplayReport, 'accounts'>): Changed[] {
  const from = new Map(before.accounts.map(({ id, standing }) => [id, standing]));
  const to = new Map(after.accounts.map(({ id, standing }) => [id, standing]));
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .map((account) => ({ account, from: from.get(account) ?? 'left alone', to: to.get(account) ?? 'left alone' }))
    .filter((change) => change.from !== change.to);
}
