import * as z from 'zod/mini';
import { earliest } from '../../events/instant.ts';
import { bucketRows, doings, whoColumns } from '../../people/days.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { anyDoing, onlyEvent, whom } from '../inputs.ts';
import { countedAs, countedUnits } from '../meanings.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupColumns } from '../relations.ts';
import { backBy, begunBuckets, calendarOver, everyBucket, only, projectFirst } from './calendar.ts';

const input = z.object({
  event: onlyEvent(anyDoing),
  interval: z
    ._default(z.enum(['day', 'week', 'month']), 'week')
    .check(z.describe('One row per day, week (from Monday) or month. Default week.')),
  per: whom,
});
type Own = z.output<typeof input>;

const kinds = ['active', 'new', 'returning', 'resurrecting', 'dormant'] as const;

/** Who of those active is new, who goes on, who is back, and who has stopped. */
export const lifecycle = question({
  name: 'lifecycle',
  title: 'Lifecycle',
  answers:
    'Per day, week or month, how many people are active, and of those how many are new (first ever), returning (also active the interval before) or resurrecting (earlier, not the one before); dormant: active before, not now (negative). Use it for "are we growing or leaking", churn. For DAU and MAU use active_people, for cohorts retention.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: 'bucket', type: 'time' },
    ...kinds.map((name) => ({ name, type: 'number', unit: countedUnits[asking.own.per] }) as const),
  ],
  every: ({ interval }) => interval,
  reaches: ({ period }) => ({ from: earliest, to: period.to }),
  ask: (asking) => lives(asking),
  order: (asking) => sql`${projectFirst(asking)}place`,
  shape: (rows, asking) => ({
    ...everyBucket(
      rows,
      asking,
      asking.own.interval,
      (row) => Object.fromEntries(kinds.map((kind) => [kind, row[kind] ?? 0])),
      Object.fromEntries(kinds.map((kind) => [kind, 0])),
    ),
    notes: [
      countedAs[asking.own.per],
      `active = new + returning + resurrecting; dormant are those of the ${asking.own.interval} before who are not among them (negative). new is the first ever of the events that match: all time up to to is read.`,
      `The first ${asking.own.interval} is counted whole, the last up to to or now: until it is over its dormant may still come back.`,
      ...(asking.own.event === undefined ? [`Counted is ${anyDoing}.`] : []),
    ],
  }),
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'Who was new, who came back, by day?',
      input: { interval: 'day', from: '2026-03-05', to: '2026-03-07' },
      rows: [
        { bucket: '2026-03-05T00:00:00.000Z', active: 1, new: 0, returning: 1, resurrecting: 0, dormant: 0 },
        { bucket: '2026-03-06T00:00:00.000Z', active: 2, new: 1, returning: 1, resurrecting: 0, dormant: 0 },
        { bucket: '2026-03-07T00:00:00.000Z', active: 1, new: 0, returning: 1, resurrecting: 0, dormant: -1 },
      ],
    },
    {
      says: 'And by week, until a week in which nobody came?',
      input: { from: '2026-03-02', to: '2026-03-15' },
      rows: [
        { bucket: '2026-03-02T00:00:00.000Z', active: 5, new: 5, returning: 0, resurrecting: 0, dormant: 0 },
        { bucket: '2026-03-09T00:00:00.000Z', active: 0, new: 0, returning: 0, resurrecting: 0, dormant: -5 },
      ],
    },
  ],
});

/**
 * A person’s buckets in their order: what lies before the period and the bucket before it is one long ago, −2, beside
 * no other. So the one before and the one after say what a bucket is to them, and nothing is joined.
 */
function lives(asking: Asking<Own>): Sql {
  const { own, reading, byProject, period } = asking;
  const doing = { per: own.per, reading, byProject };
  const events = askedEvents(asking, { from: earliest, to: period.to });
  const buckets = bucketRows(
    doings(only(events, own.event), doing),
    doing,
    calendarOver(asking, own.interval, backBy(1, asking, own.interval)),
  );
  const project = projectFirst(asking);
  const inOrder = sql`over (partition by ${whoColumns(doing)} order by k)`;
  const many = (kind: string): Sql => sql`count(case when kind = ${kind} then 1 end)`;
  return sql`
    select ${project}place, count(case when kind <> 'dormant' then 1 end) as active, ${many('new')} as new,
      ${many('returning')} as returning, ${many('resurrecting')} as resurrecting, -${many('dormant')} as dormant
    from (
      select ${project}k + late as place,
        case when late = 1 then 'dormant' when before is null then 'new' when before = k - 1 then 'returning' else 'resurrecting' end as kind
      from (
        select *, lag(k) ${inOrder} as before, lead(k) ${inOrder} as next
        from (select *, coalesce(place, -2) as k from (${buckets}) as buckets) as numbered
      ) as lived
      cross join unnest(sequence(0, 1)) as u(late)
      where late = 0 or next is null or next > k + 1
    ) as kinds
    where place >= 0 and place < ${begunBuckets(asking, own.interval).length}
    group by ${project}place
    order by ${project}place`;
}
