/** One column of the events table. */
export interface Column {
  /** Its type in Trino and Glue; those of Parquet and DuckDB follow from it where they are written. */
  readonly type: 'varchar' | 'timestamp(3)' | 'bigint' | 'boolean';
  /** May it be null? */
  readonly nullable: boolean;
  /** Who fills it: the caller, or we on arrival. */
  readonly from: 'caller' | 'arrival';
  /** May a question group and filter by it? */
  readonly group?: true;
  /** Is it shown in the rows of `query_events`, and in which order? The contract's row comes first. */
  readonly shown?: number;
  /** What an event stored before there was this column reads as; left out: null. */
  readonly absent?: string;
  /** What it holds, for people and agents. */
  readonly holds: string;
}

/** An event, column by column. Validation, Parquet, Glue, SQL, OpenAPI and the docs read this table. */
export const columns = {
  project_id: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    holds: 'The project the event belongs to.',
  },
  env: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    holds: '`live`, or `test` where a test key sent it.',
  },
  event_name: {
    type: 'varchar',
    nullable: false,
    from: 'caller',
    group: true,
    shown: 2,
    holds: 'What happened, in the caller’s words.',
  },
  ts: { type: 'timestamp(3)', nullable: false, from: 'caller', holds: 'When it happened, UTC.' },
  received_at: { type: 'timestamp(3)', nullable: false, from: 'arrival', holds: 'When we took it in, UTC.' },
  request_id: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    holds: 'The request that brought it; unique with `seq`.',
  },
  seq: { type: 'bigint', nullable: false, from: 'arrival', holds: 'Its place in its request, from 0.' },
  event_id: {
    type: 'varchar',
    nullable: true,
    from: 'caller',
    shown: 15,
    holds: 'The caller’s own id of the event; repeats count once.',
  },
  anonymous_id: {
    type: 'varchar',
    nullable: false,
    from: 'caller',
    shown: 3,
    holds: 'The browser or device.',
  },
  user_id: { type: 'varchar', nullable: true, from: 'caller', shown: 4, holds: 'The person, once known.' },
  session_id: {
    type: 'varchar',
    nullable: false,
    from: 'caller',
    shown: 16,
    holds: 'The caller’s session, else anonymous_id and half-hour.',
  },
  session_sent: {
    type: 'boolean',
    nullable: false,
    from: 'arrival',
    holds: 'Did the caller name the session?',
  },
  url: {
    type: 'varchar',
    nullable: true,
    from: 'caller',
    shown: 10,
    holds: 'The page’s address, without personal parameters.',
  },
  path: {
    type: 'varchar',
    nullable: true,
    from: 'caller',
    group: true,
    shown: 11,
    holds: 'The page’s path.',
  },
  referrer: {
    type: 'varchar',
    nullable: true,
    from: 'caller',
    shown: 9,
    holds: 'Where the visitor came from, without its query.',
  },
  source: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    group: true,
    shown: 5,
    holds: 'Where the visit came from: google, newsletter, direct …',
  },
  medium: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    group: true,
    shown: 6,
    holds: 'How: organic, paid, social, ai, email, referral, direct …',
  },
  campaign: {
    type: 'varchar',
    nullable: true,
    from: 'arrival',
    group: true,
    shown: 7,
    holds: 'utm_campaign.',
  },
  source_confidence: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    shown: 8,
    holds: 'high, medium or low.',
  },
  source_rule_id: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    holds: 'The classifier’s rule that decided.',
  },
  country: {
    type: 'varchar',
    nullable: true,
    from: 'arrival',
    group: true,
    shown: 12,
    holds: 'Two letters, ISO 3166-1; null where unknown.',
  },
  device_type: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    group: true,
    shown: 13,
    holds: 'mobile, tablet, desktop or bot.',
  },
  browser: {
    type: 'varchar',
    nullable: true,
    from: 'arrival',
    group: true,
    shown: 17,
    holds: 'Browser name.',
  },
  os: {
    type: 'varchar',
    nullable: true,
    from: 'arrival',
    group: true,
    shown: 18,
    holds: 'Operating system name.',
  },
  ip_hash: {
    type: 'varchar',
    nullable: true,
    from: 'arrival',
    holds: 'Keyed hash of the address; the key changes daily, the address is never stored.',
  },
  properties: {
    type: 'varchar',
    nullable: false,
    from: 'caller',
    shown: 14,
    holds: 'JSON text of what else the caller said.',
  },
  key_kind: {
    type: 'varchar',
    nullable: false,
    from: 'arrival',
    absent: 'pk',
    holds: '`sk` where a secret key sent it, `pk` where a browser’s did: whose word it is.',
  },
} as const satisfies Record<string, Column>;

/** The name of a stored column. */
export type ColumnName = keyof typeof columns;

type Kept<C extends Column> = C['type'] extends 'varchar'
  ? string
  : C['type'] extends 'boolean'
    ? boolean
    : number;

/** One stored event. Times are milliseconds since 1970, UTC. */
export type Event = {
  readonly [C in ColumnName]: (typeof columns)[C] extends { readonly nullable: true }
    ? Kept<(typeof columns)[C]> | null
    : Kept<(typeof columns)[C]>;
};

const isColumn = (word: string): word is ColumnName => Object.hasOwn(columns, word);

/** All column names, in their stored order. */
export const columnNames: readonly ColumnName[] = Object.keys(columns).filter(isColumn);

/** The columns a question may group and filter by. */
export type Dimension = {
  [C in ColumnName]: (typeof columns)[C] extends { readonly group: true } ? C : never;
}[ColumnName];
const isDimension = (word: ColumnName): word is Dimension => 'group' in columns[word];
export const dimensions: readonly Dimension[] = columnNames.filter(isDimension);
