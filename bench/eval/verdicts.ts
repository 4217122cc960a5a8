import type { Truth } from '../../local/simulator/simulate';
import type { Baseline } from '../baselines/baseline';
import type { Observations } from '../baselines/observations';
import type { Verdict } from './measure';
import type { Report } from './report';

export const verdictOf = (report: Report): Verdict => ({
  accounts: report.accounts.map((account) => ({
    id: account.id,
    contained: account.standing === 'suspended' || account.standing === 'limited' || account.standing === 'challenged',
    suspended: account.standing === 'suspended',
    detectedAt: Date.parse(account.detectedAt),
    actedAt: account.actedAt === null ? undefined : Date.parse(account.actedAt),
  })),
  campaigns: report.campaigns.map((campaign) => ({
    kind: campaign.kind,
    accounts: campaign.accounts,
    detectedAt: Date.parse(campaign.detectedAt),
  })),
});

type Scored = { at: number; scores: ReadonlyMap<string, number> };
/** Best F1, and beside it the best recall of any setting that flags at most 10 of 10,000 honest accounts. */
export type Tuned = { setting: string; threshold: number; f1: number; strictRecall: number; verdict: Verdict };
const STRICT = 10 / 10_000;

/** The threshold on the highest score an account ever had that gives the best F1 over accounts, ties to the higher one. */
export const bestThreshold = (highest: ReadonlyMap<string, number>, bad: ReadonlySet<string>): { threshold: number; f1: number } => {
  const ranked = [...highest].filter(([, score]) => score > 0).sort((x, y) => y[1] - x[1]);
  let best = { threshold: Infinity, f1: 0 };
  let hits = 0;
  ranked.forEach(([id, score], i) => {
    if (bad.has(id)) hits++;
    if (ranked[i + 1]?.[1] === score) return;
    const f1 = (2 * hits) / (i + 1 + bad.size);
    if (f1 > best.f1) best = { threshold: score, f1 };
  });
  return best;
};

/** The most of `bad` that can be flagged by a threshold while at most `limit` of the `honest` are. */
export const recallWithin = (
  highest: ReadonlyMap<string, number>,
  bad: ReadonlySet<string>,
  honest: ReadonlySet<string>,
  limit: number,
): number => {
  const ranked = [...highest].filter(([, score]) => score > 0).sort((x, y) => y[1] - x[1]);
  let best = 0;
  let hits = 0;
  let wrong = 0;
  for (const [i, [id, score]] of ranked.entries()) {
    if (bad.has(id)) hits++;
    if (honest.has(id)) wrong++;
    if (wrong > limit * honest.size) break;
    if (ranked[i + 1]?.[1] !== score) best = hits;
  }
  return bad.size > 0 ? best / bad.size : 0;
};

/** One baseline, run now and then on everything seen so far; tuned at the end with the truth in hand. */
export class BaselineRun {
  private readonly runs = new Map<string, Scored[]>();
  constructor(readonly baseline: Baseline) {}

  /** `at`: ms, the moment its flags would be acted on. */
  run(seen: Observations, at: number): void {
    for (const { setting, scores } of this.baseline.score(seen))
      this.runs.set(setting, [...(this.runs.get(setting) ?? []), { at, scores }]);
  }

  /** Accounts that some run scored at least `threshold`. */
  flaggedAt(setting: string, threshold: number): Set<string> {
    return new Set(flagged(this.runs.get(setting) ?? [], threshold).accounts.map((account) => account.id));
  }

  /** Without anybody to find there is nothing to tune on: then `before` is applied, the choice made on another world. */
  tuned(truths: readonly Truth[], before?: Tuned): Tuned {
    const bad = new Set(truths.filter((t) => t.label === 'distillation' && t.total > 0).map((t) => t.id));
    if (bad.size === 0 && before) return { ...before, verdict: flagged(this.runs.get(before.setting) ?? [], before.threshold) };
    const honest = new Set(truths.filter((t) => t.label !== 'distillation').map((t) => t.id));
    const known = new Set(truths.map((t) => t.id));
    let best: Tuned = { setting: 'none', threshold: Infinity, f1: 0, strictRecall: 0, verdict: { accounts: [], campaigns: [] } };
    let strictRecall = 0;
    for (const [setting, scored] of this.runs) {
      const highest = new Map<string, number>();
      for (const { scores } of scored)
        for (const [id, score] of scores) if (known.has(id)) highest.set(id, Math.max(highest.get(id) ?? 0, score));
      strictRecall = Math.max(strictRecall, recallWithin(highest, bad, honest, STRICT));
      const { threshold, f1 } = bestThreshold(highest, bad);
      if (f1 > best.f1) best = { setting, threshold, f1, strictRecall, verdict: flagged(scored, threshold) };
    }
    return { ...best, strictRecall };
  }
}

const flagged = (scored: readonly Scored[], threshold: number): Verdict => {
  const since = new Map<string, number>();
  for (const { at, scores } of scored) for (const [id, score] of scores) if (score >= threshold && !since.has(id)) since.set(id, at);
  return { accounts: [...since].map(([id, at]) => ({ id, contained: true, suspended: true, detectedAt: at, actedAt: at })), campaigns: [] };
};
