import { columnNames, columns } from '../events/columns.ts';
import { aheadMs, earliest, latest } from '../events/instant.ts';
import { join, name, relation, type Sql, sql } from '../sql/sql.ts';

/** Whose events a question may see and how they are kept. Made from the key and the world; only `bots` comes from the arguments. */
export interface Reading {
  readonly projects: readonly string[];
  /** A live key reads live events only, a test key test events only. */
  readonly env: 'live' | 'test';
  /** Are bots counted? */
  readonly bots: boolean;
  /** `clean`: each event is stored once. `raw`: repeats are stored and removed here. */
  readonly lake: 'clean' | 'raw';
  /** Only what had arrived by then (ms since 1970): pages of one answer are made of the same events. */
  readonly until?: number;
}

/** From inclusive, to exclusive, in milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const all = join(columnNames.map(name));
/** The same where rows may be older than a column. */
const allOfAnyAge = join(
  columnNames.map((column) => {
    const about = columns[column];
    return 'absent' in about
      ? sql`coalesce(${name(column)}, ${about.absent}) as ${name(column)}`
      : name(column);
  }),
);

/** Of a stored event: did a secret key send it, whose word counts before a browser’s? Never null. */
export const bySecretKey = sql`coalesce(key_kind = 'sk', false)`;

/** The one relation that questions read: these projects’ events in this period, each once, nobody else’s. Columns as in `columns`. */
export const eventsOf = (reading: Reading, period: Period): Sql => {
  // A funnel’s window may reach out of the years that a timestamp can be written for.
  const [from, to] = [Math.max(period.from, earliest), Math.min(period.to, latest)];
  const wanted = sql`ts >= ${new Date(from)} and ts < ${new Date(to)}${reading.bots ? sql`` : sql` and device_type <> 'bot'`}`;
  return reading.lake === 'clean'
    ? sql`select ${all} from ${relation('events')} where ${owned(reading)} and ${wanted}`
    : sql`select ${all} from (${firstCopies(reading, sql`dt >= ${firstDayOf(from)}`)}) as stored where copy = 1 and ${wanted}`;
};

/** The `$identify` events of these projects, of all time, each once, bots or not. Columns as in `columns`. On a raw lake this reads every day there is. */
export const identifiesOf = (reading: Reading): Sql => {
  const wanted = sql`event_name = '$identify' and user_id is not null`;
  return reading.lake === 'clean'
    ? sql`select ${all} from ${relation('identifies')} where ${owned(reading)} and ${wanted}`
    : sql`select ${all} from (${firstCopies(reading, sql`true`)}) as stored where copy = 1 and ${wanted}`;
};

const owned = ({ projects, env, until }: Reading): Sql =>
  sql`project_id in (${join(projects)}) and env = ${env}${until === undefined ? sql`` : sql` and received_at <= ${new Date(until)}`}`;

/** For how long repeats are recognized (contract §3, `event_id`). */
const repeatableMs = 7 * 86_400_000;
/** A raw folder is named after the day (UTC) on which the oldest row of its file arrived; no file takes longer than this to fill (Firehose’s longest buffer). */
const fillingMs = 15 * 60_000;

/**
 * The first arrival day, `yyyy-MM-dd`, that can matter to events from this instant on: an event arrives at most `aheadMs` before its own time, and the
 * copy that decides at most `repeatableMs` before the others, or after them. There is no last day: an event of any past day may arrive today.
 */
const firstDayOf = (from: number): string =>
  new Date(from - aheadMs - repeatableMs - fillingMs).toISOString().slice(0, 10);

/** Stored rows with their place among the copies of the same event: copy 1 is the earliest that a secret key sent, else the earliest (contract §3, `event_id`). */
const firstCopies = (reading: Reading, also: Sql): Sql => sql`
  select ${allOfAnyAge}, row_number() over (
    partition by project_id, event_id, case when event_id is null then request_id end, case when event_id is null then seq end
    order by case when ${bySecretKey} then 0 else 1 end, received_at, request_id, seq) as copy
  from ${relation('events')} where ${owned(reading)} and ${also}`;
