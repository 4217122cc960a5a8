import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { lockstep, makeApp } from '../../../infra/app';

/** One figure of one metric at a moment. `of`: the queue, by its logical id without its digest; `''`: the service. */
export type Point = { metric: string; of: string; at: number; value: number };
export type Evaluated = { alarm: string; rang: boolean; measured: boolean; worst: number | undefined; threshold: number };

const MetricOf = z.object({ MetricName: z.string(), Dimensions: z.array(z.looseObject({ Value: z.unknown() })).default([]) });
const Stat = z.object({ Id: z.string(), MetricStat: z.object({ Metric: MetricOf, Period: z.number(), Stat: z.string() }) });
const Alarm = z.looseObject({
  AlarmName: z.string(),
  EvaluationPeriods: z.number(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanOrEqualToThreshold']),
  TreatMissingData: z.enum(['notBreaching', 'breaching']),
  Metrics: z.array(z.union([Stat, z.object({ Id: z.string(), Expression: z.string() })])).optional(),
});
const Single = MetricOf.extend({ Period: z.number(), Statistic: z.string() });
type Alarm = z.infer<typeof Alarm>;

/** The alarms of a stage's template, as they would be created. */
export function alarmsOf(stage: 'dev' | 'prod'): Alarm[] {
  const { pipeline } = lockstep(makeApp({ context: { 'aws:cdk:bundling-stacks': [] } }), stage);
  return Object.values(Template.fromStack(pipeline).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) =>
    Alarm.parse(Properties),
  );
}

const dimensionOf = ({ Dimensions }: z.infer<typeof MetricOf>): string => {
  const [name = ''] = /[A-Z]\w+(?=[0-9A-F]{8}")/.exec(JSON.stringify(Dimensions[0]?.Value ?? '')) ?? [];
  return name;
};

/**
 * What each alarm would have said of these points, by CloudWatch's rules: periods of its own length from `from` on, `EvaluationPeriods`
 * of them in a row. A period that is longer than what was measured is evaluated over what there is.
 */
export function evaluate(alarms: readonly Alarm[], points: readonly Point[], { from, to }: { from: number; to: number }): Evaluated[] {
  return alarms.map((alarm) => {
    const stats = alarm.Metrics
      ? alarm.Metrics.flatMap((one) => ('MetricStat' in one ? [{ id: one.Id, ...one.MetricStat }] : []))
      : [Single.parse(alarm)].map((one) => ({ id: 'm', Metric: one, Period: one.Period, Stat: one.Statistic }));
    const expression = alarm.Metrics?.flatMap((one) => ('Expression' in one ? [one.Expression] : []))[0] ?? 'm';
    const period = (stats[0]?.Period ?? 60) * 1_000;
    const values: (number | undefined)[] = [];
    for (let start = from; start < to; start += period) {
      const named = stats.map(({ id, Metric, Stat: how }) => {
        const mine = points.filter(
          ({ metric, of, at }) => metric === Metric.MetricName && of === dimensionOf(Metric) && at >= start && at < start + period,
        );
        return [id, mine.length === 0 ? undefined : aggregate(how, mine)] as const;
      });
      values.push(named.every(([, value]) => value === undefined) ? undefined : calculated(expression, new Map(named)));
    }
    const breaks = values.map((value) => {
      if (value === undefined) return alarm.TreatMissingData === 'breaching';
      return alarm.ComparisonOperator === 'GreaterThanThreshold' ? value > alarm.Threshold : value <= alarm.Threshold;
    });
    const rang = breaks.some(
      (_, at) => at + 1 >= alarm.EvaluationPeriods && breaks.slice(at + 1 - alarm.EvaluationPeriods, at + 1).every(Boolean),
    );
    const measured = values.filter((value) => value !== undefined);
    const worst = alarm.ComparisonOperator === 'GreaterThanThreshold' ? Math.max(...measured) : Math.min(...measured);
    return {
      alarm: alarm.AlarmName.slice(alarm.AlarmName.indexOf('/') + 1),
      rang,
      measured: measured.length > 0,
      worst: measured.length > 0 ? worst : undefined,
      threshold: alarm.Threshold,
    };
  });
}

function aggregate(how: string, points: readonly Point[]): number {
  if (how === 'Sum') return points.reduce((sum, { value }) => sum + value, 0);
  if (how === 'Maximum') return Math.max(...points.map(({ value }) => value));
  throw new Error(`teach test/deployment/soak/alarms.ts the statistic ${how}`);
}

/** The metric math of the template: FILL, over names. As CloudWatch has it, what is missing makes the result missing unless it is filled. */
function calculated(expression: string, values: ReadonlyMap<string, number | undefined>): number | undefined {
  const FILL = (value: number, or: number): number => (Number.isNaN(value) ? or : value);
  const names = [...values.keys()];
  const run = new Function('FILL', ...names, `return ${expression};`);
  const value = Number(run(FILL, ...names.map((name) => values.get(name) ?? Number.NaN)));
  return Number.isFinite(value) ? value : undefined;
}
