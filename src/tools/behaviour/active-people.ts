import * as z from 'zod/mini';
import { bucketRows, doings, whoColumns } from '../../people/days.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { anyDoing, onlyEvent, whom } from '../inputs.ts';
import { countedAs, countedUnits } from '../meanings.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupColumns } from '../relations.ts';
import { backBy, begunBuckets, calendarOver, everyBucket, only, projectFirst } from './calendar.ts';

const input = z.object({ event: onlyEvent(anyDoing), per: whom });
type Own = z.output<typeof input>;

/** How many days a month of activity has. */
const monthDays = 30;

/** How many are active by day, week and month, and how often they come. */
export const activePeople = question({
  name: 'active_people',
  title: 'Active people',
  answers:
    'Daily, weekly and monthly active people (DAU, WAU, MAU: distinct people in the 1, 7 and 30 days that end with each day) and stickiness (DAU ÷ MAU), one row per day. Use it for "how many active users have we". For who is new, back or lost use lifecycle; for cohorts that return use retention; for how many days people come use engagement.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: 'bucket', type: 'time' },
    ...(['dau', 'wau', 'mau'] as const).map(
      (name) => ({ name, type: 'number', unit: countedUnits[asking.own.per] }) as const,
    ),
    { name: 'stickiness', type: 'number', unit: 'share' },
  ],
  every: () => 'day',
  reaches: (asking) => backBy(monthDays - 1, asking, 'day'),
  ask: (asking) => active(asking),
  order: (asking) => sql`${projectFirst(asking)}place`,
  shape: (rows, asking) => ({
    ...everyBucket(
      rows,
      asking,
      'day',
      ({ dau = 0, wau = 0, mau = 0 }) => ({
        ...{ dau, wau, mau },
        stickiness: Number(mau) === 0 ? null : Number(dau) / Number(mau),
      }),
      { dau: 0, wau: 0, mau: 0, stickiness: null },
    ),
    notes: [
      countedAs[asking.own.per],
      'dau, wau, mau: distinct in the 1, 7 and 30 days of the zone that end with the day; 29 days before from are read. The first day is counted whole, the last up to to or now. Never add days up.',
      ...(asking.own.event === undefined ? [`Counted is ${anyDoing}.`] : []),
    ],
  }),
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'How many people were active by day, and how sticky is the shop?',
      input: { from: '2026-03-06', to: '2026-03-08' },
      rows: [
        { bucket: '2026-03-06T00:00:00.000Z', dau: 2, wau: 4, mau: 4, stickiness: 0.5 },
        { bucket: '2026-03-07T00:00:00.000Z', dau: 1, wau: 4, mau: 4, stickiness: 0.25 },
        { bucket: '2026-03-08T00:00:00.000Z', dau: 1, wau: 5, mau: 5, stickiness: 0.2 },
      ],
    },
    {
      says: 'Buyers, a day after the week that began with one',
      input: { event: 'purchase', from: '2026-03-08', to: '2026-03-09' },
      rows: [
        { bucket: '2026-03-08T00:00:00.000Z', dau: 1, wau: 3, mau: 3, stickiness: 1 / 3 },
        { bucket: '2026-03-09T00:00:00.000Z', dau: 0, wau: 2, mau: 3, stickiness: 0 },
      ],
    },
  ],
});

/**
 * A day on which somebody was active covers the days until their next one, 30 at most. Pairs of a day and how long it
 * covers are few, so that only those are spread over the days they cover: exact, without 30 rows for each person’s day.
 */
function active(asking: Asking<Own>): Sql {
  const { own, reading, byProject } = asking;
  const read = backBy(monthDays - 1, asking, 'day');
  const doing = { per: own.per, reading, byProject };
  const rows = doings(only(askedEvents(asking, read), own.event), doing);
  const days = bucketRows(rows, doing, calendarOver(asking, 'day', read));
  const project = projectFirst(asking);
  const sum = (when: Sql): Sql => sql`cast(sum(case when ${when} then n else 0 end) as bigint)`;
  return sql`
    select ${project}place, ${sum(sql`ahead = 0`)} as dau, ${sum(sql`ahead < 7`)} as wau, ${sum(sql`true`)} as mau
    from (
      select ${project}d + ahead as place, ahead, n
      from (
        select ${project}d, covers, count(*) as n
        from (
          select ${project}place as d,
            least(coalesce(lead(place) over (partition by ${whoColumns(doing)} order by place) - place, ${monthDays}), ${monthDays}) as covers
          from (${days}) as days
        ) as covering
        group by ${project}d, covers
      ) as counted
      cross join unnest(sequence(0, ${monthDays - 1})) as u(ahead)
      where ahead < covers
    ) as spread
    where place >= 0 and place < ${begunBuckets(asking, 'day').length}
    group by ${project}place
    order by ${project}place`;
}
