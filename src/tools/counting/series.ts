import type { Period } from '../../lake/events-of.ts';
import { inSessions } from '../../people/session.ts';
import { instantOf, millis, opensSession, sessionReach } from '../../people/sessions.ts';
import { doersOf } from '../../people/who.ts';
import { bucketOf } from '../../sql/bucket.ts';
import { existsOf, type Field, numberOf, textOf } from '../../sql/field.ts';
import { type Condition, holds } from '../../sql/filter.ts';
import { hashed } from '../../sql/hash.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import type { Asking } from '../question.ts';
import { askedEvents, each, groupNames } from '../relations.ts';
import type { Metric } from './metrics.ts';

/** One thing that is counted over the period: of which events, and how. */
export interface Series {
  readonly metric: Metric;
  readonly event?: string | undefined;
  readonly property?: Field | undefined;
  readonly where: readonly Condition[];
  /** Is it divided by the people who did it? */
  readonly perPerson: boolean;
}

type Asked = Pick<
  Asking<unknown>,
  'reading' | 'period' | 'where' | 'judged' | 'interval' | 'tz' | 'now' | 'byProject' | 'groups'
>;

/** Which events must be read to count these. */
export const seriesReach = (period: Period, series: readonly Pick<Series, 'metric'>[]): Period =>
  series.some(({ metric }) => metric === 'sessions') ? sessionReach(period) : period;

/** Nothing happens later than now: centuries to come need no zone’s offsets. */
export const bucketed = (
  ts: Sql,
  { tz, period, now }: Pick<Asking<unknown>, 'tz' | 'period' | 'now'>,
  interval: NonNullable<Asking<unknown>['interval']>,
): Sql =>
  bucketOf(ts, tz, interval, {
    from: period.from,
    to: Math.max(period.from + 1, Math.min(period.to, now + 366 * 86_400_000)),
  });

/** Is it counted by who or what did it, each once? */
const isOfIds = (metric: Metric): boolean =>
  metric === 'uniques' || metric === 'people' || metric === 'sessions' || metric === 'distinct';

/** Are the series’ numbers of ids that may be met again in a later bucket? */
export const meetsAgain = (series: readonly Series[]): boolean =>
  series.some(({ metric }) => isOfIds(metric) && metric !== 'sessions');

/**
 * What these series count, one row each: the group columns, `k` (which series, from 1; only where there are
 * several), `bucket` where there is an interval, `id` (who or what is counted once), `x` (the property’s number) and
 * `odd` (1 where a value is there that is none). A session lies where it starts.
 */
export const seriesRows = (asking: Asked, series: readonly Series[], fields: readonly Field[]): Sql => {
  const { reading, period, interval, byProject } = asking;
  const scoped = askedEvents(asking, seriesReach(period, series));
  const ofSessions = series.some(({ metric }) => metric === 'sessions');
  const events = ofSessions ? begun(inSessions(scoped, reading), reading.projects.length > 1) : scoped;
  const ofPeople = series.some(({ metric, perPerson }) => metric === 'people' || perPerson);
  const { from, who } = doersOf(events, ofPeople ? 'person' : 'visitor', reading);
  const many = series.length > 1;
  const pick = (of: (one: Series) => Sql | null, none: Sql): Sql => picked(series.map(of), none);
  const none = sql`cast(null as bigint)`;
  const time = pick(
    ({ metric }) => (metric === 'sessions' ? instantOf(name('begins')) : name('ts')),
    name('ts'),
  );
  const groups = fields.map((field, i) => sql`${textOf(field)} as ${name(`g_${i + 1}`)}, `);
  const said = sql`
    select ${byProject ? sql`e.project_id as project_id, ` : sql``}${many ? sql`k, ` : sql``}${join(groups, '')}${time} as t,
      ${pick((one) => idOf(one, who), none)} as id,
      ${pick(({ metric, property }) => (property === undefined || metric === 'distinct' ? null : numberOf(property)), sql`cast(null as double)`)} as x,
      ${pick(oddOf, none)} as odd
    from ${from}${many ? sql` cross join (values ${join(series.map((_, i) => sql`(${i + 1})`))}) as s (k)` : sql``}
    where ${pick(wanted, sql`true`)}`;
  const bucket = interval === null ? sql`` : sql`${bucketed(name('t'), asking, interval)} as bucket, `;
  return sql`
    select ${each(groupNames(asking))}${many ? sql`k, ` : sql``}${bucket}id, x, odd
    from (${said}) as said${ofSessions ? sql` where t >= ${new Date(period.from)} and t < ${new Date(period.to)}` : sql``}`;
};

/** Of each series its own expression: `case k when 1 then … end`. */
const picked = (all: readonly (Sql | null)[], none: Sql): Sql => {
  const [only] = all;
  if (all.length === 1) return only ?? none;
  const cases = all.flatMap((one, i) => (one === null ? [] : [sql` when ${i + 1} then ${one}`]));
  return cases.length === 0 ? none : sql`case k${join(cases, '')} end`;
};

/** Of each series what its rows are counted by. */
export const pickedBySeries = (all: readonly Sql[]): Sql => picked(all, sql`null`);

/** Does the event belong to the series? Never null. */
const wanted = ({ event, where }: Series): Sql =>
  event === undefined
    ? holds(where)
    : sql`(event_name = ${event}${where.length === 0 ? sql`` : sql` and ${holds(where)}`})`;

function idOf({ metric, property, perPerson }: Series, who: Sql): Sql | null {
  if (metric === 'people' || perPerson) return hashed(who);
  if (metric === 'uniques') return hashed(sql`e.anonymous_id`);
  if (metric === 'sessions') return hashed(name('session'));
  return metric === 'distinct' && property !== undefined ? hashed(textOf(property)) : null;
}

function oddOf({ metric, property }: Series): Sql | null {
  if (property === undefined) return null;
  const read = metric === 'distinct' ? textOf(property) : numberOf(property);
  return sql`case when ${existsOf(property)} and ${read} is null then 1 end`;
}

/** Events with their session’s start, ms since 1970; null where nothing opens it. */
const begun = (events: Sql, many: boolean): Sql => sql`
  select *, min(case when ${opensSession} then ${millis(sql`ts`)} end) over (
    partition by ${many ? sql`project_id, ` : sql``}session) as begins
  from (${events}) as cut`;
