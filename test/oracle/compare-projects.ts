import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneOf } from '../worlds/arguments.ts';
import { names } from '../worlds/words.ts';
import { measured } from './get-stats.ts';
import { limit, oracleOf, shared, text, timed } from './oracle.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of compare_projects, resolved. */
export interface CompareProjects extends Shared {
  readonly metric: 'count' | 'uniques';
  readonly event?: string;
}

/** What compare_projects must answer; an account key’s projects are called as they are known by. */
export const compareProjects = (
  stored: readonly Event[],
  args: CompareProjects,
  context: Context,
): readonly Row[] => {
  const events = during(narrowed(eventsFor(stored, context), args), args).filter(
    ({ event_name }) => args.event === undefined || event_name === args.event,
  );
  return context.projects
    .map((project) => ({
      project_id: project,
      name: context.byProject ? project : null,
      value: measured(
        events.filter(({ project_id }) => project_id === project),
        args.metric,
      ),
    }))
    .toSorted((a, b) => Number(b.value) - Number(a.value) || (a.project_id < b.project_id ? -1 : 1))
    .slice(0, args.limit);
};

const schema = z.strictObject({
  ...shared,
  limit: limit(100),
  metric: z.enum(['count', 'uniques']).default('count'),
  event: text,
});

/** compare_projects, for its tests. */
export const compareProjectsOracle = oracleOf<CompareProjects>({
  draws: fc.record({
    metric: fc.constantFrom(undefined, 'count', 'uniques'),
    event: oneOf(...names.slice(0, 3)),
  }),
  measures: ['value'],
  read: (raw, asking) => timed(schema.parse(raw), 'read', asking),
  answer: compareProjects,
});
