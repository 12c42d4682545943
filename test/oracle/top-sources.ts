import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { measured } from './get-stats.ts';
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
