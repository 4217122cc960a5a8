import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type METRICS } from '../wiring';

/** Logs are outcomes: what, ids, `kind`, `because`. Never a payload, a raw identifier or a prompt. The service's name comes from infra. */
export const logger = new Logger();

/** By deployment, not by function: an alarm is about the pipeline, and two stages may share an account. */
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: process.env.LOCKSTEP_DEPLOYMENT });

/** Counts by name, written as one embedded metric line; what is 0 is not written. */
export function count(counts: { readonly [Name in (typeof METRICS)[keyof typeof METRICS]]?: number }): void {
  const happened = Object.entries(counts).filter(([, value]) => value > 0);
  for (const [name, value] of happened) metrics.addMetric(name, MetricUnit.Count, value);
  if (happened.length > 0) metrics.publishStoredMetrics();
}
