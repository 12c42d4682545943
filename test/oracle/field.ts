import { dimensions, type Event } from '../../src/events/columns.ts';

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The keys in `properties.a.b`, `properties["a.b"]` or a mixture; null for what is no property. */
export const keysOf = (field: string): readonly string[] | null => {
  if (!/^properties(\.[^.[\]"]+|\["[^"]*"\])+$/.test(field)) return null;
  return [...field.slice('properties'.length).matchAll(/\.([^.[\]"]+)|\["([^"]*)"\]/g)].map(
    ([, plain, quoted]) => plain ?? quoted ?? '',
  );
};

/** What an event holds there, as JSON has it; null where it is missing or JSON null. */
export const fieldOf = (event: Event, field: string): unknown => {
  if (field === 'project_id') return event.project_id;
  const column = dimensions.find((dimension) => dimension === field);
  if (column !== undefined) return event[column];
  const keys = keysOf(field);
  if (keys === null) throw new Error(`no such field: ${field}`);
  let value: unknown = JSON.parse(event.properties);
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = new Map<string, unknown>(Object.entries(value)).get(key) ?? null;
  }
  return value;
};

/** As text: numbers and booleans as their JSON text; objects, arrays and nothing have none. */
export const textOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : null;
};

/** As a number: JSON numbers and texts that spell one; null for all else. */
export const numberOf = (value: unknown): number | null => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && number.test(value) ? Number(value) : null;
};

/** The value an event is grouped under. */
export const groupOf = (event: Event, field: string): string | null => textOf(fieldOf(event, field));
