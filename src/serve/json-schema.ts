import * as z from 'zod/mini';
import {
  $ZodCheckGreaterThan,
  $ZodCheckLessThan,
  $ZodCheckMaxLength,
  $ZodCheckMinLength,
  $ZodCheckRegex,
} from 'zod/v4/core';
import type { Json } from '../mcp/host.ts';

/**
 * A type as the JSON Schema of what a caller may send: what zod’s own writer says of it, in a tenth of the code. Knows the kinds of types that our inputs are made of, and throws
 * an Error on any other.
 */
export const jsonSchemaOf = (type: z.core.$ZodType): Json => ({
  ...kindOf(type),
  ...z.globalRegistry.get(type),
});

const kindOf = (type: z.core.$ZodType): Json => {
  const { least, most, pattern }: Limits = Object.assign({}, ...(type._zod.def.checks ?? []).map(limitsIn));
  if (type instanceof z.ZodMiniString)
    return present({ type: 'string', minLength: least, maxLength: most, pattern });
  if (type instanceof z.ZodMiniNumber)
    return present({ type: isWhole(type) ? 'integer' : 'number', minimum: least, maximum: most });
  if (type instanceof z.ZodMiniBoolean) return { type: 'boolean' };
  if (type instanceof z.ZodMiniEnum) return { type: 'string', enum: Object.values(type.def.entries) };
  if (type instanceof z.ZodMiniArray)
    return present({ type: 'array', items: jsonSchemaOf(type.def.element), minItems: least, maxItems: most });
  if (type instanceof z.ZodMiniUnion) return { anyOf: type.def.options.map(jsonSchemaOf) };
  if (type instanceof z.ZodMiniObject) return objectOf(type);
  if (type instanceof z.ZodMiniOptional || type instanceof z.ZodMiniExactOptional)
    return jsonSchemaOf(type.def.innerType);
  if (type instanceof z.ZodMiniNullable) return orNull(jsonSchemaOf(type.def.innerType));
  // A list that is left out is empty, as its description says; so does that of what is read into something else.
  if (type instanceof z.ZodMiniDefault) {
    const { innerType, defaultValue } = type.def;
    const isSaid = Array.isArray(defaultValue) || innerType instanceof z.ZodMiniPipe;
    return present({ ...jsonSchemaOf(innerType), default: isSaid ? undefined : defaultValue });
  }
  if (type instanceof z.ZodMiniPipe) return jsonSchemaOf(type.def.in);
  if (type instanceof z.ZodMiniCustom) return {};
  throw new Error(`no JSON Schema is known here of the kind of type ${type._zod.def.type}`);
};

const orNull = (schema: Json): Json =>
  typeof schema.type === 'string' && schema.enum === undefined
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };

const objectOf = ({ def: { shape, catchall } }: z.ZodMiniObject): Json => {
  const required = Object.keys(shape).filter((name) => shape[name]?._zod.optin === undefined);
  return present({
    type: 'object',
    properties: Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, jsonSchemaOf(type)])),
    required: required.length === 0 ? undefined : required,
    additionalProperties: catchall?._zod.def.type === 'never' ? false : undefined,
  });
};

interface Limits {
  readonly least?: number;
  readonly most?: number;
  readonly pattern?: string;
}

const limitsIn = (check: z.core.$ZodCheck<never>): Limits => {
  if (check instanceof $ZodCheckMinLength) return { least: check._zod.def.minimum };
  if (check instanceof $ZodCheckMaxLength) return { most: check._zod.def.maximum };
  if (check instanceof $ZodCheckGreaterThan) return { least: Number(check._zod.def.value) };
  if (check instanceof $ZodCheckLessThan) return { most: Number(check._zod.def.value) };
  return check instanceof $ZodCheckRegex ? { pattern: check._zod.def.pattern.source } : {};
};

const isWhole = (type: z.ZodMiniNumber): boolean => type instanceof z.ZodMiniNumberFormat;

/** Without what is undefined. */
const present = (schema: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
