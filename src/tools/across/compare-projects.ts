import * as z from 'zod/mini';
import { name, sql } from '../../sql/sql.ts';
import { aboutMetric } from '../counting/metrics.ts';
import { eventName, limitOf } from '../inputs.ts';
import { question } from '../question.ts';
import { askedEvents } from '../relations.ts';

const input = z.object({
  metric: z
    ._default(z.enum(['count', 'uniques']), 'count')
    .check(z.describe('count: events (default). uniques: visitors (anonymous_id).')),
  event: z.optional(eventName).check(z.describe('Only this event, e.g. $pageview. Default: all.')),
  limit: limitOf(1000, 100, 'projects (the largest)'),
});

/** The projects of an account, ranked. */
export const compareProjects = question({
  name: 'compare_projects',
  title: 'Projects compared',
  answers:
    'Which projects have most events or visitors, one row each with slug and name, the largest first; a project where nothing happened is there with 0, so silence is seen. Use it to choose a project, then ask any other tool about it with project_slug. For more than one number per project, or over time, ask overview or get_stats over all projects.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots'],
  dates: 'contract',
  across: true,
  // Each project’s visitors are its own, yet one who visits two of them is two.
  additive: ({ own }) => own.metric === 'count',
  columns: ({ own }) => [
    { name: 'project_id', type: 'text' },
    { name: 'name', type: 'text' },
    { name: 'value', type: 'number', ...unitOf(own.metric) },
  ],
  ask: ({ own, ...asking }) => sql`
    select project_id, ${own.metric === 'count' ? sql`count(*)` : sql`count(distinct anonymous_id)`} as ${name('value')}
    from (${askedEvents(asking)}) as e${own.event === undefined ? sql`` : sql` where event_name = ${own.event}`}
    group by project_id`,
  shape: (rows, { own, reading, named }) => {
    const values = new Map(rows.map(({ project_id, value }) => [project_id, Number(value)]));
    const names = new Map(named.map((project) => [project.id, project.name]));
    const all = reading.projects
      .map((id) => ({ project_id: id, name: names.get(id) ?? null, value: values.get(id) ?? 0 }))
      .toSorted((a, b) => b.value - a.value || (a.project_id < b.project_id ? -1 : 1));
    return {
      rows: all.slice(0, own.limit),
      ...(all.length > own.limit
        ? { truncated: { shown: own.limit, of: all.length, what: 'rows' as const } }
        : {}),
      notes:
        own.metric === 'uniques'
          ? ['Nobody is one visitor of two projects: who visits both is counted in each.']
          : [],
    };
  },
  head: ({ metric }) => ({ metric }),
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'Which project had most visitors that week? (Of one project, the shop)',
      input: { metric: 'uniques', from: '2026-03-02', to: '2026-03-09' },
      rows: [{ project_id: 'shop', slug: 'the-shop', name: 'shop', value: 6 }],
    },
    {
      says: 'Which sold most?',
      input: { event: 'purchase', from: '2026-03-02', to: '2026-03-09' },
      rows: [{ project_id: 'shop', slug: 'the-shop', name: 'shop', value: 3 }],
    },
  ],
});

const unitOf = (metric: 'count' | 'uniques') => {
  const { unit } = aboutMetric(metric);
  return unit === undefined ? {} : { unit };
};
