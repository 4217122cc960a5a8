/**
 * What other tools read of an account file (functions/detection/profiles/account-file.ts): columns and their types, as Parquet and SQL
 * name them. Identifiers are keyed hashes. `models` … `countries` and `clock` are JSON: exchanges by word, and by hour of the day (UTC).
 */
export const ACCOUNT_COLUMNS = {
  account: 'string',
  plan: 'string',
  created_at: 'timestamp',
  first_heard: 'timestamp',
  first_use: 'timestamp',
  last_use: 'timestamp',
  payment_instrument: 'string',
  organization: 'string',
  email_domain: 'string',
  provider_standing: 'string',
  lifetime_exchanges: 'double',
  lifetime_prevented: 'double',
  exchanges: 'double',
  ok: 'double',
  errors: 'double',
  refused: 'double',
  limited: 'double',
  blocked: 'double',
  input_tokens: 'double',
  output_tokens: 'double',
  distinct_ips: 'int',
  distinct_prefixes: 'int',
  distinct_clients: 'int',
  distinct_keys: 'int',
  distinct_systems: 'int',
  distinct_templates: 'int',
  models: 'string',
  tasks: 'string',
  channels: 'string',
  languages: 'string',
  countries: 'string',
  clock: 'string',
} as const satisfies Record<string, 'string' | 'timestamp' | 'double' | 'int'>;
export type AccountColumn = keyof typeof ACCOUNT_COLUMNS;

/** Where they lie: `detection/accounts/day=2026-06-01/hour=05/00-of-01-<digest>.parquet`. */
export const ACCOUNT_FILES = 'detection/accounts/';
