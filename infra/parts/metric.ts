import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type METRICS } from '../../shared/wiring';

/** A metric that the functions write (embedded in their logs). */
export const pipelineMetric = (
  name: (typeof METRICS)[keyof typeof METRICS],
  { period, statistic = 'Sum' }: { period: Duration; statistic?: string },
): Metric => new Metric({ namespace: METRIC_NAMESPACE, metricName: name, statistic, period });
