import { type ReplayOptions, replaySystem } from '../../../bench/eval/replay-system';
import { simulated } from '../../../bench/eval/worlds';
import type { Assessment } from '../../../functions/detection/findings/assess';
import { DAY } from '../../../shared/domain/time';
import { Scenario } from '../../../simulator/scenarios/scenario';
import { SCENARIOS } from '../../../simulator/scenarios/scenarios';

const SEED = 4;
/** A campaign of which each account has a household, a card and a client of its own, and students before an exam. */
const scenario = Scenario.parse({
  ...SCENARIOS.background,
  name: 'nothing in common',
  days: 12,
  honest: { people: 240, agentUsers: 60 },
  described: [
    { name: 'one-of-everything', size: 40 },
    { name: 'exam-period', size: 40 },
  ],
});

type Seen = { at: number; accounts: string[] } & Pick<Assessment, 'classification' | 'legs' | 'families'>;

describe('accounts that nothing links but what they ask for', () => {
  const found: Seen[] = [];
  const members = new Set<string>();
  let standings: Map<string, string>;
  let acted = 0;
  beforeAll(async () => {
    const source = simulated(scenario, SEED);
    const see: NonNullable<ReplayOptions['record']> = (pipeline, assessments, { now: at }): void => {
      for (const { network, classification, legs, families } of assessments) {
        if (network.foundBy !== 'content') continue;
        const accounts = network.members.map(({ entry }) => pipeline.hasher.open(entry.profile.sealed));
        found.push({ at, accounts, classification, legs, families });
      }
    };
    const report = await replaySystem({ detectEveryHours: 4, record: see })(source);
    for (const { id, campaign } of source.truth()) if (campaign !== undefined) members.add(id);
    standings = new Map(report.accounts.map(({ id, standing }) => [id, standing]));
    acted = report.accounts.filter(({ actedAt }) => actedAt != null).length;
  });
  test('are found within days, and nobody else with them', () => {
    expect(found.length).toBeGreaterThan(5);
    expect(found.at(-1)!.accounts.length).toBeGreaterThan(0.8 * members.size);
    for (const { accounts } of found) expect(accounts.filter((id) => !members.has(id)).length).toBeLessThanOrEqual(0.1 * accounts.length);
    expect(found[0]!.at).toBeLessThan(Date.parse(scenario.start) + 7 * DAY);
  });
  test('have no name, and lack what a machine needs', () => {
    for (const { classification, legs } of found) {
      expect(classification).toBe('unclear');
      expect(legs.coordination.holds).toBe(false);
    }
  });
  test('go before people, and nothing happens to them', () => {
    const reviewed = [...members].filter((id) => standings.get(id) === 'in-review');
    expect(reviewed.length).toBeGreaterThan(0.8 * members.size);
    expect(acted).toBe(0);
  });
});
