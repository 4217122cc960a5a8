import { volume } from '../../bench/baselines/volume';
import { type Evaluation, evaluate } from '../../bench/eval/evaluate';
import { replaySystem } from '../../bench/eval/replay-system';
import { simulated } from '../../bench/eval/worlds';
import { scenarioNamed } from '../../simulator/scenarios';

/**
 * The regression gate: a small fixed world through the whole pipeline under the recommended policy. A change that finds less,
 * later, or wrongs anybody fails here; the figures that matter are those of `npm run eval` (docs/evaluation.md).
 */
describe('the gate', () => {
  let evaluation: Evaluation;
  beforeAll(async () => {
    evaluation = await evaluate(simulated(scenarioNamed('gate')!, 1), replaySystem({}), [volume], { everyHours: 24 });
  });

  test('takes every event', () => {
    const { report } = evaluation.ours!;
    expect(report?.events).toMatchObject({ read: evaluation.events, rejected: 0 });
  });

  test('wrongs nobody', () => {
    const { measures } = evaluation.ours!;
    expect([...measures.wronged].filter(([, { wronged }]) => wronged > 0)).toEqual([]);
    expect(measures.precision).toBe(1);
  });

  test('finds both campaigns nearly whole, each in one piece, within hours', () => {
    const { campaigns } = evaluation.ours!.measures;
    expect(campaigns).toHaveLength(2);
    for (const campaign of campaigns) {
      expect(campaign.found).toBeGreaterThanOrEqual(0.9);
      expect(campaign.purity).toBeGreaterThanOrEqual(0.95);
      expect(campaign.pieces).toBe(1);
      expect(campaign.hoursToDetection).toBeLessThanOrEqual(8);
    }
  });

  test('contains them before a tenth leaked, of which a volume threshold leaks more even where it wrongs thousands', () => {
    const ours = evaluation.ours!.measures;
    const theirs = evaluation.baselines[0]!.measures;
    expect(ours.leaked).toBeLessThan(0.1);
    expect(ours.leaked).toBeLessThan(theirs.leaked ?? 0);
    expect(theirs.falsePer10k).toBeGreaterThan(1_000);
  });
});
