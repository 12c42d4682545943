import { columnNames, columns } from '../events/columns.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { copyKey, copyOrder } from './events-of.ts';

/** All columns, as Parquet keeps them: times in whole milliseconds, which Trino reads as timestamp(3). */
export const stored = join(
  columnNames.map((column) =>
    columns[column].type === 'timestamp(3)'
      ? sql`cast(${name(column)} as timestamp_ms) as ${name(column)}`
      : name(column),
  ),
);

/** The order of rows in compacted files, so that a question about one project and a period skips the rest; the same rows come out as the same bytes. */
const compactedOrder = sql`project_id, ts, received_at, request_id, seq, env`;
/** What tells copies apart where test and live events are read together: a test event never stands for a live one. */
const key = sql`env, ${copyKey}`;

/** The rows of a relation with all columns, each event once, the copy that questions count; sorted. */
export const compacted = (source: Sql): Sql => sql`
  select ${stored} from (
    select *, row_number() over (partition by ${key} order by ${copyOrder}) as copy from (${source}) as every
  ) as placed where copy = 1 order by ${compactedOrder}`;

/** How many rows a relation with all columns has, and how many of them `compacted` leaves out: (total, repeats). */
export const repeatsIn = (source: Sql): Sql => sql`
  select cast(coalesce(sum(copies), 0) as bigint) as total,
    cast(coalesce(sum(copies - 1), 0) as bigint) as repeats
  from (select count(*) as copies from (${source}) as every group by ${key}) as counted`;

/** One of so many parts of a relation with all columns; copies of an event are in one part. */
export const partOf = (source: Sql, part: number, of: number): Sql =>
  of === 1 ? source : sql`select * from (${source}) as whole where hash(${key}) % ${of} = ${part}`;
