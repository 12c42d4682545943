import * as z from 'zod/mini';
import { doersOf } from '../../people/who.ts';
import type { Row } from '../../ports.ts';
import { bucketOf, bucketStart } from '../../sql/bucket.ts';
import { hashed } from '../../sql/hash.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { invalidParam } from '../refusal.ts';
import { askedEvents } from '../relations.ts';
import { type Clocked, clockedBuckets, unusualIn, unusualReach, weeks } from './unusual.ts';

const dayMs = 86_400_000;
/** Buckets that one question reads of one project, and of all of them. */
const most = { buckets: 5000, rows: 20_000 } as const;

const input = z.object({
  metric: z
    ._default(z.enum(['count', 'uniques', 'people']), 'count')
    .check(z.describe('count of events (default), uniques (visitors) or people.')),
  event: z
    .optional(z.string().check(z.minLength(1), z.maxLength(128)))
    .check(z.describe('Only this event, e.g. sign_up. Default: all events.')),
  interval: z
    ._default(z.enum(['hour', 'day']), 'day')
    .check(z.describe('Judge hours (outages; at most some 90 days) or days (default).')),
  sensitivity: z
    ._default(z.number().check(z.minimum(0.5), z.maximum(100)), 3.5)
    .check(z.describe('Least |score| that counts, 0.5–100; higher finds less. Default 3.5.')),
  limit: limitOf(1000, 100, 'findings (those that stand out most)'),
});
type Own = z.output<typeof input>;

/** When a number was not what that hour or weekday mostly brings. */
export const anomalies = question({
  name: 'anomalies',
  title: 'Unusual hours and days',
  answers:
    'When a number was not what that hour of the week or that weekday mostly brings: drops, spikes and silences (outages), each with value, expected and score. Use it for "did anything break" and "when did it begin". For why it changed go on with explain_change; for broken or doubled data use data_health.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots'],
  finds: true,
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...(asking.byProject ? [{ name: 'project_id', type: 'text' } as const] : []),
    { name: 'kind', type: 'text' },
    { name: 'from', type: 'time' },
    { name: 'to', type: 'time' },
    { name: 'buckets', type: 'number' },
    { name: 'value', type: 'number', unit: units[asking.own.metric] },
    { name: 'expected', type: 'number', unit: units[asking.own.metric] },
    { name: 'score', type: 'number' },
  ],
  reaches: ({ period }) => unusualReach(period),
  ask: (asking) => {
    const buckets = bucketsOf(asking).length;
    if (buckets > most.buckets || buckets * asking.reading.projects.length > most.rows)
      throw invalidParam(
        'from',
        `from: too many ${asking.own.interval}s to judge at once (with the weeks around them ${buckets} a project); choose a shorter period${asking.own.interval === 'hour' ? ', interval=day' : ''} or fewer projects`,
      );
    return counted(asking);
  },
  shape: (rows, asking) => {
    const { own, tz, period } = asking;
    const buckets = bucketsOf(asking);
    const judged = [...Map.groupBy(rows, (row) => row.project_id ?? null)].map(([project, counts]) => {
      const at = new Map(
        counts.map((row) => [
          Date.parse(bucketStart(row.bucket ?? null, tz, own.interval)),
          Number(row.value),
        ]),
      );
      const first = Math.min(...counts.map((row) => Date.parse(String(row.first))));
      return {
        project,
        ...unusualIn(period, buckets, (start) => at.get(start) ?? 0, first, own.sensitivity),
      };
    });
    const found = judged
      .flatMap(({ project, found: own }) => own.map((one) => ({ project, one })))
      .toSorted(
        (a, b) =>
          Math.abs(b.one.score) - Math.abs(a.one.score) ||
          a.one.from - b.one.from ||
          (String(a.project) < String(b.project) ? -1 : 1),
      );
    const thin = judged.reduce((sum, one) => sum + one.thin, 0);
    return {
      rows: found.slice(0, own.limit).map(
        ({ project, one }): Row => ({
          ...(asking.byProject ? { project_id: project } : {}),
          ...one,
          from: new Date(one.from).toISOString(),
          to: new Date(one.to).toISOString(),
        }),
      ),
      ...(found.length > own.limit
        ? { truncated: { shown: own.limit, of: found.length, what: 'rows' } }
        : {}),
      notes: [
        `expected is the median of the same ${own.interval === 'hour' ? 'hour of the week' : 'weekday'} in the ${weeks.nearest} nearest weeks; score counts spreads between. Neighbours of one kind are one row: value, expected and score are those of the ${own.interval} that stands out most.`,
        ...(thin === 0
          ? []
          : [
              `Too little history: ${thin} ${own.interval}s have fewer than ${weeks.least} other weeks to be compared with and were not judged.`,
            ]),
        ...(rows.length === 0 ? ['Nothing was sent in this period or the eight weeks around it.'] : []),
        ...(rows.length > 0 && found.length === 0 && thin === 0 ? ['Nothing unusual.'] : []),
        `The ${own.interval} that still runs is not judged.`,
      ],
    };
  },
  head: ({ metric }) => ({ metric }),
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'Did anything break that week?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: [],
    },
    {
      says: 'Which days of the week stand out against the silent weeks after it, looked at sharply?',
      input: { from: '2026-03-02', to: '2026-03-08', sensitivity: 2.5 },
      rows: [6, 8].map((day) => ({
        kind: 'spike',
        from: `2026-03-0${day}T00:00:00.000Z`,
        to: `2026-03-0${day + 1}T00:00:00.000Z`,
        buckets: 1,
        value: 3,
        expected: 0,
        score: 3,
      })),
    },
  ],
});

const units = { count: 'events', uniques: 'visitors', people: 'people' } as const;

const bucketsOf = ({ period, tz, now, own }: Asking<Own>): readonly Clocked[] =>
  clockedBuckets(period, { tz, now, interval: own.interval, most: most.buckets });

/** (bucket, value, first): what each bucket holds that holds any, and when its first event happened. */
function counted(asking: Asking<Own>): Sql {
  const { own, tz, period, reading, byProject } = asking;
  const reach = unusualReach(period);
  // No more buckets are judged, so a zone’s centuries to come need not be known.
  const known = { from: reach.from, to: Math.min(reach.to, reach.from + (most.buckets + 1) * dayMs) };
  const bucket = bucketOf(sql`ts`, tz, own.interval, known);
  const named = own.event === undefined ? sql`` : sql` where event_name = ${own.event}`;
  const events = sql`select * from (${askedEvents(asking, reach)}) as e${named}`;
  const project = byProject ? sql`project_id, ` : sql``;
  if (own.metric === 'count')
    return sql`
      select ${project}bucket, count(*) as value, min(ts) as first
      from (select ${project}ts, ${bucket} as bucket from (${events}) as n) as cut
      group by ${project}bucket order by ${project}bucket`;
  const { from, who } = doersOf(events, own.metric === 'people' ? 'person' : 'visitor', reading);
  return sql`
    select ${project}bucket, count(distinct who) as value, min(ts) as first
    from (
      select ${project}ts, who, ${bucket} as bucket
      from (select e.*, ${hashed(who)} as who from ${from}) as done
    ) as cut
    group by ${project}bucket order by ${project}bucket`;
}
