import type { Label } from '../../../simulator/actor';
import type { Report } from '../report';
import { populationOf, type WorldTruth } from './groups';

export type Standing = Report['accounts'][number]['standing'];
/** What the deployed rules and the policy did: accounts of one label of one population by where they ended. */
export type Outcome = { population: string; label: Label; accounts: number; ended: Readonly<Partial<Record<Standing, number>>> };

export const outcomes = (worlds: readonly (WorldTruth & { report: Report })[]): Outcome[] => {
  const found = new Map<string, { population: string; label: Label; accounts: number; ended: Partial<Record<Standing, number>> }>();
  for (const { truths, report } of worlds) {
    const said = new Map(report.accounts.map(({ id, standing }) => [id, standing]));
    for (const truth of truths) {
      const population = populationOf(truth);
      const one = found.get(`${population} ${truth.label}`) ?? { population, label: truth.label, accounts: 0, ended: {} };
      found.set(`${population} ${truth.label}`, one);
      one.accounts++;
      const standing = said.get(truth.id);
      if (standing) one.ended[standing] = (one.ended[standing] ?? 0) + 1;
    }
  }
  return [...found.values()].sort((x, y) => (x.population < y.population ? -1 : 1));
};
