import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { names, oddNames, often } from '../worlds/words.ts';
import { groupOf, textOf } from './field.ts';
import { limit, oracleOf, shared, text, timed } from './oracle.ts';
import { compareGroups, compareText } from './order.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of describe_data, resolved. */
export interface DescribeData extends Shared {
  readonly search?: string;
  readonly event?: string;
  readonly field?: string;
}

/** What describe_data must answer. Letters of the worlds’ names have one case, so `toLowerCase` does. */
export const describeData = (
  stored: readonly Event[],
  args: DescribeData,
  context: Context,
): readonly Row[] => {
  const { search, event, field } = args;
  const asked = during(narrowed(eventsFor(stored, context), args), args).filter(
    (e) =>
      (event === undefined || e.event_name === event) &&
      (search === undefined || e.event_name.toLowerCase().includes(search.toLowerCase())),
  );
  const projects = context.byProject ? [...new Set(asked.map((e) => e.project_id))] : [null];
  return projects
    .flatMap((project) => {
      const own = asked.filter((e) => project === null || e.project_id === project);
      const said = field !== undefined ? values(own, field) : event === undefined ? named(own) : keys(own);
      return said.map(({ by, row }) => ({
        events: Number(row.events),
        by: [project, by],
        row: { ...(project === null ? {} : { project_id: project }), ...row },
      }));
    })
    .toSorted((a, b) => b.events - a.events || compareGroups(a.by, b.by))
    .slice(0, args.limit)
    .map(({ row }) => row);
};

interface Told {
  readonly by: string | null;
  readonly row: Row;
}

const named = (events: readonly Event[]): readonly Told[] =>
  [...Map.groupBy(events, (e) => e.event_name)].map(([name, own]) => ({
    by: name,
    row: {
      event: name,
      events: own.length,
      first_seen: new Date(Math.min(...own.map(({ ts }) => ts))).toISOString(),
      last_seen: new Date(Math.max(...own.map(({ ts }) => ts))).toISOString(),
    },
  }));

const values = (events: readonly Event[], field: string): readonly Told[] => {
  const columns = ['event_name', 'path', 'source', 'country'];
  const spelled = columns.includes(field) || /^properties[.[]/.test(field) ? field : `properties.${field}`;
  return [...Map.groupBy(events, (e) => groupOf(e, spelled))].map(([value, own]) => ({
    by: value,
    row: { value, events: own.length, share: own.length / events.length },
  }));
};

const keys = (events: readonly Event[]): readonly Told[] => {
  const held = events.flatMap((e) =>
    Object.entries(JSON.parse(e.properties)).flatMap(([key, value]) =>
      value === null || /["\\]/.test(key) ? [] : [{ key, value }],
    ),
  );
  return [...Map.groupBy(held, ({ key }) => key)].map(([key, own]) => {
    const types = new Set(own.map(({ value }) => typeOf(value)));
    return {
      by: key,
      row: {
        property: /[.[\]]/.test(key) ? `properties["${key}"]` : `properties.${key}`,
        types: ['text', 'boolean', 'list', 'object', 'number'].filter((type) => types.has(type)).join(', '),
        events: own.length,
        share: own.length / events.length,
        examples: JSON.stringify(examples(own.map(({ value }) => value))),
      },
    };
  });
};

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value;
};

/** The three most frequent single values; of equally frequent ones the first as text, a text before what is none. */
const examples = (found: readonly unknown[]): readonly unknown[] =>
  [
    ...Map.groupBy(
      found.filter((value) => textOf(value) !== null),
      (value) => JSON.stringify(value),
    ).values(),
  ]
    .flatMap((own) => own.slice(0, 1).map((value) => ({ value, n: own.length, text: textOf(value) ?? '' })))
    .toSorted(
      (a, b) =>
        b.n - a.n ||
        compareText(a.text, b.text) ||
        compareText(JSON.stringify(a.value), JSON.stringify(b.value)),
    )
    .slice(0, 3)
    .map(({ value }) => value);

const schema = z.strictObject({
  ...shared,
  from: z.string().default('last:30d'),
  limit: limit(100),
  search: text,
  event: text,
  field: text,
});
const event = often(names, oddNames);
const field = fc.constantFrom(
  'event_name',
  'path',
  'source',
  'country',
  'plan',
  'a b',
  'properties["a.b"]',
  'nested.x',
);

/** describe_data, for its tests. */
export const describeDataOracle = oracleOf<DescribeData>({
  draws: fc.oneof(
    fc.constant({}),
    fc.record({ search: fc.constantFrom('A', 'a', '$', 'IDENT', 'é', 'לום') }),
    fc.record({ event }),
    fc.record({ field }),
    fc.record({ event, field }),
  ),
  measures: ['events', 'first_seen', 'last_seen', 'types', 'share', 'examples'],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: describeData,
});
