import { replaySystem } from '../../../bench/eval/replay-system';
import { simulated } from '../../../bench/eval/worlds';
import { type Assessment, discovered } from '../../../functions/detection/findings/assess';
import recommended from '../../../policies/recommended.json';
import { Policy } from '../../../shared/domain/policy/policy';
import { Scenario } from '../../../simulator/scenarios/scenario';
import { SCENARIOS } from '../../../simulator/scenarios/scenarios';

/** One operator under a domain of his own, and a course under its school's: both say whom to call. */
const scenario = Scenario.parse({
  ...SCENARIOS.background,
  name: 'open about whom to call',
  days: 14,
  honest: { people: 240, agentUsers: 60 },
  described: [
    { name: 'under-one-domain', size: 30 },
    { name: 'workshop', size: 30 },
  ],
});

describe('openness shields people, not a load that a machine deals out of what a student model needs', () => {
  type Seen = Pick<Assessment, 'classification' | 'odd' | 'legs'> & { hostile: number; members: number };
  const seen: Seen[] = [];
  const campaign = new Set<string>();
  /** As they come out of the run, to be judged again with one thing changed. */
  const unnamed: Assessment[] = [];
  let standings: Map<string, string>;
  let acted = 0;
  beforeAll(async () => {
    const source = simulated(scenario, 5);
    const found: (Omit<Seen, 'hostile' | 'members'> & { ids: string[] })[] = [];
    const report = await replaySystem({
      detectEveryHours: 4,
      record: ({ hasher }, assessments) => {
        unnamed.push(...assessments.filter(({ odd }) => odd.some((one) => one.includes('open about whom to call'))));
        for (const { classification, odd, legs, network } of assessments)
          found.push({ classification, odd, legs, ids: network.members.map(({ entry }) => hasher.open(entry.profile.sealed)) });
      },
    })(source);
    for (const { id, campaign: of } of source.truth()) if (of !== undefined) campaign.add(id);
    for (const { ids, ...rest } of found)
      seen.push({ ...rest, members: ids.length, hostile: ids.filter((id) => campaign.has(id)).length / ids.length });
    standings = new Map(report.accounts.map(({ id, standing }) => [id, standing]));
    acted = report.accounts.filter(({ actedAt }) => actedAt != null).length;
  });

  test('the operator has no name, the reason says what is odd, and people decide', () => {
    const his = seen.filter(
      ({ hostile, legs, members }) => hostile > 0.9 && members >= 20 && legs.purpose.holds && legs.coordination.holds,
    );
    expect(his.length).toBeGreaterThan(3);
    for (const { classification, odd, legs } of his) {
      expect(legs.concealment).toMatchObject({ holds: false, because: expect.stringMatching(/one can call/) });
      expect(classification).not.toBe('shared-origin');
      if (classification === 'unclear') expect(odd).toContainEqual(expect.stringMatching(/open about whom to call/));
    }
    expect(his.filter(({ classification }) => classification === 'unclear').length).toBeGreaterThan(3);
    expect([...campaign].filter((id) => standings.get(id) === 'in-review').length).toBeGreaterThan(0.8 * campaign.size);
    expect(acted).toBe(0);
  });

  test.each<[string, (one: Assessment) => Partial<Assessment>, Assessment['classification']]>([
    ['as it is', () => ({}), 'unclear'],
    ['most of its accounts of long standing', ({ measures }) => ({ measures: { ...measures, old: 0.9 } }), 'shared-origin'],
    ['in bursts, as people work', ({ measures }) => ({ measures: { ...measures, dispersion: 4 } }), 'shared-origin'],
    ['asking for nothing telling', ({ measures }) => ({ measures: { ...measures, asking: [] } }), 'shared-origin'],
    [
      'with one family of evidence left',
      ({ evidence }) => ({ evidence: evidence.filter(({ family }) => family === 'content') }),
      'shared-origin',
    ],
  ])('%s: its name follows from the legs that are left', (_, change, expected) => {
    const { legs } = Policy.parse(recommended).detection;
    expect(unnamed.length).toBeGreaterThan(3);
    const before = unnamed.map((one) => ({ ...one, classification: 'shared-origin' as const, odd: [], ...change(one) }));
    expect(new Set(discovered(before, 1, { legs }).map(({ classification }) => classification))).toEqual(new Set([expected]));
    const { knownOwner: _unset, ...without } = legs;
    expect(new Set(discovered(before, 1, { legs: without }).map(({ classification }) => classification))).toEqual(
      new Set(['shared-origin']),
    );
  });

  test('the course keeps its name', () => {
    const course = seen.filter(({ hostile, members }) => hostile === 0 && members >= 20);
    expect(course.length).toBeGreaterThan(0);
    for (const { odd } of course) expect(odd.join()).not.toMatch(/open about whom to call/);
  });
});
