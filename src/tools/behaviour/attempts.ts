import type { Period } from '../../lake/events-of.ts';
import { identities, person } from '../../people/person.ts';
import { inSessions } from '../../people/session.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import type { Asking } from '../question.ts';
import { askedEvents } from '../relations.ts';

/** What an attempt is made of, as predicates and expressions over a stored event. */
interface Parts {
  /** Whose events belong together: see `oneOf`. */
  readonly whose: Sql;
  readonly matches: readonly Sql[];
  readonly exclude: readonly Sql[];
  readonly hold: readonly Sql[];
  readonly group: readonly Sql[];
}
type Funnel = Asking<{ readonly order: 'loose' | 'strict' | 'any' }>;

/** Room for this many events of one person beside the milliseconds of `moment`; with 60 years it just fits a bigint. */
const places = 4_194_304;

/**
 * Every attempt: a step-1 event in the period, with `who`, `moment`, its group g_1, `depth` (steps reached) and `seconds_2 …` (from the step before; null beyond depth).
 * `moment` is one whole number that orders a person’s events: milliseconds since the start, then their place. So the first match after an event is a plain minimum over
 * the rows after it, and the rest of its chain is the minimum of chains: a later match can only go on later. One scan, windows only; nothing is joined with itself.
 */
export function attempts(asking: Funnel, windowMs: number, parts: Parts): Sql {
  const { order } = asking.own;
  const reach = reachOf(asking, windowMs);
  const steps = parts.matches.length;
  const start = sql`m_1 and ts >= ${new Date(asking.period.from)} and ts < ${new Date(asking.period.to)}`;
  const ordered = numbered(asking, reach, parts);
  if (order === 'any') return around(ordered, start, steps, windowMs, parts);
  const chained =
    order === 'strict'
      ? nextOnly(ordered, steps, parts)
      : parts.exclude.length > 0
        ? firstUnlessExcluded(ordered, steps, parts)
        : firstAfter(ordered, steps, parts);
  const within = (k: number): Sql => sql`coalesce(${time(1, k)} / ${places} - moment / ${places} <= ${windowMs}, false)`;
  return sql`
    select *, ${join(range(2, steps).map((k) => sql`case when depth >= ${k} then cast(${time(1, k)} / ${places} - ${k === 2 ? name('moment') : time(1, k - 1)} / ${places} as double) / 1000 end as ${name(`seconds_${k}`)}`))}
    from (
      select *, 1${join(
        range(2, steps).map((k) => sql` + case when ${within(k)} then 1 else 0 end`),
        '',
      )} as depth
      from (${chained}) as chained
      where ${start}
    ) as deep`;
}

/** Which events an attempt may be made of: those up to a window after the period, and before it where the order does not matter. */
export const reachOf = ({ own, period }: Pick<Funnel, 'own' | 'period'>, windowMs: number): Period => ({
  from: own.order === 'any' ? period.from - windowMs : period.from,
  to: period.to + windowMs,
});

const range = (from: number, to: number): readonly number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
/** Column t_k_j: when the chain of an event that is step k reaches step j. */
const time = (k: number, j: number): Sql => name(`t_${k}_${j}`);
const flag = (k: number): Sql => name(`m_${k}`);
/** What one person’s events have in common: in one project who did them, over several the project too (that column costs a third of a funnel’s time). */
export const oneOf = ({ reading }: Pick<Funnel, 'reading'>): Sql => (reading.projects.length === 1 ? name('who') : sql`project_id, who`);

/** Whose events an attempt may be made of: one person’s, with the same held values. */
const laneOf = (parts: Parts): Sql => join([parts.whose, ...holdNames(parts)]);
const holdNames = (parts: Parts): readonly Sql[] => parts.hold.map((_, i) => name(`h_${i + 1}`));

/** The events that matter with who did them, what they match, and `moment`. */
function numbered(asking: Funnel, reach: Period, { whose, matches, exclude, hold, group }: Parts): Sql {
  const { per } = asking;
  const events = askedEvents(asking, reach);
  const from = per === 'session' ? sql`(${inSessions(events)}) as e` : sql`(${events}) as e`;
  const who = { person, visitor: sql`e.anonymous_id`, session: sql`e.session` }[per];
  const people =
    per === 'person' ? sql` left join (${identities(asking.reading)}) as i on i.project_id = e.project_id and i.anonymous_id = e.anonymous_id` : sql``;
  const excluded = exclude.length === 0 ? [] : [sql`${join(exclude, ' or ')} as excluded`];
  // Strict order looks at every event; otherwise only matches and exclusions matter.
  const some = asking.own.order === 'strict' ? sql`` : sql` where ${join([...matches, ...exclude], ' or ')}`;
  return sql`
    select *, date_diff('millisecond', ${new Date(reach.from)}, ts) * ${places} + row_number() over (partition by ${whose} order by ts, received_at, request_id, seq) as moment
    from (
      select e.project_id, ${who} as who, ts, received_at, request_id, seq, ${join([...matches.map((m, i) => sql`${m} as ${flag(i + 1)}`), ...excluded, ...hold.map((h, i) => sql`${h} as ${name(`h_${i + 1}`)}`), ...group.map((g, i) => sql`${g} as ${name(`g_${i + 1}`)}`)])}
      from ${from}${people}${some}
    ) as matched`;
}

/** Adds t_1_2 … t_1_n, from the last step backwards: each next step is the first match after the one before. */
function firstAfter(ordered: Sql, steps: number, parts: Parts): Sql {
  const after = sql`over (partition by ${laneOf(parts)} order by moment desc rows between unbounded preceding and 1 preceding)`;
  return range(1, steps - 1)
    .toReversed()
    .reduce((inner, k) => {
      const next = sql`min(case when ${flag(k + 1)} then moment end) ${after} as ${time(k, k + 1)}`;
      const rest = range(k + 2, steps).map((j) => sql`min(case when ${flag(k + 1)} then ${time(k + 1, j)} end) ${after} as ${time(k, j)}`);
      return sql`select *, ${join([next, ...rest])} from (${inner}) as ${name(`from_${k + 1}`)}`;
    }, ordered);
}

/**
 * The same where exclusions end attempts: t_k_j is null when one lies between. The rest of a chain is then no longer a minimum (a later match may escape the exclusion), so it is taken
 * from the first match itself: the rows up to a match share the number of matches still ahead. `cut` counts exclusions so far, save those that are this lane’s next step.
 */
function firstUnlessExcluded(ordered: Sql, steps: number, parts: Parts): Sql {
  const lane = laneOf(parts);
  const soFar = sql`rows between unbounded preceding and current row`;
  const counted = sql`select *, sum(case when excluded then 1 else 0 end) over (partition by ${parts.whose} order by moment ${soFar}) as exclusions from (${ordered}) as ordered`;
  return range(1, steps - 1)
    .toReversed()
    .reduce((inner, k) => {
      const match = flag(k + 1);
      const carried = [name('moment'), name('cut'), ...range(k + 2, steps).map((j) => time(k + 1, j))];
      const first = (value: Sql): Sql =>
        sql`case when ${match} then lead(${value}) over (partition by ${lane}, ${match} order by moment) else max(case when ${match} then ${value} end) over (partition by ${lane}, ahead) end`;
      const found = range(k + 1, steps).map(
        (j, i) => sql`case when ${first(name('cut'))} = cut then ${first(carried[i === 0 ? 0 : i + 1] ?? match)} end as ${time(k, j)}`,
      );
      const columns = [
        ...['project_id', 'who', 'ts', 'moment', 'excluded', 'exclusions'].map(name),
        ...parts.matches.map((_, i) => flag(i + 1)),
        ...holdNames(parts),
        ...parts.group.map((_, i) => name(`g_${i + 1}`)),
      ];
      return sql`
        select ${join([...columns, ...found])}
        from (
          select *, exclusions - sum(case when excluded and ${match} then 1 else 0 end) over (partition by ${lane} order by moment ${soFar}) as cut,
            sum(case when ${match} then 1 else 0 end) over (partition by ${lane} order by moment desc ${soFar}) as ahead
          from (${inner}) as ${name(`from_${k + 1}`)}
        ) as ${name(`cut_${k + 1}`)}`;
    }, counted);
}

/** The same for strict order: the very next event must be the next step, with the same held values. */
function nextOnly(ordered: Sql, steps: number, parts: Parts): Sql {
  const next = (value: Sql): Sql => sql`lead(${value}) over (partition by ${parts.whose} order by moment)`;
  return range(1, steps - 1)
    .toReversed()
    .reduce((inner, k) => {
      const same = holdNames(parts).map((h) => sql` and not (${h} is distinct from ${next(h)})`);
      const times = range(k + 1, steps).map(
        (j) => sql`case when ${next(flag(k + 1))}${join(same, '')} then ${next(j === k + 1 ? name('moment') : time(k + 1, j))} end as ${time(k, j)}`,
      );
      return sql`select *, ${join(times)} from (${inner}) as ${name(`from_${k + 1}`)}`;
    }, ordered);
}

/** Order any: step k counts when a match lies within the window before or after the step-1 event, another event than it. */
function around(ordered: Sql, start: Sql, steps: number, windowMs: number, parts: Parts): Sql {
  const lane = laneOf(parts);
  const near = range(2, steps).flatMap((k) => [
    sql`max(case when ${flag(k)} then ts end) over (partition by ${lane} order by moment rows between unbounded preceding and 1 preceding) as ${name(`before_${k}`)}`,
    sql`min(case when ${flag(k)} then ts end) over (partition by ${lane} order by moment rows between 1 following and unbounded following) as ${name(`after_${k}`)}`,
  ]);
  const close = (k: number): Sql =>
    sql`(coalesce(date_diff('millisecond', ${name(`before_${k}`)}, ts) <= ${windowMs}, false) or coalesce(date_diff('millisecond', ts, ${name(`after_${k}`)}) <= ${windowMs}, false))`;
  const depth = range(2, steps).map((k) => sql` + case when ${join(range(2, k).map(close), ' and ')} then 1 else 0 end`);
  return sql`select *, 1${join(depth, '')} as depth from (select *, ${join(near)} from (${ordered}) as ordered) as nearby where ${start}`;
}
