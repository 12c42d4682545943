import type { Period, Reading } from '../lake/events-of.ts';
import { bucketOf } from '../sql/bucket.ts';
import { hashed } from '../sql/hash.ts';
import { ordinalOf } from '../sql/ordinal.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import type { Interval } from '../sql/zone.ts';
import { sinceYearOneMs } from './sessions.ts';
import { doersOf } from './who.ts';

/** Who is looked for over days: a session is nobody who comes back. */
export type Doer = 'person' | 'visitor';

/** Whose doings these are: whom to count, of which projects, and whether rows say the project. */
export interface Doing {
  readonly per: Doer;
  readonly reading: Reading;
  readonly byProject: boolean;
}

/** The columns that tell one from another: over several projects nobody is one across two. */
export const whoColumns = ({ byProject }: Pick<Doing, 'byProject'>): Sql =>
  byProject ? sql`project_id, who` : name('who');

/** These events (columns as stored), each as `who` did it (hashed), its `ts` and what else is wanted of it; `project_id` before them where rows say it. */
export const doings = (
  events: Sql,
  { per, reading, byProject }: Doing,
  wanted: readonly (readonly [as: string, of: Sql])[] = [],
): Sql => {
  const { from, who } = doersOf(events, per, reading);
  const id = reading.projects.length > 1 ? sql`concat(e.project_id, '/', ${who})` : who;
  const columns = wanted.map(([as, of]) => sql`, ${of} as ${name(as)}`);
  return sql`select ${byProject ? sql`e.project_id, ` : sql``}${hashed(id)} as who, ts${join(columns, '')} from ${from}`;
};

/** How the calendar of a question is numbered: bucket 0 holds `since`. `within`: where all that is numbered lies. */
export interface Calendar {
  readonly tz: string;
  readonly interval: Exclude<Interval, 'hour'>;
  readonly since: number;
  readonly within: Period;
}

/**
 * One row for each one who did any of these (rows of `doings`) and each bucket of the calendar in which they did:
 * `project_id` where rows say it, `who`, `place` (the bucket’s number; null for what lies before the calendar
 * begins), and the aggregates. Events are hashed together by person and bucket, so that only those few are sorted.
 */
export const bucketRows = (
  rows: Sql,
  doing: Pick<Doing, 'byProject'>,
  { tz, interval, since, within }: Calendar,
  aggregates: readonly (readonly [as: string, of: Sql])[] = [],
): Sql => {
  const who = whoColumns(doing);
  const also = aggregates.map(([as, of]) => sql`, ${of} as ${name(as)}`);
  const bucket = bucketOf(name('ts'), tz, interval, within);
  return sql`
    select *, ${ordinalOf(name('bucket'), tz, interval, since, within)} as place
    from (
      select ${who}, bucket${join(also, '')}
      from (select *, case when ts >= ${new Date(within.from)} then ${bucket} end as bucket from (${rows}) as done) as dated
      group by ${who}, bucket
    ) as grouped`;
};

/** The same by stretches of equal length, ms, wherever a zone’s days begin; `place` numbers them. Rows hold `ms`. */
export const stretchRows = (
  rows: Sql,
  doing: Pick<Doing, 'byProject'>,
  lengthMs: number,
  aggregates: readonly (readonly [as: string, of: Sql])[],
): Sql => {
  const who = whoColumns(doing);
  const also = aggregates.map(([as, of]) => sql`, ${of} as ${name(as)}`);
  return sql`
    select ${who}, place${join(also, '')}
    from (select *, (ms + ${sinceYearOneMs}) / ${lengthMs} as place from (${rows}) as done) as stretched
    group by ${who}, place`;
};

/** Was it done by the one it is told of? `$pageview` and events of one’s own; not `$identify` and other events of a system’s. Never null. */
export const isDoing: Sql = sql`(event_name = '$pageview' or strpos(event_name, '$') <> 1)`;
