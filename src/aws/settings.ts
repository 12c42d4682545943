/** The names under which the stack tells a Lambda what it may use: one list for both sides. All are always there but `countryHeader`, for an edge of the operator’s own, and `keptDays`, where events are not kept for ever. */
export const settingNames = {
  table: 'LEDGER_TABLE',
  stream: 'EVENTS_STREAM',
  lakeBucket: 'LAKE_BUCKET',
  database: 'LAKE_DATABASE',
  workgroup: 'ATHENA_WORKGROUP',
  pepperSecret: 'PEPPER_SECRET_ARN',
  countryHeader: 'COUNTRY_HEADER',
  keptDays: 'KEPT_DAYS',
} as const;

/** Something the stack tells a Lambda. */
export type Setting = keyof typeof settingNames;

/**
 * Where things lie in the lake’s bucket. Under `raw/` Firehose files what it delivers by arrival day, `raw/dt=2026-11-21/`, and compaction what it made of that; under `compaction/`
 * stands which of them were made of which.
 */
export const prefixes = {
  raw: 'raw/',
  errors: 'errors/',
  spill: 'spill/',
  compaction: 'compaction/',
} as const;

/** How long Firehose gathers events before it writes a file, seconds: its shortest with format conversion that keeps files few. */
export const bufferSeconds = 60;

/** The ledger’s index: partition key `group`, sort key `at`, everything projected. The table’s own partition key is `id`; all three are strings. */
export const ledgerIndex = 'group-at';

/** The ledger’s TTL attribute: when DynamoDB may erase an item by itself, seconds since 1970. */
export const ledgerExpiry = 'expires_at';

/** How long after gathering a file is taken to be in the bucket, seconds. The alarm on Firehose’s freshness says when that does not hold. */
export const deliverySeconds = 60;
