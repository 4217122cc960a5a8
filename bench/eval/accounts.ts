import type { Truth } from '../../simulator/simulate';

/** Right and wrong on single accounts. `falsePer10k`: flagged honest accounts for 10,000 honest ones. */
export type AccountScore = { flagged: number; precision: number | undefined; recall: number | undefined; falsePer10k: number };

export const scoreAccounts = (truths: readonly Truth[], flagged: ReadonlySet<string>): AccountScore => {
  const bad = truths.filter((t) => t.label === 'distillation');
  const honest = truths.filter((t) => t.label !== 'distillation');
  const hits = bad.filter((t) => flagged.has(t.id)).length;
  const wrong = honest.filter((t) => flagged.has(t.id)).length;
  return {
    flagged: hits + wrong,
    precision: hits + wrong > 0 ? hits / (hits + wrong) : undefined,
    recall: bad.length > 0 ? hits / bad.length : undefined,
    falsePer10k: honest.length > 0 ? (10_000 * wrong) / honest.length : 0,
  };
};
