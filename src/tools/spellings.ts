import * as z from 'zod/mini';
import { invalidParam } from './refusal.ts';

type Type = z.core.$ZodType;
/** What an input takes, as far as another spelling of it may be plain. `kept`: a value whose kind is part of what is asked. */
type Kind = 'number' | 'boolean' | 'text' | 'list' | 'object' | 'kept';

/**
 * Arguments in the spellings of clients, as the ones they mean: numbers and booleans as text and the other way, null and "" for “not sent”, one object where a list is meant, a
 * list or object as JSON text. What is not plain stays as it came, for the question to refuse by name. REST and MCP read the very same. Problem `invalid_params` where a text begins
 * as JSON and is none.
 */
export const understood = (
  shape: Readonly<Record<string, Type>>,
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => {
      if (value === null || value === '') return [];
      const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [[name, type === undefined ? value : plain(type, value, name)]];
    }),
  );

function plain(type: Type, value: unknown, argument: string): unknown {
  const kind = kindOf(type);
  switch (kind) {
    case 'number':
      return typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
    case 'boolean':
      return booleans.get(String(value).trim().toLowerCase()) ?? value;
    case 'text':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    case 'list':
      return listed(type, value, argument);
    case 'object':
      return asObject(type, value, argument);
    default:
      return value;
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...(['true', '1'] as const).map((text) => [text, true] as const),
  ...(['false', '0'] as const).map((text) => [text, false] as const),
]);

/** A list with its elements understood; a text that is no JSON is a list’s comma-separated spelling, which the input reads itself. */
function listed(type: Type, value: unknown, argument: string): unknown {
  const element = elementOf(type);
  const given = jsonIn(value, argument, /^\s*[[{]/, takesText(element));
  if (isObject(given)) return [plain(element, given, argument)];
  return Array.isArray(given) && given.length <= mostLookedAt
    ? given.map((each) => plain(element, each, argument))
    : given;
}

/** No list of ours takes so many; a longer one is refused as it came. */
const mostLookedAt = 1000;

function asObject(type: Type, value: unknown, argument: string): unknown {
  const given = jsonIn(value, argument, /^\s*\{/, takesText(type));
  if (!isObject(given)) return given;
  const shape: Readonly<Record<string, Type>> = Object.assign(
    {},
    ...partsOf(type).map((part) => (part instanceof z.ZodMiniObject ? part.def.shape : {})),
  );
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, inner]) => {
      const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (field === undefined) return [[name, inner]];
      if (inner === null && field._zod.optin !== undefined) {
        if (kindOf(field) !== 'kept' || /exists$/.test(String(given.op))) return [];
        const said = `${name}: null is no value; for events without the field use op not_exists`;
        throw invalidParam(argument, `${argument}: ${said}`);
      }
      return [[name, plain(field, inner, argument)]];
    }),
  );
}

/** What a text that looks like JSON stands for. Where a plain text is taken too, one that is no JSON is that: a name may begin with a bracket. */
function jsonIn(value: unknown, argument: string, looks: RegExp, orText: boolean): unknown {
  if (typeof value !== 'string' || !looks.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch (thrown) {
    if (orText) return value;
    const why = thrown instanceof Error ? thrown.message : '';
    throw invalidParam(argument, `${argument}: not JSON (${why.slice(0, 120)}); send it as JSON`);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Is this a list that may hold objects? In a query string it is JSON. */
export const holdsObjects = (type: Type): boolean =>
  kindOf(type) === 'list' && kindOf(elementOf(type)) === 'object';

/** What a type is made of, without what is wrapped around it; the branches of a union each. */
const partsOf = (type: Type): readonly Type[] => {
  if (type instanceof z.ZodMiniOptional || type instanceof z.ZodMiniDefault)
    return partsOf(type.def.innerType);
  if (type instanceof z.ZodMiniPipe) return partsOf(type.def.in);
  return type instanceof z.ZodMiniUnion ? type.def.options.flatMap(partsOf) : [type];
};

const takesText = (type: Type): boolean => partsOf(type).some((part) => part instanceof z.ZodMiniString);

const elementOf = (type: Type): Type =>
  partsOf(type).find((part) => part instanceof z.ZodMiniArray)?.def.element ?? type;

function kindOf(type: Type): Kind {
  const parts = partsOf(type);
  const has = (kind: (part: Type) => boolean): boolean => parts.some(kind);
  const isList = (part: Type): boolean => part instanceof z.ZodMiniArray;
  const isNumber = (part: Type): boolean => part instanceof z.ZodMiniNumber;
  const isBoolean = (part: Type): boolean => part instanceof z.ZodMiniBoolean;
  if (parts.length > 1 && (has(isNumber) || has(isBoolean))) return 'kept';
  if (has(isList)) return 'list';
  if (has((part) => part instanceof z.ZodMiniObject)) return 'object';
  if (has(isNumber)) return 'number';
  if (has(isBoolean)) return 'boolean';
  return has((part) => part instanceof z.ZodMiniString) ? 'text' : 'kept';
}
