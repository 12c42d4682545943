import * as z from 'zod';
import type { Funnel } from './funnel.ts';
import type { GetStats } from './get-stats.ts';
import { type Manner, periodOf } from './period.ts';
import type { QueryEvents } from './query-events.ts';
import type { TopSources } from './top-sources.ts';
import type { Condition } from './where.ts';

/** When and in which time zone a question is asked: `now` in ms since 1970. */
export interface Asking {
  readonly now: number;
  readonly timezone: string;
}

const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' && value !== null && ('field' in value || 'any' in value);
const where = z.array(z.custom<Condition>(isCondition)).default([]);
const list = z.union([z.string().transform((text) => text.split(',')), z.array(z.string())]).default([]);
const text = z.string().exactOptional();
const shared = { from: text, to: text, tz: text, where, include_bots: z.boolean().default(false) };
const limit = (usual: number) => z.int().default(usual);

const step = z.union([
  z.string().transform((event) => ({ event, where: [] })),
  z.object({ event: z.string(), where }),
]);
const window = z
  .string()
  .default('7d')
  .transform(
    (said) =>
      Number(said.slice(0, -1)) * (said.endsWith('m') ? 60_000 : said.endsWith('h') ? 3_600_000 : 86_400_000),
  );

const queryEvents = z.strictObject({
  ...shared,
  limit: limit(100),
  event: text,
  source: text,
  medium: text,
  user_id: text,
  country: text,
  anonymous_id: text,
});
const getStats = z.strictObject({
  ...shared,
  limit: limit(100),
  metric: z.enum(['count', 'uniques']),
  event: text,
  group_by: list,
  interval: z.enum(['hour', 'day', 'week', 'month']).exactOptional(),
});
const topSources = z.strictObject({
  ...shared,
  limit: limit(50),
  breakdown: z.enum(['source_medium', 'source']).default('source_medium'),
});
const funnel = z.strictObject({
  ...shared,
  limit: limit(10),
  steps: z.array(step),
  window,
  order: z.enum(['loose', 'strict', 'any']).default('loose'),
  exclude: z.array(step).default([]),
  hold: list,
  per: z.enum(['person', 'visitor', 'session']).default('person'),
  group_by: list,
});

const timed = <T extends { readonly from?: string; readonly to?: string; readonly tz?: string }>(
  args: T,
  manner: Manner,
  asking: Asking,
) => ({
  ...args,
  ...periodOf(args, manner, asking),
});

/** Raw arguments with every default filled in and every time an instant: what the oracles take. */
export const resolved = {
  query_events: (raw: unknown, asking: Asking): QueryEvents => timed(queryEvents.parse(raw), 'read', asking),
  get_stats: (raw: unknown, asking: Asking): GetStats => timed(getStats.parse(raw), 'read', asking),
  top_sources: (raw: unknown, asking: Asking): TopSources => timed(topSources.parse(raw), 'read', asking),
  funnel: (raw: unknown, asking: Asking): Funnel => timed(funnel.parse(raw), 'analysis', asking),
};
