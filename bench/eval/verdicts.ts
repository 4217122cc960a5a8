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
export type Tuned = { setting: string; threshold: number; f1: number; verdict: Verdict };

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

/** One baseline, run now and then on everything seen so far; tuned at the end with the truth in hand. */
export class BaselineRun {
  private readonly runs = new Map<string, Scored[]>();
  constructor(readonly baseline: Baseline) {}

  /** `at`: ms, the moment its flags would be acted on. */
  run(seen: Observations, at: number): void {
    for (const setting of this.baseline.settings)
      this.runs.set(setting.name, [...(this.runs.get(setting.name) ?? []), { at, scores: setting.score(seen) }]);
  }

  tuned(truths: readonly Truth[]): Tuned {
    const bad = new Set(truths.filter((t) => t.label === 'distillation' && t.total > 0).map((t) => t.id));
    let best: Tuned = { setting: 'none', threshold: Infinity, f1: 0, verdict: { accounts: [], campaigns: [] } };
    for (const [setting, scored] of this.runs) {
      const highest = new Map<string, number>();
      for (const { scores } of scored) for (const [id, score] of scores) highest.set(id, Math.max(highest.get(id) ?? 0, score));
      const { threshold, f1 } = bestThreshold(highest, bad);
      if (f1 > best.f1) best = { setting, threshold, f1, verdict: flagged(scored, threshold) };
    }
    return best;
  }
}

const flagged = (scored: readonly Scored[], threshold: number): Verdict => {
  const since = new Map<string, number>();
  for (const { at, scores } of scored) for (const [id, score] of scores) if (score >= threshold && !since.has(id)) since.set(id, at);
  return { accounts: [...since].map(([id, at]) => ({ id, contained: true, suspended: true, detectedAt: at, actedAt: at })), campaigns: [] };
};
