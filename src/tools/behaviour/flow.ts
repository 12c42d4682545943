import * as z from 'zod/mini';
import { pageOf } from '../../people/page.ts';
import { sessionEvents } from '../../people/session-events.ts';
import { isView, sessionReach } from '../../people/sessions.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { limitOf, listOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, each, groupCells, groupColumns } from '../relations.ts';
import { matches, namesIn, oneStep } from './steps.ts';

const input = z.object({
  anchor: oneStep(
    'Where to begin: an event, e.g. sign_up, or {"event":"$pageview","where":[{"field":"path","op":"eq","value":"/pricing"}]}.',
  ),
  direction: z
    ._default(z.enum(['after', 'before']), 'after')
    .check(
      z.describe('after: what follows a session’s first anchor (default). before: what led to its last.'),
    ),
  by: z
    ._default(z.enum(['auto', 'event', 'path']), 'auto')
    .check(
      z.describe(
        'What a step is: auto (default): a page view’s path, else the event’s name. event: names. path: page views only.',
      ),
    ),
  depth: z
    ._default(z.int().check(z.minimum(1), z.maximum(5)), 3)
    .check(z.describe('How many steps from the anchor, 1–5. Default 3.')),
  top: z
    ._default(z.int().check(z.minimum(1), z.maximum(20)), 5)
    .check(z.describe('How many names a step shows, 1–20; the rest is (other). Default 5.')),
  hide: z
    ._default(
      listOf(z.string().check(z.maxLength(2048, 'a name has at most 2048 characters; more came')), 20),
      [],
    )
    .check(z.describe('Event names or paths to pass over, e.g. scroll. Default: none.')),
  limit: limitOf(5000, 2500, 'rows'),
});
type Own = z.output<typeof input>;
type Flow = Asking<Own>;

/** What people do next, or did before. */
export const flow = question({
  name: 'flow',
  title: 'Flow',
  answers:
    'What people do next after an event or a page, or what led there: step by step within a session, with how many went which way, left or came. Use it for "where do they go from /pricing" and "what comes before sign_up". For steps you can already name use funnel; for how pages do, not where they lead, use pages.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: 'depth', type: 'number', unit: 'step', role: 'dimension' },
    { name: 'from', type: 'text' },
    { name: 'to', type: 'text' },
    { name: 'sessions', type: 'number', unit: 'sessions' },
    { name: 'share', type: 'number', unit: 'share' },
  ],
  reaches: ({ period }) => sessionReach(period),
  ask: (asking) => {
    const by = each(asking.byProject ? [name('project_id')] : []);
    return sql`
      select *, count(*) over () as of_all
      from (
        select *, cast(sessions as double) / sum(sessions) over (partition by ${by}depth, from_name) as share
        from (${steps(asking)}) as steps
      ) as shared
      order by depth, sessions desc, ${by}from_name, to_name
      limit ${asking.own.limit}`;
  },
  shape: (rows, asking) => {
    const { own } = asking;
    const of = Number(rows[0]?.of_all ?? 0);
    const [leads, ends, first] =
      own.direction === 'after' ? ['follows', '(exit)', 'first'] : ['came before', '(entry)', 'last'];
    return {
      rows: rows.map((row) => ({
        ...groupCells(row, asking),
        depth: row.depth ?? null,
        from: row.from_name ?? null,
        to: row.to_name ?? null,
        sessions: row.sessions ?? 0,
        share: row.share ?? null,
      })),
      ...(of > own.limit ? { truncated: { shown: own.limit, of, what: 'rows' as const } } : {}),
      notes: [
        `Sessions that start in the period, each once from its ${first} anchor; to is what ${leads}, ${ends} where nothing does. The same step again and again is one.`,
        'share is of the sessions at from. What leaves a step adds up to what reached it; sessions of different depths must not be added up.',
        ...(asking.where.length === 0
          ? []
          : ['where narrowed the events first; sessions are made of those that are left.']),
      ],
    };
  },
  // What begins with a slash is a path.
  speaksOf: ({ anchor, hide }) => [...namesIn([anchor]), ...hide.filter((name) => !/^(\/|\*$)/.test(name))],
  examples: [
    {
      says: 'Where do visits go from the home page?',
      input: {
        anchor: {
          event: '$pageview',
          where: [{ field: 'path', op: 'eq', value: '/' }],
        },
        depth: 2,
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        { depth: 1, from: '/', to: '(exit)', sessions: 2, share: 0.4 },
        { depth: 1, from: '/', to: '/hats', sessions: 1, share: 0.2 },
        { depth: 1, from: '/', to: '/shoes', sessions: 1, share: 0.2 },
        { depth: 1, from: '/', to: 'add_to_cart', sessions: 1, share: 0.2 },
        { depth: 2, from: '/hats', to: '(exit)', sessions: 1, share: 1 },
        { depth: 2, from: '/shoes', to: 'add_to_cart', sessions: 1, share: 1 },
        { depth: 2, from: 'add_to_cart', to: '(exit)', sessions: 1, share: 1 },
      ],
    },
    {
      says: 'What comes right before a purchase?',
      input: {
        anchor: 'purchase',
        direction: 'before',
        depth: 2,
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        { depth: 1, from: 'purchase', to: 'add_to_cart', sessions: 2, share: 1 },
        { depth: 2, from: 'add_to_cart', to: '(entry)', sessions: 1, share: 0.5 },
        { depth: 2, from: 'add_to_cart', to: '/shoes', sessions: 1, share: 0.5 },
      ],
    },
  ],
});

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const item = (place: number): Sql => name(`i_${place}`);

/** How many sessions went from where to where: `depth`, `from_name`, `to_name`, `sessions`. */
function steps(asking: Flow): Sql {
  const { depth, top, direction } = asking.own;
  const by = each(asking.byProject ? [name('project_id')] : []);
  const over = asking.byProject ? sql`partition by project_id ` : sql``;
  const places = range(0, depth);
  const totals = places.map(
    (k) =>
      sql`case when ${item(k)} is not null then sum(n) over (partition by ${by}${item(k)}) end as ${name(`t_${k}`)}`,
  );
  const ranks = places.map(
    (k) =>
      sql`dense_rank() over (${over}order by ${name(`t_${k}`)} desc nulls last, ${item(k)} nulls last) as ${name(`rank_${k}`)}`,
  );
  const ended = direction === 'after' ? '(exit)' : '(entry)';
  const shown = (k: number): Sql =>
    sql`case when ${item(k)} is null then ${ended} when ${name(`rank_${k}`)} <= ${top} then ${item(k)} else '(other)' end`;
  const at = (of: (k: number) => Sql, shift: number): Sql =>
    sql`case depth ${join(
      range(1, depth).map((d) => sql`when ${d} then ${of(d + shift)}`),
      ' ',
    )} end`;
  // Ways are few, so names are ranked by windows over them: each join of a relation with itself would read the lake anew.
  const ways = sql`
    select ${by}${join(places.map(item))}, count(*) as n from (${sequences(asking)}) as sequences
    group by ${by}${join(places.map(item))}`;
  const placed = sql`
    select *, ${join(ranks)} from (select *, ${join(totals)} from (${ways}) as ways) as totalled`;
  return sql`
    select ${by}depth, from_name, to_name, cast(sum(n) as bigint) as sessions
    from (
      select ${by}n, depth, ${at(shown, -1)} as from_name, ${at(shown, 0)} as to_name
      from (${placed}) as placed
      cross join unnest(array[${join(range(1, depth))}]) as t (depth)
      where ${at(item, -1)} is not null
    ) as named
    group by ${by}depth, from_name, to_name`;
}

/** One row per session with an anchor: what it did at each place, i_0 the anchor; null where nothing more came. */
function sequences(asking: Flow): Sql {
  const { depth, direction } = asking.own;
  const { period, byProject } = asking;
  const lane = sql`partition by session order by r${direction === 'after' ? sql`` : sql` desc`}`;
  const begun = sql`
    select *, count(case when anchor then 1 end) over (${lane} rows between unbounded preceding and current row) as anchors
    from (${walked(asking)}) as walked`;
  const nodes = sql`
    select *, case when anchor and anchors = 1 then anchor_item else item end as node
    from (${begun}) as begun
    where anchors >= 1 and begins >= ${period.from} and begins < ${period.to}`;
  const once = sql`
    select *, lag(node) over (${lane}) as previous from (${nodes}) as nodes where node is not null`;
  const numbered = sql`
    select *, row_number() over (${lane}) as place from (${once}) as once where previous is null or previous <> node`;
  const items = range(0, depth).map((k) => sql`max(case when place = ${k + 1} then node end) as ${item(k)}`);
  return sql`
    select ${byProject ? sql`min(project_id) as project_id, ` : sql``}${join(items)}
    from (${numbered}) as numbered
    where place <= ${depth + 1}
    group by session`;
}

/** Every event of the visitors who have an anchor: its `item` (null: passed over), what it is as the anchor, whether it may be that. */
function walked(asking: Flow): Sql {
  const { own, period, reading } = asking;
  const page = pageOf(name('path'));
  const viewed = sql`case when ${isView} then ${page} end`;
  const itemOf = {
    auto: sql`coalesce(${viewed}, event_name)`,
    event: name('event_name'),
    path: viewed,
  }[own.by];
  const anchorItem = { auto: itemOf, event: itemOf, path: sql`coalesce(${page}, event_name)` }[own.by];
  const hidden =
    own.hide.length === 0
      ? sql``
      : sql` or event_name in (${join(own.hide)}) or coalesce(${itemOf} in (${join(own.hide)}), false)`;
  const anchor = matches(own.anchor);
  return sessionEvents(
    askedEvents(asking, sessionReach(period)),
    reading,
    [
      ['item', sql`case when event_name = '$identify'${hidden} then null else ${itemOf} end`],
      ['anchor_item', anchorItem],
      ['anchor', anchor],
    ],
    anchor,
  );
}
