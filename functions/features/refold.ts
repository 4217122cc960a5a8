import { HOUR, hourLabel, hourOf } from '../../shared/domain/time';
import type { Table } from '../../shared/ports';
import { foldedAgain } from '../../shared/stores/archive/manifest-store';

/**
 * Makes the next plan seal the hours of [from, to) again, as new versions over the same chunks, so that they are folded once more
 * by the code of today. May be repeated. Answers how many hours had a plan: hours without events have none.
 */
export async function refold(table: Table, from: number, to: number): Promise<number> {
  let marked = 0;
  for (let hour = hourOf(from); hour < to; hour += HOUR) {
    const current = await table.get(`F#${hourLabel(hour)}`, 'PLAN');
    if (!current) continue;
    const put = await table.put(foldedAgain(current), { kind: 'equals', attribute: 'version', value: Number(current.version) });
    // Refused: a planner sealed a newer version meanwhile, which is folded by the code of today anyway.
    if (put.kind === 'written') marked++;
  }
  return marked;
}
