import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { funnel } from './funnel.ts';
import { getStats } from './get-stats.ts';
import { queryEvents } from './query-events.ts';
import { type Asking, resolved } from './resolved.ts';
import type { Context } from './stored.ts';
import { topSources } from './top-sources.ts';

/** The questions that have an oracle. */
export const questions = ['query_events', 'get_stats', 'top_sources', 'funnel'] as const;
export type QuestionName = (typeof questions)[number];

/** What the question must answer over these stored events (repeats included), asked with raw arguments. */
export const truth = (
  question: QuestionName,
  stored: readonly Event[],
  raw: unknown,
  context: Context,
  asking: Asking,
): readonly Row[] => {
  switch (question) {
    case 'query_events':
      return queryEvents(stored, resolved.query_events(raw, asking), context);
    case 'get_stats':
      return getStats(stored, resolved.get_stats(raw, asking), context);
    case 'top_sources':
      return topSources(stored, resolved.top_sources(raw, asking), context);
    case 'funnel':
      return funnel(stored, resolved.funnel(raw, asking), context);
  }
};
