import * as z from 'zod/mini';
import { paidMedia } from '../../events/classify.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns, groupNames } from '../relations.ts';

const input = z.object({
  breakdown: z
    ._default(z.enum(['source_medium', 'source']), 'source_medium')
    .check(z.describe('One row per source and medium (default), or per source.')),
  limit: limitOf(200, 50, 'sources'),
});

/** Events of visits that Facebook’s ads brought, as far as is known. */
const facebookAds = sql`source = 'facebook' and medium = 'paid'`;
/** A `utm_medium` of a url that says by itself that the visit was paid for. */
const saysPaid = `[?&]utm_medium=(?:${[...paidMedia].join('|').replaceAll('_', '[-_]')})(?:[&#]|\\z)`;
/** Is it taken for an ad for its `fbclid` alone? */
const byClickId = sql`source_rule_id in ('fbclid', 'fbclid_utm', 'fb_ad_redirect')
  and not coalesce(regexp_like(lower(url), ${saysPaid}), false)`;
type Asked = Asking<z.output<typeof input>>;

const splitBy = (asking: Asked): readonly Sql[] => [
  ...groupNames(asking),
  ...(asking.own.breakdown === 'source' ? ['source'] : ['source', 'medium']).map(name),
];
const inOrder = (asking: Asked): Sql =>
  sql`events desc, ${join(splitBy(asking).map((column) => sql`${column} asc`))}`;

/** Where visitors come from. */
export const topSources = question({
  name: 'top_sources',
  title: 'Top sources',
  answers:
    'Where events and their visitors come from, each event by its own page: google organic, newsletter email, chatgpt ai … with the share of paid traffic. internal is a click within the site; direct includes what servers send. For where visits come from use overview with group_by=source, for where buyers come from use attribution, for one source over time get_stats. uniques must not be added up.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  bare: true,
  dates: 'contract',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: 'source', type: 'text' },
    ...(asking.own.breakdown === 'source' ? [] : [{ name: 'medium', type: 'text' } as const]),
    { name: 'events', type: 'number', unit: 'events' },
    { name: 'uniques', type: 'number', unit: 'visitors' },
    { name: 'paid_share', type: 'number', unit: 'share' },
  ],
  ask: (asking) => {
    const by = splitBy(asking);
    return sql`
      select ${join(by)}, events, uniques, cast(paid as double) / nullif(events, 0) as paid_share, count(*) over () as of_all,
        cast(sum(guessed) over () as bigint) as guessed, cast(sum(ads) over () as bigint) as ads
      from (
        select ${join(by)}, count(*) as events, count(distinct anonymous_id) as uniques, count_if(medium = 'paid') as paid,
          count_if(${facebookAds}) as ads, count_if(${facebookAds} and ${byClickId}) as guessed
        from (${askedEvents(asking)}) as e
        group by ${join(by)}
      ) as grouped
      order by ${inOrder(asking)}
      limit ${asking.own.limit}`;
  },
  order: inOrder,
  shape: (rows, asking) => {
    const { own } = asking;
    const of = Number(rows[0]?.of_all ?? 0);
    const guessed = Number(rows[0]?.guessed ?? 0);
    return {
      rows: rows.map((row) => ({
        ...groupCells(row, asking),
        source: row.source ?? null,
        ...(own.breakdown === 'source' ? {} : { medium: row.medium ?? null }),
        events: row.events ?? 0,
        uniques: row.uniques ?? 0,
        paid_share: row.paid_share ?? 0,
      })),
      ...(of > own.limit ? { truncated: { shown: own.limit, of, what: 'groups' } } : {}),
      notes:
        guessed === 0
          ? []
          : [
              `${guessed} of ${Number(rows[0]?.ads ?? 0)} events from facebook / paid are known only by fbclid, which Facebook adds to unpaid links too: tag ads with utm_medium to tell them apart.`,
            ],
    };
  },
  head: ({ breakdown }) => ({ breakdown }),
  examples: [
    {
      says: 'Where did visitors come from that week?',
      input: { from: '2026-03-02', to: '2026-03-09' },
      rows: [
        { source: 'direct', medium: 'direct', events: 4, uniques: 2, paid_share: 0 },
        { source: 'google', medium: 'organic', events: 4, uniques: 1, paid_share: 0 },
        { source: 'chatgpt', medium: 'ai', events: 3, uniques: 1, paid_share: 0 },
        { source: 'newsletter', medium: 'email', events: 3, uniques: 1, paid_share: 0 },
        { source: 'facebook', medium: 'paid', events: 2, uniques: 1, paid_share: 1 },
      ],
    },
  ],
});
