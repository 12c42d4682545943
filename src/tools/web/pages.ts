import * as z from 'zod/mini';
import type { Period } from '../../lake/events-of.ts';
import { pageOf } from '../../people/page.ts';
import { sessionEvents } from '../../people/session-events.ts';
import { hostOf } from '../../people/session-fields.ts';
import { isCustom, isView, millis, sessionReach, visitorOf } from '../../people/sessions.ts';
import { containsText } from '../../sql/filter.ts';
import { medianOf } from '../../sql/median.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { limits } from '../fields.ts';
import { limitOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { ascending } from '../ranked.ts';
import { invalidParam } from '../refusal.ts';
import { askedEvents, each, groupCells, groupColumns } from '../relations.ts';
import { lengthMs, windowOf } from '../window.ts';

const seen = [
  { name: 'pageviews', type: 'number', unit: 'events' },
  { name: 'visitors', type: 'number', unit: 'visitors' },
  { name: 'sessions', type: 'number', unit: 'sessions' },
  { name: 'entries', type: 'number', unit: 'sessions' },
  { name: 'exits', type: 'number', unit: 'sessions' },
  { name: 'bounce_rate', type: 'number', unit: 'share' },
  { name: 'exit_rate', type: 'number', unit: 'share' },
  { name: 'median_seconds', type: 'number', unit: 'seconds' },
] as const satisfies readonly AnswerColumn[];
const converted = [
  { name: 'converters', type: 'number', unit: 'visitors' },
  { name: 'conversion_rate', type: 'number', unit: 'share' },
] as const satisfies readonly AnswerColumn[];

const input = z.object({
  by: z
    ._default(z.enum(['path', 'host_path']), 'path')
    .check(z.describe('One row per path (default), or per host and path, e.g. shop.example/shoes.')),
  search: z
    .optional(z.string().check(z.minLength(1), z.maxLength(limits.value)))
    .check(z.describe('Only pages that contain this text, case-insensitive, e.g. /blog. Default: all.')),
  min_visitors: z
    ._default(z.int().check(z.minimum(1), z.maximum(1e9)), 1)
    .check(z.describe('Only pages with at least so many visitors. Default 1; for rates take 30 or more.')),
  conversion: z
    .optional(z.string().check(z.minLength(1), z.maxLength(128)))
    .check(z.describe('An event, e.g. sign_up: adds converters and conversion_rate. Default: none.')),
  window: windowOf('24h', 'Time from the view to the conversion: 15s, 30m, 24h, 7d. Default 24h.'),
  sort: z
    ._default(z.enum([...seen, ...converted].map((column) => column.name)), 'pageviews')
    .check(z.describe('The measure whose largest values come first. Default pageviews.')),
  limit: limitOf(1000, 50, 'pages'),
});
type Own = z.output<typeof input>;

/** How each page of a site does: seen, entered, left, and what came of it. */
export const pages = question({
  name: 'pages',
  title: 'Pages',
  answers:
    'How the pages of a site do: views, visitors, entries, exits, bounce rate, exit rate, time on page, and with conversion=<event> how many who saw a page did it afterwards. Use it for "top pages", "worst landing pages", "which pages convert". For one page’s way on use flow; for the site as a whole, or visits by entry page and source, use overview.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: asking.own.by, type: 'text' },
    ...measuresOf(asking.own),
  ],
  whole: (own) => ({ ...own, min_visitors: 1 }),
  reaches,
  ask: (asking) => {
    const { conversion, sort } = asking.own;
    if (conversion === undefined && converted.some((column) => column.name === sort))
      throw invalidParam('sort', `sort: ${sort} needs conversion, the event that is hoped for; send one too`);
    return counted(asking);
  },
  order: inOrder,
  shape: (rows, asking) => {
    const { own } = asking;
    const of = Number(rows[0]?.of_all ?? 0);
    return {
      rows: rows.map((row) => ({
        ...groupCells(row, asking),
        [own.by]: row.page ?? null,
        ...Object.fromEntries(measuresOf(own).map((measure) => [measure.name, row[measure.name] ?? null])),
      })),
      ...(of > own.limit ? { truncated: { shown: own.limit, of, what: 'groups' } } : {}),
      notes: [
        'A view counts with its session, which counts where it starts. Pageviews, entries and exits may be added up; visitors, sessions, rates and medians may not.',
        'bounce_rate is of the sessions that entered there. median_seconds is the time to the next event of the session; the last view of a session has none.',
        ...(own.conversion === undefined
          ? []
          : [
              `converters are visitors who did it within ${own.window} after a view of the page; one visitor may count on several pages.`,
            ]),
        ...(asking.where.length === 0
          ? []
          : ['where narrowed the events first, conversions too; sessions are made of those that are left.']),
      ],
    };
  },
  speaksOf: ({ conversion }) => (conversion === undefined ? [] : [conversion]),
  examples: [
    {
      says: 'Which pages are seen, entered and left?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: [
        {
          path: '/',
          pageviews: 5,
          visitors: 4,
          sessions: 5,
          entries: 5,
          exits: 3,
          bounce_rate: 0.4,
          exit_rate: 0.6,
          median_seconds: 750,
        },
        {
          path: '/shoes',
          pageviews: 2,
          visitors: 2,
          sessions: 2,
          entries: 1,
          exits: 2,
          bounce_rate: 0,
          exit_rate: 1,
          median_seconds: null,
        },
        {
          path: '/hats',
          pageviews: 1,
          visitors: 1,
          sessions: 1,
          entries: 0,
          exits: 1,
          bounce_rate: null,
          exit_rate: 1,
          median_seconds: null,
        },
      ],
    },
    {
      says: 'Which pages are seen before a purchase within the hour?',
      input: {
        conversion: 'purchase',
        window: '1h',
        sort: 'conversion_rate',
        limit: 1,
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        {
          path: '/shoes',
          pageviews: 2,
          visitors: 2,
          sessions: 2,
          entries: 1,
          exits: 2,
          bounce_rate: 0,
          exit_rate: 1,
          median_seconds: null,
          converters: 2,
          conversion_rate: 1,
        },
      ],
    },
  ],
});

const measuresOf = ({ conversion }: Own): readonly AnswerColumn[] =>
  conversion === undefined ? seen : [...seen, ...converted];

/** Sessions a day around the period, and conversions a window after the last view in one. */
function reaches({ own, period }: Pick<Asking<Own>, 'own' | 'period'>): Period {
  const { from, to } = sessionReach(period);
  return { from, to: own.conversion === undefined ? to : to + lengthMs(own.window) };
}

/** What names a row. */
const pageNames = ({ byProject }: Asking<Own>): readonly Sql[] => [
  ...(byProject ? [name('project_id')] : []),
  name('page'),
];

function inOrder(asking: Asking<Own>): Sql {
  return sql`${name(asking.own.sort)} desc nulls last, ${ascending(pageNames(asking))}`;
}

/** One row per page: `page`, its measures, `of_all`. */
function counted(asking: Asking<Own>): Sql {
  const { conversion, min_visitors: least, limit } = asking.own;
  const by = pageNames(asking);
  const share = (part: Sql, whole: Sql): Sql => sql`cast(${part} as double) / nullif(${whole}, 0)`;
  const rates = [
    sql`${share(sql`bounces`, sql`entries`)} as bounce_rate`,
    sql`${share(sql`exits`, sql`sessions`)} as exit_rate`,
    ...(conversion === undefined ? [] : [sql`${share(sql`converters`, sql`visitors`)} as conversion_rate`]),
  ];
  const within = sql`converts - ms <= ${lengthMs(asking.own.window)}`;
  const totals = sql`
    select ${each(by)}count(*) as pageviews, count(distinct v) as visitors, count(distinct session) as sessions,
      count(case when r = first_r then 1 end) as entries, count(case when r = last_r then 1 end) as exits,
      count(case when r = first_r and views = 1 and others = 0 then 1 end) as bounces,
      ${medianOf(sql`case when r < last_r then cast(next_ms - ms as double) / 1000 end`)} as median_seconds${
        conversion === undefined ? sql`` : sql`, count(distinct case when ${within} then v end) as converters`
      }
    from (${views(asking)}) as views
    group by ${join(by)}`;
  return sql`
    select *, count(*) over () as of_all
    from (
      select *, ${join(rates)} from (${totals}) as totals where visitors >= ${least}
    ) as rated
    order by ${inOrder(asking)}
    limit ${limit}`;
}

/** The views of the sessions that start in the period: which page, which is the session’s first and last, and when the visitor converted next. */
function views(asking: Asking<Own>): Sql {
  const { own, period, reading } = asking;
  const path = pageOf(name('path'));
  const host = hostOf(name('url'));
  const page = own.by === 'path' ? path : sql`coalesce(concat(${host}, coalesce(${path}, '')), ${path})`;
  const events = askedEvents(asking, reaches(asking));
  const inSessions = sessionEvents(
    own.conversion === undefined
      ? events
      : sql`select * from (${converting(asking, events)}) as e where ts < ${new Date(sessionReach(period).to)}`,
    reading,
    [
      ['view', isView],
      ['other', isCustom],
      ['page', page],
      ...(own.conversion === undefined ? [] : [['converts', name('converts')] as const]),
    ],
  );
  const whole = sql`over (partition by session)`;
  const found = own.search === undefined ? sql`` : sql` and ${containsText(name('page'), own.search)}`;
  return sql`
    select *
    from (
      select *, count(case when view then 1 end) ${whole} as views, count(case when other then 1 end) ${whole} as others,
        min(case when view then r end) ${whole} as first_r, max(case when view then r end) ${whole} as last_r
      from (${inSessions}) as e
    ) as known
    where view and begins >= ${period.from} and begins < ${period.to}${found}`;
}

/** The events, each with the time in ms at which its visitor did the hoped-for event next, after it. */
const converting = ({ own, reading }: Asking<Own>, events: Sql): Sql => {
  const done = sql`case when event_name = ${own.conversion ?? null} then ${millis(sql`ts`)} end`;
  return sql`
    select *, min(${done}) over (
      partition by ${visitorOf(reading)} order by ts desc, received_at desc, request_id desc, seq desc
      rows between unbounded preceding and 1 preceding) as converts
    from (${events}) as e`;
};
