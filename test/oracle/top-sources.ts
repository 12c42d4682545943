import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { measured } from './get-stats.ts';
import { limit, oracleOf, shared, timed } from './oracle.ts';
import { compareGroups } from './order.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of top_sources, resolved. */
export interface TopSources extends Shared {
  readonly breakdown: 'source_medium' | 'source';
}

/** What top_sources must answer. */
export const topSources = (stored: readonly Event[], args: TopSources, context: Context): readonly Row[] => {
  const groupOf = ({ project_id, source, medium }: Event): readonly string[] => [
    ...(context.byProject ? [project_id] : []),
    source,
    ...(args.breakdown === 'source' ? [] : [medium]),
  ];
  const events = during(narrowed(eventsFor(stored, context), args), args);
  return [...Map.groupBy(events, (event) => JSON.stringify(groupOf(event))).values()]
    .flatMap((own) => own.slice(0, 1).map((one) => ({ one, own })))
    .toSorted((a, b) => b.own.length - a.own.length || compareGroups(groupOf(a.one), groupOf(b.one)))
    .slice(0, args.limit)
    .map(({ one, own }) => ({
      ...(context.byProject ? { project_id: one.project_id } : {}),
      source: one.source,
      ...(args.breakdown === 'source' ? {} : { medium: one.medium }),
      events: own.length,
      uniques: measured(own, 'uniques'),
      paid_share: own.filter((event) => event.medium === 'paid').length / own.length,
    }));
};

const schema = z.strictObject({
  ...shared,
  limit: limit(50),
  breakdown: z.enum(['source_medium', 'source']).default('source_medium'),
});

/** top_sources, for its tests. */
export const topSourcesOracle = oracleOf<TopSources>({
  draws: fc.record({ breakdown: fc.constantFrom(undefined, 'source_medium', 'source') }),
  measures: ['events', 'uniques', 'paid_share'],
  read: (raw, asking) => timed(schema.parse(raw), 'read', asking),
  answer: topSources,
});
