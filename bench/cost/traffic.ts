import { HOUR, MINUTE } from '../../shared/domain/time';
import { SeededChance } from '../../shared/memory/simulated-clock';
import { Scenario } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';

/** Share of events that come up to an hour late: a gateway that was cut off, a retry. Stated; a duplicate comes within four minutes. */
export const LATE = 0.0002;
export const STEP = 5 * MINUTE;

export type Step = { at: number; lines: string[]; late: number };
export type Traffic = { start: number; accounts: number; steps(): Generator<Step> };

const MIX = {
  people: 300,
  carrierPeople: 90,
  vpnPeople: 50,
  agentUsers: 220,
  apps: 22,
  automations: 15,
  harnesses: 1,
  synthetic: 1,
  offices: [25],
  classes: [28],
  agencies: [9],
  enterprises: [40],
  fleets: [12],
  niches: [15],
  cohorts: [15],
  resellers: [25],
  hijacked: [6],
};

/** Requests a day of the accounts that a scenario would have: simulated for a day. */
function meanOf(honest: object): { events: number; accounts: number } {
  const day = simulate(scenarioOf(honest, 1, 0), 1);
  let events = 0;
  for (const hour of day) events += hour.arrivals.length;
  return { events, accounts: day.accounts };
}

const scenarioOf = (honest: object, days: number, campaign: number): Scenario =>
  Scenario.parse({
    name: 'cost',
    start: '2026-04-20T00:00:00Z',
    days,
    honest,
    campaigns: campaign > 0 ? [{ name: 'harvest', accounts: campaign, startDay: days * 0.4 }] : [],
  });

/**
 * Traffic of about so many accounts with so many requests a day each on the average, and one campaign of a fortieth of them: the mix of
 * the simulator's scenarios, with more programs or more people until the average is met.
 */
export function traffic(accounts: number, perAccountDay: number, days: number, seed: number): Traffic {
  const base = meanOf(MIX);
  const [program, person] = [meanOf({ apps: 120 }), meanOf({ people: 200 })].map(({ events, accounts: n }) => events / n);
  const add = perAccountDay * base.accounts > base.events ? { name: 'apps', each: program! } : { name: 'people', each: person! };
  const extra = Math.max(0, (perAccountDay * base.accounts - base.events) / (add.each - perAccountDay));
  const factor = accounts / (base.accounts + extra);
  const many = (n: number): number => Math.max(1, Math.round(n * factor));
  const honest = Object.fromEntries(
    Object.entries(MIX).map(([name, value]) => [
      name,
      typeof value === 'number' ? many(value + (name === add.name ? extra : 0)) : Array.from({ length: many(1) }, () => value).flat(),
    ]),
  );
  const simulation = simulate(scenarioOf(honest, days, Math.max(30, Math.round(accounts / 40))), seed);
  return {
    start: simulation.start,
    accounts: simulation.accounts,
    *steps() {
      const chance = new SeededChance(seed);
      let held: { at: number; line: string }[] = [];
      for (const { start, arrivals } of simulation) {
        const all = [
          ...held,
          ...arrivals.map((arrival) => (chance.next() < LATE ? { at: arrival.at + chance.next() * HOUR, line: arrival.line } : arrival)),
        ];
        held = all.filter(({ at }) => at >= start + HOUR);
        for (let at = start; at < start + HOUR; at += STEP) {
          const now = all.filter((one) => one.at >= at && one.at < at + STEP);
          yield { at: at + STEP, lines: now.map(({ line }) => line), late: now.filter(({ line }) => isLate(line, at)).length };
        }
      }
    },
  };
}

/** Of an hour that was over when this step began. */
function isLate(line: string, at: number): boolean {
  const time = /"time":"([^"]+)"/.exec(line)?.[1];
  return time !== undefined && Date.parse(time) < Math.floor(at / HOUR) * HOUR;
}
