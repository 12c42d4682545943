import { parsedJson } from './parsed-json.ts';

/** A typed argument as the value a tool should get: JSON arrays, objects, booleans and numbers as such, text in JSON’s quotes as the text in them, all else as the text it is. */
export const typedValue = (text: string): unknown => {
  const value = parsedJson(text);
  if (value === null || value === undefined) return text;
  // A number that would not come back as it was typed is an id, not a number.
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  )
    return text;
  return value;
};

/** Arguments by name. A flag given twice is a list; `--group-by` is `group_by`. */
export const argumentsOf = (
  given: readonly { readonly name: string; readonly value: string }[],
): Readonly<Record<string, unknown>> => {
  const lists = new Map<string, unknown[]>();
  for (const { name, value } of given) {
    const word = name.replaceAll('-', '_');
    lists.set(word, [...(lists.get(word) ?? []), typedValue(value)]);
  }
  return Object.fromEntries(
    [...lists].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
};
