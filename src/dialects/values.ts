import '../events/exact-json.ts';
import { instant } from '../events/instant.ts';
import { Problem } from '../problems.ts';

/** An object of JSON, or a form. */
export type JsonFields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is JsonFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** The value’s fields; none where it is no object. */
export const fieldsOf = (value: unknown): JsonFields => (isFields(value) ? value : {});

/** The value as a list: itself, the one object it is, or nothing. */
export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : isFields(value) ? [value] : [];

/** The list that stands under this name; throws `invalid_payload` where there is none. */
export const listIn = (body: unknown, name: string): readonly unknown[] => {
  const { [name]: list } = fieldsOf(body);
  if (Array.isArray(list)) return list;
  throw notThis(`a JSON object with the list ${name}`);
};

/** The refusal of a body that is not what the tool sends here. */
export const notThis = (wanted: string): Problem =>
  new Problem('invalid_payload', `The body is not what this tool’s SDK sends here: ${wanted} is wanted.`, {
    details: { formErrors: [`${wanted} is wanted.`], fieldErrors: {} },
  });

/** A text that says something; a number counts as its digits. */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value === ''
      ? undefined
      : value
    : typeof value === 'number'
      ? String(value)
      : JSON.isRawJSON(value)
        ? value.rawJSON
        : undefined;

/** A finite number, also where it was sent as text. */
export const asNumber = (value: unknown): number | undefined => {
  const text = asText(value);
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
};

/** An ISO 8601 time, UTC where it names no zone, as ms since 1970; text that is none stays text, for the check to refuse; undefined where nothing came. */
export const asTime = (value: unknown): number | string | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const text = asText(value);
  if (text === undefined) return 'not a time';
  return instant(text) ?? instant(`${text}Z`) ?? text;
};

/** A sender’s clock where only a number helps. */
export const clockOf = (value: unknown): number | undefined => {
  const time = asTime(value);
  return typeof time === 'number' ? time : undefined;
};

/** Seconds or milliseconds since 1970, as their size tells; what is neither stays text. */
export const epochOf = (value: unknown): number | string | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const number = asNumber(value);
  if (number === undefined) return asTime(value);
  return Math.round(Math.abs(number) < 1e11 ? number * 1000 : number);
};

/** The fields without these, and without those that say nothing. */
export const without = (fields: JsonFields, ...names: readonly string[]): JsonFields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== null && value !== undefined && !names.includes(name),
    ),
  );

/** JsonFields that were said, of those that may be. */
export const said = (fields: JsonFields): JsonFields => without(fields);

/** The name and version of an SDK as properties. */
export const library = (name: unknown, version: unknown): JsonFields =>
  said({ $lib: asText(name), $lib_version: asText(version) });

const utm = ['source', 'medium', 'campaign', 'term', 'content'] as const;

/** The address with the campaign it lacks: a source is read from the address alone. */
export const withCampaign = (url: string | undefined, campaign: JsonFields): string | undefined => {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed === null || [...parsed.searchParams.keys()].some((name) => name.startsWith('utm_'))) return url;
  for (const name of utm) {
    const value = asText(campaign[name] ?? (name === 'campaign' ? campaign.name : undefined));
    if (value !== undefined) parsed.searchParams.set(`utm_${name}`, value);
  }
  return parsed.href;
};
