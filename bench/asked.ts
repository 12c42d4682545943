import { type LakeFile, lakeKinds } from '../src/local/parquet/kinds.ts';
import { routes } from '../src/routes.ts';
import { join, name, relation, type Sql, sql } from '../src/sql/sql.ts';
import { questionNamed } from '../src/tools/index.ts';
import type { Question } from '../src/tools/question.ts';
import { type Resolved, resolve } from '../src/tools/resolve.ts';
import { dayMs, endsAt } from './world-rows.ts';

/** A question of the bench. */
export interface Timed {
  readonly name: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** What the lab measured for its like on the same shape of data, ms, big and small project. */
  readonly lab?: readonly [big: number, small: number];
  /** The lab’s own text of it, over a relation `mine` that holds this project’s live events in this period without bots. */
  readonly labText?: Sql;
  /** The same in ClickHouse’s own words, over a table `events` that holds this project in this period. */
  readonly clickhouse?: string;
}

const day = (back: number): string => new Date(endsAt - back * dayMs).toISOString();
export const month = { from: day(30), to: day(0) } as const;
const steps = ['$pageview', 'add_to_cart', 'purchase'] as const;

const soon = (start: string): Sql => sql`ts <= ${name(start)} + interval '7' day`;
const frame = sql`over (partition by anonymous_id order by ts rows between unbounded preceding and 1 preceding)`;
/** The lab’s funnel: each event carries the latest start that reached it, in the order of time alone; how many reached each step, no more. */
const latestStarts = sql`
  select count(distinct case when event_name = ${steps[0]} then anonymous_id end) as n_1,
    count(distinct case when event_name = ${steps[1]} and ${soon('s_1')} then anonymous_id end) as n_2,
    count(distinct case when event_name = ${steps[2]} and ${soon('s_2')} then anonymous_id end) as n_3
  from (
    select *, max(case when event_name = ${steps[1]} and ${soon('s_1')} then s_1 end) ${frame} as s_2
    from (
      select anonymous_id, ts, event_name, max(case when event_name = ${steps[0]} then ts end) ${frame} as s_1
      from mine where event_name in (${join(steps)})
    ) as first_starts
  ) as second_starts`;

export const questions: readonly Timed[] = [
  {
    name: 'count by day',
    tool: 'get_stats',
    args: { ...month, interval: 'day' },
    lab: [14, 10],
    labText: sql`select date_trunc('day', ts) as d, count(*) as n from mine group by d order by d`,
    clickhouse: 'select toStartOfDay(ts) as bucket, count() from events group by bucket order by bucket',
  },
  {
    name: 'uniques by source and medium',
    tool: 'top_sources',
    args: month,
    lab: [80, 45],
    labText: sql`select source, medium, count(*) as n, count(distinct anonymous_id) as u from mine group by source, medium order by n desc`,
    clickhouse:
      'select source, medium, count() as n, uniqExact(anonymous_id) from events group by source, medium order by n desc',
  },
  { name: 'uniques by day', tool: 'get_stats', args: { ...month, metric: 'uniques', interval: 'day' } },
  {
    name: 'group by property',
    tool: 'get_stats',
    args: { ...month, group_by: 'properties.plan' },
    lab: [174, 131],
    labText: sql`select json_extract_scalar(properties, '$["plan"]') as k, count(*) as n from mine group by k order by n desc`,
    clickhouse:
      "select JSONExtractString(properties, 'plan') as plan, count() as n from events group by plan order by n desc",
  },
  {
    name: 'funnel of visitors, 3 steps, 7 days',
    tool: 'funnel',
    args: { ...month, steps, window: '7d', per: 'visitor' },
    lab: [132, 77],
    labText: latestStarts,
    clickhouse: `select level, count() from (select anonymous_id, windowFunnel(604800000, 'strict_increase')(toUInt64(toUnixTimestamp64Milli(ts)), ${steps.map((step) => `event_name = '${step}'`).join(', ')}) as level from events group by anonymous_id) group by level`,
  },
  { name: 'funnel of persons, 3 steps, 7 days', tool: 'funnel', args: { ...month, steps, window: '7d' } },
  {
    name: '100 newest events',
    tool: 'query_events',
    args: { ...month, limit: 100 },
    lab: [357, 276],
    labText: sql`select * from mine order by ts desc limit 100`,
    clickhouse:
      'select * from events order by ts desc, received_at desc, request_id desc, seq desc limit 101',
  },
  { name: 'tiny: one count, one day', tool: 'get_stats', args: { from: day(1), to: day(0) } },
];

/** A few of them, for what is asked many times over. */
export const inTurn = questions.filter(({ name }) =>
  /^(count by day|uniques by source|funnel of visitors|tiny)/.test(name),
);

/** A question understood as the product would for this project, with nothing of the network. */
export const understood = (
  { tool, args }: Timed,
  project: string,
): { readonly question: Question; readonly resolved: Resolved; readonly sql: Sql } => {
  const question = questionNamed(tool);
  if (question === undefined) throw new Error(`no question ${tool}`);
  const asker = {
    projects: [project],
    byProject: false,
    env: 'live',
    lake: 'clean',
    timezone: 'UTC',
    now: Date.now(),
  } as const;
  const resolved = resolve(question, args, asker);
  return { question, resolved, sql: question.ask(resolved.asking) };
};

/** The lab’s text for this project and period; undefined where the lab did not ask the like. */
export const inLabsWords = (timed: Timed, project: string): Sql | undefined => {
  if (timed.labText === undefined) return undefined;
  const { from, to } = understood(timed, project).resolved.asking.period;
  const wanted = sql`project_id = ${project} and env = 'live' and ts >= ${new Date(from)} and ts < ${new Date(to)} and device_type <> 'bot'`;
  return sql`with mine as (select * from ${relation('events')} where ${wanted}) ${timed.labText}`;
};

/** The files its answer needs: the project’s, of its days; identifications of all time. */
export const filesFor = (timed: Timed, project: string, files: readonly LakeFile[]): readonly LakeFile[] => {
  const { question, resolved, sql } = understood(timed, project);
  const { from, to } = question.reaches?.(resolved.asking) ?? resolved.asking.period;
  const kinds = lakeKinds.filter((kind) => kind !== 'overrules' && sql.reads.has(kind));
  return files.filter(
    ({ kind, projects, minTs, maxTs }) =>
      kinds.includes(kind) &&
      projects.includes(project) &&
      (kind !== 'events' || (maxTs >= from && minTs < to)),
  );
};

/** Its address on the product. */
export const pathOf = ({ tool, args }: Timed): string => {
  const route = routes.find((one) => 'question' in one && one.question === tool);
  if (route === undefined) throw new Error(`no route for ${tool}`);
  const texts = Object.entries(args).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `${route.path}?${new URLSearchParams(texts)}`;
};
