/**
 * List prices in us-east-1, US dollars, without free tiers. `source`: where it was read, and when; `unchecked`: from memory, to be
 * looked up before it is relied on. Change them here, for another region or a later day.
 */
type Price = { readonly usd: number; readonly per: string; readonly source: string };

const read = '2026-11-23';
export const REGION = 'us-east-1';
export const PRICES = {
  writeUnit: {
    usd: 0.625e-6,
    per: 'write request unit, on demand',
    source: `airbyte.com/data-engineering-resources/dynamodb-pricing, jusdb.com; ${read}`,
  },
  readUnit: { usd: 0.125e-6, per: 'read request unit, on demand', source: `the same; ${read}` },
  tableGbMonth: { usd: 0.25, per: 'GB-month in a table', source: `gist bahrmichael; ${read}` },
  sqsRequest: {
    usd: 0.4e-6,
    per: 'request, standard queue; each started 64 KB is one',
    source: `cloudburn.io/blog/amazon-sqs-pricing, factualminds.com; ${read}`,
  },
  s3Put: { usd: 5e-6, per: 'PUT, LIST', source: `awsi.click/en/articles/s3-request-pricing-get-put-difference; ${read}` },
  s3Get: { usd: 0.4e-6, per: 'GET', source: `the same; ${read}` },
  s3GbMonth: { usd: 0.023, per: 'GB-month, standard', source: `gist bahrmichael; ${read}` },
  lambdaRequest: {
    usd: 0.2e-6,
    per: 'invocation',
    source: `aws.amazon.com/blogs/compute/introducing-tiered-pricing-for-aws-lambda; ${read}`,
  },
  lambdaGbSecond: { usd: 0.0000133334, per: 'GB-second, arm64', source: `the same; ${read}` },
  schedulerCall: { usd: 1e-6, per: 'invocation of EventBridge Scheduler', source: `awsnegotiations.com; ${read}` },
  alarmMonth: { usd: 0.1, per: 'alarm and month', source: `unchecked; ${read}` },
  metricMonth: { usd: 0.3, per: 'custom metric and month', source: `unchecked; ${read}` },
  logGb: { usd: 0.5, per: 'GB of logs', source: `unchecked; ${read}` },
  keyMonth: { usd: 1, per: 'KMS key and month', source: `unchecked; ${read}` },
  secretMonth: { usd: 0.4, per: 'secret and month', source: `unchecked; ${read}` },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
