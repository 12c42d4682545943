import * as z from 'zod/mini';
import { sessionFieldNames, sessionFields } from '../../people/session-fields.ts';
import { instantOf, sessionReach, sessionRows } from '../../people/sessions.ts';
import { bucketOf, bucketStart } from '../../sql/bucket.ts';
import { medianOf } from '../../sql/median.ts';
import { name, type Sql, sql } from '../../sql/sql.ts';
import { filled, groupsKept } from '../fill.ts';
import { limitOf, wordsAmong } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { ranked, rankedOrder } from '../ranked.ts';
import { askedEvents, groupCells, groupColumns, groupNames } from '../relations.ts';

const input = z.object({
  group_by: wordsAmong(sessionFieldNames, 2),
  limit: limitOf(1000, 100, 'groups (those with the most sessions)'),
});
type Own = z.output<typeof input>;

const measures = [
  { name: 'visitors', type: 'number', unit: 'visitors' },
  { name: 'sessions', type: 'number', unit: 'sessions' },
  { name: 'pageviews', type: 'number', unit: 'events' },
  { name: 'views_per_session', type: 'number' },
  { name: 'bounce_rate', type: 'number', unit: 'share' },
  { name: 'average_session_seconds', type: 'number', unit: 'seconds' },
  { name: 'median_session_seconds', type: 'number', unit: 'seconds' },
  { name: 'events', type: 'number', unit: 'events' },
] as const satisfies readonly AnswerColumn[];

/** Nobody came: counts are 0, and what would divide by them is null. */
const nobody = {
  visitors: 0,
  sessions: 0,
  pageviews: 0,
  views_per_session: null,
  bounce_rate: null,
  average_session_seconds: null,
  median_session_seconds: null,
  events: 0,
} as const;

/** A site’s traffic: who came, how much they looked at, how long they stayed. */
export const overview = question({
  name: 'overview',
  title: 'Web overview',
  answers:
    'A site’s traffic in one answer: visitors, sessions, pageviews, bounce rate and session length, in total, per hour, day, week or month, and by source, medium, campaign, country, device, browser, entry or exit page. Use it for "how is the site doing" and "where do visits come from"; for counts of one event use get_stats, for pages use pages.',
  input,
  shared: ['from', 'to', 'tz', 'interval', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  groups: ({ group_by }) => group_by.map((spelled) => ({ spelled })),
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    ...(asking.interval === null ? [] : [{ name: 'bucket', type: 'time' } as const]),
    ...measures,
  ],
  reaches: ({ period }) => sessionReach(period),
  ask: (asking) =>
    ranked({
      rows: visits(asking),
      groups: groupNames(asking),
      byBucket: asking.interval !== null,
      measures: [
        ['visitors', sql`count(distinct v)`],
        ['sessions', sql`count(*)`],
        ['pageviews', sql`coalesce(sum(views), 0)`],
        ['views_per_session', sql`cast(sum(views) as double) / nullif(count(*), 0)`],
        [
          'bounce_rate',
          sql`cast(count(case when views <= 1 and others = 0 then 1 end) as double) / nullif(count(*), 0)`,
        ],
        ['average_session_seconds', sql`avg(seconds)`],
        ['median_session_seconds', medianOf(name('seconds'))],
        ['events', sql`coalesce(sum(events), 0)`],
      ],
      by: 'sessions',
      limit: groupsKept(asking, asking.own.limit),
    }),
  order: (asking) =>
    rankedOrder({ groups: groupNames(asking), byBucket: asking.interval !== null, by: 'sessions' }),
  shape: (rows, asking) => {
    const { interval, tz } = asking;
    const kept = groupsKept(asking, asking.own.limit);
    const grouped = groupColumns(asking).map(({ name: column }) => column);
    const of = Number(rows[0]?.of_all ?? 0);
    const said = rows.map((row) => ({
      ...(interval === null ? {} : { place: row.place ?? 0 }),
      ...groupCells(row, asking),
      ...(interval === null ? {} : { bucket: bucketStart(row.bucket ?? null, tz, interval) }),
      ...Object.fromEntries(measures.map((measure) => [measure.name, row[measure.name] ?? null])),
    }));
    return {
      rows: interval === null ? said : filled(asking, said, grouped, nobody),
      ...(of > kept ? { truncated: { shown: kept, of, what: 'groups' } } : {}),
      notes: [
        'A session counts where it starts. Sessions, pageviews and events may be added up; visitors, rates and averages may not.',
        ...(asking.where.length === 0
          ? []
          : ['where narrowed the events first; sessions are made of those that are left.']),
      ],
    };
  },
  examples: [
    {
      says: 'How was the week?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: [
        {
          visitors: 6,
          sessions: 7,
          pageviews: 8,
          views_per_session: 8 / 7,
          bounce_rate: 2 / 7,
          average_session_seconds: 4800 / 7,
          median_session_seconds: 900,
          events: 14,
        },
      ],
    },
    {
      says: 'Which entry pages bring visits, and how do they go on?',
      input: { group_by: 'entry_path', from: '2026-03-02', to: '2026-03-08', limit: 2 },
      rows: [
        {
          entry_path: '/',
          visitors: 4,
          sessions: 5,
          pageviews: 7,
          views_per_session: 1.4,
          bounce_rate: 0.4,
          average_session_seconds: 720,
          median_session_seconds: 1200,
          events: 10,
        },
        {
          entry_path: '/shoes',
          visitors: 1,
          sessions: 1,
          pageviews: 1,
          views_per_session: 1,
          bounce_rate: 0,
          average_session_seconds: 900,
          median_session_seconds: 900,
          events: 2,
        },
      ],
    },
  ],
});

/** The sessions that start in the period, with their groups and bucket. */
function visits(asking: Asking<Own>): Sql {
  const { reading, period, interval, tz, own } = asking;
  const kept = own.group_by.map((field, i) => ({ as: `g_${i + 1}`, ...sessionFields[field] }));
  const rows = sessionRows(askedEvents(asking, sessionReach(period)), reading, period, kept);
  if (interval === null) return rows;
  return sql`select *, ${bucketOf(instantOf(name('begins')), tz, interval, period)} as bucket from (${rows}) as started`;
}
