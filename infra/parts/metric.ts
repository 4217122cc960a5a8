import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { METRIC_NAMESPACE, type METRICS } from '../../shared/wiring';

/** A metric that this deployment's functions write, embedded in their logs (shared/lambda/observe.ts). */
export const pipelineMetric = (
  scope: IConstruct,
  name: (typeof METRICS)[keyof typeof METRICS],
  { period, statistic = 'Sum' }: { period: Duration; statistic?: string },
): Metric =>
  new Metric({ namespace: METRIC_NAMESPACE, metricName: name, statistic, period, dimensionsMap: { service: Stack.of(scope).stackName } });
