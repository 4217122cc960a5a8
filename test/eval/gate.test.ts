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

  test('contains the plain one before a twentieth leaked; the one behind households and a card for each account goes before people', () => {
    const { measures, report } = evaluation.ours!;
    const [hidden, plain] = ['residential-rotation+one-card-each', 'plain'].map(
      (name) => measures.campaigns.find((one) => one.name === name)!,
    );
    expect(plain!.contained).toBe(1);
    expect(plain!.leaked).toBeLessThan(0.05);
    expect(hidden!.contained).toBe(0);
    // 54 of 60.
    const before = report!.accounts.filter(({ standing }) => standing === 'in-review').length;
    expect(before).toBeGreaterThanOrEqual(54);
  });
  test('a volume threshold, tuned on the truth, wrongs thousands', () => {
    expect(evaluation.baselines[0]!.measures.falsePer10k).toBeGreaterThan(1_000);
  });
});
