import { gzipSync } from 'node:zlib';
import { HOUR, hourOf } from '../../shared/domain/time';
import { Scenario } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';

/** Accounts of the planted campaign. */
export const MEMBERS = 24;
const DAYS = 3;

export type History = { file: Buffer; events: number; labels: { id: string; label: 'distillation' }[] };

/** Three days up to this hour: one campaign among some 800 honest accounts, the same at every run but for the date. */
export function history(): History {
  const end = hourOf(Date.now());
  const scenario = Scenario.parse({
    name: 'proof',
    start: new Date(end - DAYS * 24 * HOUR).toISOString(),
    days: DAYS,
    honest: { people: 600, agentUsers: 200, apps: 6, offices: [18] },
    campaigns: [{ name: 'extraction', accounts: MEMBERS, startDay: 1 }],
  });
  const simulation = simulate(scenario, 7);
  const lines: string[] = [];
  for (const hour of simulation) for (const { at, line } of hour.arrivals) if (at < end) lines.push(line);
  const members = simulation.truth().filter(({ label }) => label === 'distillation');
  return { file: gzipSync(lines.join('\n')), events: lines.length, labels: members.map(({ id }) => ({ id, label: 'distillation' })) };
}
