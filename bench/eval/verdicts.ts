import type { Truth } from '../../simulator/simulate';
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
    classification: campaign.kind,
    accounts: campaign.accounts,
    detectedAt: Date.parse(campaign.detectedAt),
  })),
});

type Scored = { at: number; scores: ReadonlyMap<string, number> };
/** One way to use a baseline: a setting and the score from which accounts are flagged. */
export type Choice = { setting: string; threshold: number; f1: number; recall: number; verdict: Verdict };
/** The choice with the best F1, and the one with the best recall that flags at most `STRICT` of the honest. */
export type Tuned = { best: Choice; strict: Choice };
export const STRICT = 10 / 10_000;

export type Cut = { threshold: number; f1: number; recall: number; wrong: number };
/** What each threshold on the highest score of each account gives, from the highest down; equal scores are never parted. */
export const cuts = (highest: ReadonlyMap<string, number>, bad: ReadonlySet<string>, honest: ReadonlySet<string>): Cut[] => {
  const ranked = [...highest].filter(([, score]) => score > 0).sort((x, y) => y[1] - x[1]);
  const found: Cut[] = [];
  let hits = 0;
  let wrong = 0;
  for (const [i, [id, score]] of ranked.entries()) {
    if (bad.has(id)) hits++;
    if (honest.has(id)) wrong++;
    if (ranked[i + 1]?.[1] !== score)
      found.push({ threshold: score, f1: (2 * hits) / (hits + wrong + bad.size), recall: hits / Math.max(1, bad.size), wrong });
  }
  return found;
};

const NONE: Choice = { setting: 'none', threshold: Infinity, f1: 0, recall: 0, verdict: { accounts: [], campaigns: [] } };

/** One baseline, run now and then on everything seen so far; tuned at the end with the truth in hand. */
export class BaselineRun {
  private readonly runs = new Map<string, Scored[]>();
  constructor(readonly baseline: Baseline) {}

  /** `at`: ms, the moment its flags would be acted on. */
  run(seen: Observations, at: number): void {
    for (const { setting, scores } of this.baseline.score(seen))
      this.runs.set(setting, [...(this.runs.get(setting) ?? []), { at, scores }]);
  }

  /** What a setting and a threshold would have flagged, and when. */
  flagged(setting: string, threshold: number): Verdict {
    const since = new Map<string, number>();
    for (const { at, scores } of this.runs.get(setting) ?? [])
      for (const [id, score] of scores) if (score >= threshold && !since.has(id)) since.set(id, at);
    return {
      accounts: [...since].map(([id, at]) => ({ id, contained: true, suspended: true, detectedAt: at, actedAt: at })),
      campaigns: [],
    };
  }

  /**
   * Without anybody to find there is nothing to tune on: then `before` is applied, the choices made on another world.
   * `allowed`: share of the honest that the strict choice may flag.
   */
  tuned(truths: readonly Truth[], before?: Tuned, allowed = STRICT): Tuned {
    const bad = new Set(truths.filter((t) => t.label === 'distillation' && t.total > 0).map((t) => t.id));
    const honest = new Set(truths.filter((t) => t.label !== 'distillation').map((t) => t.id));
    const again = (choice: Choice): Choice => ({ ...choice, verdict: this.flagged(choice.setting, choice.threshold) });
    if (bad.size === 0 && before) return { best: again(before.best), strict: again(before.strict) };
    let best = NONE;
    let strict = NONE;
    for (const [setting, scored] of this.runs) {
      const highest = new Map<string, number>();
      for (const { scores } of scored) for (const [id, score] of scores) highest.set(id, Math.max(highest.get(id) ?? 0, score));
      for (const cut of cuts(highest, bad, honest)) {
        if (cut.f1 > best.f1) best = { ...NONE, ...cut, setting };
        if (cut.wrong <= allowed * honest.size && cut.recall > strict.recall) strict = { ...NONE, ...cut, setting };
      }
    }
    return { best: again(best), strict: again(strict) };
  }
}
