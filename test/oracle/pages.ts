import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { median } from './funnel.ts';
import { limit as limitOf, oracleOf, shared, timed, windowOf } from './oracle.ts';
import { byTime, compareGroups } from './order.ts';
import { pageOf, type SessionRow } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of pages, resolved; `window` in ms. */
export interface Pages extends Shared {
  readonly by: 'path' | 'host_path';
  readonly search?: string;
  readonly min_visitors: number;
  readonly conversion?: string;
  readonly window: number;
  readonly sort: string;
}

/** A view in its session. */
interface View {
  readonly event: Event;
  readonly session: SessionRow;
}

/** What pages must answer. */
export const pages = (stored: readonly Event[], args: Pages, context: Context): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const conversions = narrowed(seen, args).filter(({ event_name }) => event_name === args.conversion);
  const views = sessionsIn(seen, args).flatMap((session) =>
    session.views.map((event) => ({ event, session })),
  );
  const keysOf = ({ event }: View): readonly (string | null)[] => [
    ...(context.byProject ? [event.project_id] : []),
    keyOf(event, args.by),
  ];
  const wanted = views.filter(
    ({ event }) =>
      args.search === undefined ||
      (keyOf(event, args.by)?.toLowerCase().includes(args.search.toLowerCase()) ?? false),
  );
  return [...Map.groupBy(wanted, (view) => JSON.stringify(keysOf(view))).values()]
    .flatMap((own) =>
      own.slice(0, 1).map((one) => ({ keys: keysOf(one), row: measured(own, conversions, args) })),
    )
    .filter(({ row }) => Number(row.visitors) >= args.min_visitors)
    .toSorted(
      (a, b) =>
        Number(b.row[args.sort] ?? -1) - Number(a.row[args.sort] ?? -1) || compareGroups(a.keys, b.keys),
    )
    .slice(0, args.limit)
    .map(({ keys, row }) => ({
      ...(context.byProject ? { project_id: keys[0] ?? null } : {}),
      [args.by]: keys.at(-1) ?? null,
      ...row,
    }));
};

const keyOf = ({ path, url }: Event, by: Pages['by']): string | null => {
  const page = pageOf(path);
  if (by === 'path' || url === null) return page;
  return `${new URL(url).hostname}${page ?? ''}`;
};

const measured = (views: readonly View[], conversions: readonly Event[], args: Pages): Row => {
  const sessions = new Set(views.map(({ session }) => session));
  const visitors = new Set(views.map(({ session }) => session.visitor));
  const entries = views.filter(({ event, session }) => session.views[0] === event);
  const exits = views.filter(({ event, session }) => session.views.at(-1) === event);
  const bounces = entries.filter(({ session }) => session.bounce);
  const converters = new Set(
    views
      .filter(({ event }) =>
        conversions.some(
          (one) =>
            one.project_id === event.project_id &&
            one.anonymous_id === event.anonymous_id &&
            byTime(one, event) > 0 &&
            one.ts - event.ts <= args.window,
        ),
      )
      .map(({ session }) => session.visitor),
  );
  return {
    pageviews: views.length,
    visitors: visitors.size,
    sessions: sessions.size,
    entries: entries.length,
    exits: exits.length,
    bounce_rate: entries.length === 0 ? null : bounces.length / entries.length,
    exit_rate: exits.length / sessions.size,
    median_seconds: median(views.flatMap(secondsOn)),
    ...(args.conversion === undefined
      ? {}
      : { converters: converters.size, conversion_rate: converters.size / visitors.size }),
  };
};

/** How long until the next event of the session; of its last view nobody knows. */
const secondsOn = ({ event, session: { events, views } }: View): readonly number[] => {
  const next = events[events.indexOf(event) + 1];
  return next === undefined || views.at(-1) === event ? [] : [(next.ts - event.ts) / 1000];
};

const measures = [
  'pageviews',
  'visitors',
  'sessions',
  'entries',
  'exits',
  'bounce_rate',
  'exit_rate',
  'median_seconds',
];
const converted = ['converters', 'conversion_rate'];
const schema = z.strictObject({
  ...shared,
  limit: limitOf(50),
  by: z.enum(['path', 'host_path']).default('path'),
  search: z.string().exactOptional(),
  min_visitors: z.int().default(1),
  conversion: z.string().exactOptional(),
  window: windowOf('24h'),
  sort: z.string().default('pageviews'),
});

/** pages, for its tests. */
export const pagesOracle = oracleOf<Pages>({
  draws: fc
    .record({
      by: fc.constantFrom(undefined, undefined, 'path', 'host_path'),
      search: fc.constantFrom(undefined, undefined, undefined, '/SHOES', '/', 'shop.example'),
      min_visitors: fc.constantFrom(undefined, undefined, 1, 2),
      conversion: fc.constantFrom(undefined, 'A', 'B', '$pageview'),
      window: fc.constantFrom(undefined, '15s', '10m', '1h', '3d'),
      sort: fc.constantFrom(undefined, ...measures, ...converted),
    })
    .map(({ sort, ...own }) => ({
      ...own,
      sort: own.conversion === undefined && converted.some((one) => one === sort) ? undefined : sort,
    })),
  measures: [...measures, ...converted],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: pages,
});
