import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type METRICS } from '../wiring';

/** Logs are outcomes: what, ids, `kind`, `because`. Never a payload, a raw identifier or a prompt. The service's name comes from infra. */
export const logger = new Logger();

const metrics = new Metrics({ namespace: METRIC_NAMESPACE });

/** Counts by name, written as one embedded metric line; what is 0 is not written. */
export function count(counts: { readonly [Name in (typeof METRICS)[keyof typeof METRICS]]?: number }): void {
  for (const [name, value] of Object.entries(counts)) if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
