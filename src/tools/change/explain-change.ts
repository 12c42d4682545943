import * as z from 'zod/mini';
import { dimensions as columns } from '../../events/columns.ts';
import type { Row } from '../../ports.ts';
import { type Field, fieldFrom } from '../../sql/field.ts';
import { otherPeriodInput } from '../compare-input.ts';
import { field, holding } from '../fields.ts';
import { limitOf, listOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { invalidParam } from '../refusal.ts';
import { type Compared, type Explaining, explained } from './explained.ts';
import { notesOf, toldOf } from './explanation.ts';

const dayMs = 86_400_000;
/** A conversion’s second step comes within this of its first, as in `funnel`. */
const windowMs = 7 * dayMs;
/** How many properties of an event are looked into where no dimension is named. */
const mostFilled = 10;

const name = z.string().check(z.minLength(1), z.maxLength(128));
const input = z.object({
  metric: z
    ._default(
      z.string().check(
        z.maxLength(300),
        holding<string>(
          (text) => metricFrom(text) !== undefined,
          'takes count, uniques, people, conversion or sum:<property>, e.g. sum:price',
        ),
      ),
      'count',
    )
    .check(
      z.describe(
        'What changed: count (default), uniques, people, sum:<property> such as sum:price, or conversion.',
      ),
    ),
  event: z.optional(name).check(z.describe('Only this event, e.g. sign_up. Default: all events.')),
  steps: z
    ._default(listOf(name, 2), [])
    .check(
      z.describe(
        'metric conversion: the two events, e.g. ["$pageview","sign_up"]; the second within 7 days. Else leave out.',
      ),
    ),
  compare: z
    ._default(otherPeriodInput, 'previous')
    .check(
      z.describe(
        'The other period: previous (as long, just before), year (same dates a year earlier) or {"from","to"}. Default previous.',
      ),
    ),
  dimensions: z
    ._default(
      listOf(field, 20).check(
        holding<readonly Field[]>(
          (fields) => new Set(fields.map(({ spelled }) => spelled)).size === fields.length,
          'the same column twice; name each once',
        ),
      ),
      [],
    )
    .check(
      z.describe(
        'Where to look: columns or properties.<key>. Default: every column and the event’s ten most filled properties.',
      ),
    ),
  limit: limitOf(200, 21, 'rows, the whole among them (those that deviate most)'),
});
type Own = z.output<typeof input>;

type Metric =
  | { readonly as: 'count' | 'uniques' | 'people' }
  | { readonly as: 'conversion' }
  | { readonly as: 'sum'; readonly field: Field };

function metricFrom(text: string): Metric | undefined {
  if (text === 'count' || text === 'uniques' || text === 'people') return { as: text };
  if (text === 'conversion') return { as: text };
  const spelled = /^sum:(.+)$/s.exec(text)?.[1];
  if (spelled === undefined) return undefined;
  const place = /^properties[.[]/.test(spelled) ? spelled : `properties.${spelled}`;
  const read = fieldFrom(place);
  return read === undefined ? undefined : { as: 'sum', field: read };
}

const units = {
  count: 'events',
  uniques: 'visitors',
  people: 'people',
  sum: undefined,
  conversion: 'share',
} as const;

/** Which values of which dimension stand behind a rise or a fall. */
export const explainChange = question({
  name: 'explain_change',
  title: 'What is behind a change',
  answers:
    'Why a number rose or fell against another period: for each country, source, device, page, property … before, after, and how much of the change is its doing; the most deviating values first. Use it for "why did sign-ups drop". To find when something broke use anomalies; for a plain split use get_stats.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => {
    const { as } = metricOf(asking.own);
    const unit = units[as] === undefined ? {} : { unit: units[as] };
    const number = (column: string): AnswerColumn => ({ name: column, type: 'number', ...unit });
    return [
      ...(asking.byProject ? [{ name: 'project_id', type: 'text' } as const] : []),
      { name: 'dimension', type: 'text' },
      { name: 'value', type: 'text' },
      ...['before', 'after', 'difference', 'expected', 'excess'].map(number),
      { name: 'share_of_change', type: 'number', unit: 'share' },
      ...(as === 'conversion'
        ? (['people_before', 'people_after'] as const).map(
            (column) => ({ name: column, type: 'number', unit: 'people' }) as const,
          )
        : []),
    ];
  },
  reaches: (asking) => {
    const { before, after } = comparedOf(asking);
    const later = metricOf(asking.own).as === 'conversion' ? windowMs : 0;
    return { from: Math.min(before.from, after.from), to: Math.max(before.to, after.to) + later };
  },
  ask: (asking) => explained(explaining(asking)),
  shape: (rows, asking) => {
    const { limit } = asking.own;
    const metric = metricOf(asking.own);
    const rates = metric.as === 'conversion';
    const spelled = fieldsOf(asking).map((one) => one.spelled);
    const projects = Map.groupBy(rows, (row) => row.project_id ?? null);
    const told = [...projects]
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      .map(([project, own]) => ({ project, rows: toldOf(rates, spelled, own) }));
    const of = told.reduce((sum, { rows: own }) => sum + own.length, 0);
    const shown = told.flatMap(({ project, rows: own }) =>
      own.slice(0, limit).map((row) => ({
        ...(asking.byProject ? { project_id: project } : {}),
        ...row,
      })),
    );
    return {
      rows: shown,
      ...(of > shown.length ? { truncated: { shown: shown.length, of, what: 'rows' } } : {}),
      notes: notesOf(comparedOf(asking), metric.as, asking.byProject ? undefined : told[0]?.rows),
    };
  },
  head: ({ metric }) => ({ metric }),
  speaksOf: ({ event, steps }) => [...(event === undefined ? [] : [event]), ...steps],
  examples: [
    {
      says: 'The end of the week brought fewer views than its start: where are they missing?',
      input: {
        event: '$pageview',
        dimensions: ['source', 'device_type'],
        from: '2026-03-05',
        to: '2026-03-07',
        limit: 3,
      },
      rows: [
        whole(4, 3),
        {
          dimension: 'source',
          value: 'direct',
          before: 0,
          after: 2,
          difference: 2,
          expected: 0,
          excess: 2,
          share_of_change: -2,
        },
        {
          dimension: 'source',
          value: 'google',
          before: 2,
          after: 0,
          difference: -2,
          expected: 1.5,
          excess: -1.5,
          share_of_change: 2,
        },
      ],
    },
    {
      says: 'What made the money of the second half of the week differ from the first?',
      input: {
        metric: 'sum:price',
        event: 'purchase',
        dimensions: 'country',
        compare: { from: '2026-03-02', to: '2026-03-04' },
        from: '2026-03-05',
        to: '2026-03-08',
      },
      rows: [
        whole(40, 55),
        {
          dimension: 'country',
          value: 'DE',
          before: 40,
          after: 0,
          difference: -40,
          expected: 55,
          excess: -55,
          share_of_change: -40 / 15,
        },
        {
          dimension: 'country',
          value: 'IN',
          before: 0,
          after: 40,
          difference: 40,
          expected: 0,
          excess: 40,
          share_of_change: 40 / 15,
        },
        {
          dimension: 'country',
          value: 'FR',
          before: 0,
          after: 15,
          difference: 15,
          expected: 0,
          excess: 15,
          share_of_change: 1,
        },
      ],
    },
  ],
});

/** The first row: everything. */
function whole(before: number, after: number): Row {
  return {
    dimension: null,
    value: null,
    before,
    after,
    difference: after - before,
    expected: after,
    excess: 0,
    share_of_change: before === after ? null : 1,
  };
}

const comparedOf = ({ period, before }: Pick<Asking<Own>, 'period' | 'before'>): Compared => ({
  before: before ?? { ...period, cut: false },
  after: period,
});

const metricOf = ({ metric }: Own): Metric => metricFrom(metric) ?? { as: 'count' };

/** The dimensions that are looked into; an event alone, or steps, have no event names to be told apart by. */
const fieldsOf = ({ own }: Pick<Asking<Own>, 'own'>): readonly Field[] =>
  own.dimensions.length > 0
    ? own.dimensions
    : columns
        .filter((column) => column !== 'event_name' || (own.event === undefined && own.steps.length === 0))
        .map((column) => ({ spelled: column, column }));

function explaining(asking: Asking<Own>): Explaining {
  const { own, reading } = asking;
  const metric = metricOf(own);
  const [first, second] = own.steps;
  if (metric.as === 'conversion' && (first === undefined || second === undefined))
    throw invalidParam('steps', 'steps: metric conversion needs two events, e.g. ["$pageview","sign_up"]');
  if (metric.as !== 'conversion' && own.steps.length > 0)
    throw invalidParam('steps', 'steps: only metric conversion has steps; use event, or metric=conversion');
  if (metric.as === 'conversion' && own.event !== undefined)
    throw invalidParam('event', 'event: metric conversion takes steps instead; leave event out');
  const dimensions = fieldsOf(asking);
  const properties =
    own.dimensions.length === 0 && (own.event !== undefined || metric.as === 'conversion') ? mostFilled : 0;
  const parts = reading.projects.length * (dimensions.length + properties);
  return {
    asking,
    periods: comparedOf(asking),
    counts:
      metric.as === 'conversion'
        ? { as: 'conversion', steps: [first ?? '', second ?? ''], windowMs }
        : metric.as === 'sum'
          ? { ...metric, event: own.event }
          : { as: metric.as, event: own.event },
    dimensions,
    properties,
    values: Math.max(1, Math.min(200, Math.floor(20_000 / parts) - 2)),
  };
}
