import type { Label } from '../../../simulator/actor';
import type { Truth } from '../../../simulator/simulate';
import { type GroupRow, populationOf, type WorldTruth } from './groups';
import type { Judge } from './judge';

/** Accounts of one label of one population, over all worlds, and what a judge that never saw the population said of them. */
export type HeldOut = {
  population: string;
  label: Label;
  worlds: number;
  /** Accounts, those that sent anything, and those that were in a detected group at any time. */
  accounts: number;
  active: number;
  grouped: number;
  /** In a group that was called distillation, in one that would be acted on, in one that was called unclear and nothing else. */
  named: number;
  acted: number;
  unclear: number;
  /** Hours from its first request until the first of its accounts would be acted on: the median of the worlds where one is. */
  hours: number | undefined;
};

export const median = (list: readonly number[]): number | undefined => [...list].sort((x, y) => x - y)[Math.floor(list.length / 2)];
const HOUR = 3_600_000;

/**
 * Leaves each population out in turn: `judge` is fitted on groups without a member of it and asked about those with one. Populations
 * that no group ever had a member of are listed, too: nothing is said of them.
 */
export const leaveOneOut = (rows: readonly GroupRow[], worlds: readonly WorldTruth[], judge: Judge): HeldOut[] => {
  const everybody = new Map<string, { population: string; label: Label; ids: Map<string, Truth> }>();
  for (const { world, truths } of worlds)
    for (const truth of truths) {
      const population = populationOf(truth);
      const key = `${population} ${truth.label}`;
      const known = everybody.get(key) ?? { population, label: truth.label, ids: new Map<string, Truth>() };
      known.ids.set(`${world} ${truth.id}`, truth);
      everybody.set(key, known);
    }
  const results: HeldOut[] = [];
  const names = [...new Set([...everybody.values()].map(({ population }) => population))].sort();
  for (const name of names) {
    const has = (row: GroupRow): boolean => row.members.some(({ population }) => population === name);
    const asked = rows.filter(has);
    const say = asked.length > 0 ? judge.fit(rows.filter((row) => !has(row))) : undefined;
    const said = asked.map((row) => ({ row, verdict: say!(row) }));
    for (const { population, label, ids } of everybody.values()) {
      if (population !== name) continue;
      const of = (which: (verdict: ReturnType<NonNullable<typeof say>>) => boolean): Set<string> =>
        new Set(
          said.flatMap(({ row, verdict }) =>
            which(verdict)
              ? row.members
                  .filter((m) => m.population === name && m.label === label && (m.fits || !verdict.acts))
                  .map((m) => `${row.world} ${m.id}`)
              : [],
          ),
        );
      const acted = of(({ acts }) => acts);
      const named = of(({ classification }) => classification === 'distillation');
      const clear = of(({ classification }) => classification !== 'unclear');
      const worldsOfIt = new Set([...ids.keys()].map((id) => id.split(' ')[0]!));
      const hours = [...worldsOfIt].flatMap((world) => {
        const first = Math.min(...[...ids].flatMap(([id, truth]) => (id.startsWith(`${world} `) ? (truth.first ?? []) : [])));
        const at = Math.min(
          ...said.flatMap(({ row, verdict }) =>
            verdict.acts && row.world === world && row.members.some((m) => m.population === name && m.label === label) ? row.at : [],
          ),
        );
        return Number.isFinite(at - first) ? Math.max(0, (at - first) / HOUR) : [];
      });
      results.push({
        population,
        label,
        worlds: worldsOfIt.size,
        accounts: ids.size,
        active: [...ids.values()].filter((truth) => truth.total > 0).length,
        grouped: of(() => true).size,
        named: named.size,
        acted: acted.size,
        unclear: [...of(({ classification }) => classification === 'unclear')].filter((id) => !clear.has(id)).length,
        hours: median(hours),
      });
    }
  }
  return results;
};
