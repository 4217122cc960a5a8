import { alarmsOf, evaluate, type Point } from '../deployment/soak/alarms';
import { soak } from '../deployment/soak/soak';

/** Minutes of it: npm run soak. */
test('ten times the rated flow, instances that end, schedules delivered twice: drained, nothing lost, nothing twice', async () => {
  const soaked = await soak({ minutes: 0.25, rate: 12, times: 10, risk: 0.006, seed: 3 });
  expect(soaked.different).toEqual([]);
  expect(soaked.counted).toBe(soaked.sent);
  expect(soaked.twice).toBe(0);
  // It did happen.
  expect(soaked.sent).toBeGreaterThan(500);
  expect(soaked.duplicates).toBeGreaterThan(5);
  expect(soaked.overlapping).toBeGreaterThan(0);
  expect(Object.values(soaked.ended).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
  expect(soaked.hours).toBeGreaterThan(10);
  const measured = soaked.alarms.filter((one) => one.measured).map(({ alarm }) => alarm);
  expect(measured).toEqual(
    expect.arrayContaining(['Ingest/Events/Late', 'Ingest/Rejected', 'Detection/Silent', 'Features/PlanFailuresNotEmpty']),
  );
}, 240_000);

describe('alarms of the template, by CloudWatch’s rules', () => {
  const alarms = alarmsOf('prod');
  const minutes = (count: number) => ({ from: 0, to: count * 60_000 });
  const rings = (points: Point[], count: number) =>
    evaluate(alarms, points, minutes(count))
      .filter(({ rang }) => rang)
      .map(({ alarm }) => alarm);
  const each = (metric: string, of: string, values: number[]): Point[] =>
    values.map((value, at) => ({ metric, of, at: at * 60_000, value }));
  const runs = each(
    'DetectionRuns',
    '',
    Array.from({ length: 120 }, () => 1),
  );

  test('every one of them can be evaluated, and silence rings that of detection alone', () => {
    expect(alarms.length).toBeGreaterThan(20);
    expect(rings([], 45)).toEqual(['Detection/Silent']);
  });

  test('late is twice five minutes in a row, not once', () => {
    const age = (values: number[]) => rings([...runs, ...each('ApproximateAgeOfOldestMessage', 'IngestEventsQueue', values)], 30);
    expect(age([0, 950, 950, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([]);
    expect(age([0, 950, 950, 0, 0, 950, 0, 0, 0, 0, 0])).toEqual(['Ingest/Events/Late']);
    expect(age([0, 890, 890, 890, 890, 890, 890, 890])).toEqual([]);
  });

  test('one dead letter rings, and so does a share of refused records above one in twenty', () => {
    expect(rings([...runs, ...each('ApproximateNumberOfMessagesVisible', 'FeaturesFoldsDeadLetters', [0, 1, 0])], 30)).toEqual([
      'Features/Folds/DeadLettersNotEmpty',
    ]);
    const refused = (count: number) => rings([...runs, ...each('EventsAccepted', '', [1_000]), ...each('EventsRejected', '', [count])], 30);
    expect([refused(40), refused(60)]).toEqual([[], ['Ingest/Rejected']]);
    // Everything: what is 0 is not written, so there is no point of what was accepted.
    expect(rings([...runs, ...each('EventsRejected', '', [60])], 30)).toEqual(['Ingest/Rejected']);
    expect(rings([...runs, ...each('ExecutionsTimedOut', 'EnforcementSuspensionMachine', [1])], 30)).toEqual([
      'Enforcement/SuspensionFailed',
    ]);
  });
});
