import { z } from 'zod';
import { AccountFacts } from '../domain/account';
import { HOUR } from '../domain/time';
import type { AccountKey } from '../identity/ids';
import { type Features, type SampleName, SUM, WORDS } from './features';

const counts = z.record(z.string(), z.number());

/** What a person may read about an account's use: counts and shares over the detection window, no identifier, no prompt. */
export const AccountSummary = z.object({
  account: z.custom<AccountKey>((value) => typeof value === 'string'),
  /** When the run that wrote it ran. */
  at: z.number(),
  facts: AccountFacts,
  exchanges: z.number(),
  prevented: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  statuses: counts,
  /** Exchanges by word. */
  models: counts,
  tasks: counts,
  channels: counts,
  languages: counts,
  countries: counts,
  /** Distinct values seen, estimated beyond the size of the sample: addresses, prefixes, clients, keys, templates … */
  distinct: counts,
  /** Share of labelled requests that ask for reasoning or grading, 0..1; absent without labels. */
  elicitsReasoning: z.number().optional(),
  grading: z.number().optional(),
  /** [hour start ms, exchanges, prevented], oldest first. */
  hours: z.array(z.tuple([z.number(), z.number(), z.number()])),
});
export type AccountSummary = z.infer<typeof AccountSummary>;

/** Samples of 52-bit hashes (keyed-hash.ts). */
const HASH_SPACE = 2 ** 52;
const COUNTED = ['ips', 'prefixes', 'clients', 'keys', 'systems', 'templates'] as const satisfies readonly SampleName[];
/** 14 days of hours: what one screen shows. */
const MOST_HOURS = 336;

export function summarize(account: AccountKey, features: Features, facts: AccountFacts, at: number): AccountSummary {
  const { sums, words, samples } = features;
  const sum = (place: number): number => sums[place] ?? 0;
  const share = (part: number, labels: number) => (sum(labels) === 0 ? undefined : sum(part) / 254 / sum(labels));
  const elicitsReasoning = share(SUM.elicitsSum, SUM.elicitsLabels);
  const grading = share(SUM.gradingSum, SUM.gradingLabels);
  const [models, tasks, channels, languages, countries] = WORDS.map((name) => Object.fromEntries(words[name]));
  return {
    account,
    at,
    facts,
    exchanges: features.exchanges,
    prevented: features.prevented,
    inputTokens: sum(SUM.input),
    outputTokens: sum(SUM.output),
    statuses: { ok: sum(SUM.ok), error: sum(SUM.error), refused: sum(SUM.refused), limited: sum(SUM.limited), blocked: sum(SUM.blocked) },
    models: models ?? {},
    tasks: tasks ?? {},
    channels: channels ?? {},
    languages: languages ?? {},
    countries: countries ?? {},
    distinct: Object.fromEntries(COUNTED.map((name) => [name, Math.round(samples[name].distinct(HASH_SPACE))])),
    ...(elicitsReasoning === undefined ? {} : { elicitsReasoning }),
    ...(grading === undefined ? {} : { grading }),
    hours: features.cells.slice(-MOST_HOURS).map((cell) => [cell.hour * HOUR, cell.exchanges, cell.prevented]),
  };
}
