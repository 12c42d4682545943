import type { Json } from '../mcp/host.ts';

/**
 * A schema of what may be sent, flat: without `anyOf` and boolean `additionalProperties`, so that every client’s converter takes it. Where there was a choice, what a list can say is a
 * list, objects are one object with the fields of each, and anything else is a value of any type. It is wider than what is taken; the tool itself stays as strict.
 */
export const flat = (schema: Json): Json =>
  Object.fromEntries(
    Object.entries({ ...schema, ...chosen(schema) }).flatMap(([word, value]): [string, unknown][] => {
      if (word === 'anyOf' || (word === 'additionalProperties' && typeof value === 'boolean')) return [];
      if (word === 'items' || word === 'additionalProperties') return [[word, flat(jsonOf(value))]];
      return [[word, word === 'properties' ? eachOf(value) : value]];
    }),
  );

/** What stands for a choice. */
const chosen = ({ anyOf }: Json): Json => {
  if (!Array.isArray(anyOf)) return {};
  const options = anyOf.map(jsonOf);
  const list = options.find(({ type }) => type === 'array');
  // A text beside a list is the list’s other spelling; what may also be a number is a value of any type.
  if (list !== undefined && options.every((one) => one === list || one.type === 'string')) return list;
  if (!options.every(({ type }) => type === 'object')) return {};
  const [first, ...others] = options;
  return {
    type: 'object',
    properties: Object.assign({}, ...options.map(({ properties }) => jsonOf(properties))),
    ...required([first, ...others].map((option) => namesIn(option?.required))),
  };
};

/** Only what every choice needs is needed. */
const required = ([first = [], ...others]: readonly (readonly string[])[]): Json => {
  const names = first.filter((name) => others.every((other) => other.includes(name)));
  return names.length === 0 ? {} : { required: names };
};

const eachOf = (properties: unknown): Json =>
  Object.fromEntries(Object.entries(jsonOf(properties)).map(([name, one]) => [name, flat(jsonOf(one))]));

const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];

const jsonOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
