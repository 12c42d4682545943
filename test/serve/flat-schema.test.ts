import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { flat } from '../../src/serve/flat-schema.ts';
import { jsonSchemaOf } from '../../src/serve/json-schema.ts';
import { toolInputForProject, toolInputSchema } from '../../src/serve/tool-schemas.ts';
import { questions } from '../../src/tools/index.ts';
import { trackEvent } from '../../src/tools/writing/track-event.ts';

/** What some client’s converter cannot read, wherever it stands. */
const unread = (schema: unknown, at = ''): readonly string[] =>
  Object.entries(Object(schema)).flatMap(([word, value]) => [
    ...(/^(anyOf|oneOf|allOf|not|\$ref|\$defs|prefixItems|const)$/.test(word) && !at.endsWith('/properties')
      ? [`${at}/${word}`]
      : []),
    ...(word === 'additionalProperties' && typeof value === 'boolean' ? [`${at}/${word}`] : []),
    ...(word === 'type' && Array.isArray(value) ? [`${at}/${word}`] : []),
    ...(typeof value === 'object' && value !== null ? unread(value, `${at}/${word}`) : []),
  ]);

test.each([
  ...questions.map((question) => [question.name, toolInputForProject(question)] as const),
  [trackEvent.name, trackEvent.input] as const,
])('the input of %s is one that every client’s converter reads', (_, input) => {
  expect(unread(toolInputSchema(input))).toEqual([]);
});

test('where is a list of objects with field, op, value and any', () => {
  for (const question of questions.filter(({ shared }) => shared.includes('where'))) {
    const { properties } = toolInputSchema(toolInputForProject(question));
    const { type, items } = Object(Object(properties).where);
    expect([type, items.type, Object.keys(items.properties)]).toEqual([
      'array',
      'object',
      ['field', 'op', 'value', 'did', 'did_not', 'any'],
    ]);
  }
});

describe('a choice', () => {
  const text = z.string();
  test.each([
    [
      'of a list and its spelling as text is the list',
      [z.array(text), text],
      { type: 'array', items: { type: 'string' } },
    ],
    ['of kinds of value is a value of any kind', [text, z.number()], {}],
    [
      'of a value and a list of values is a value of any kind',
      [text, z.number(), z.array(z.union([text, z.number()]))],
      {},
    ],
    ['of a text and an object is a value of any kind', [text, z.object({ a: text })], {}],
    [
      'of a list of either and a text is a list of any kind',
      [z.array(z.union([text, z.object({ a: text })])), text],
      { type: 'array', items: {} },
    ],
    [
      'of objects is one object, which needs what all of them need',
      [z.strictObject({ a: text, b: text }), z.strictObject({ b: text, c: text })],
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } },
        required: ['b'],
      },
    ],
  ] as const)('%s', (_, options, schema) => {
    expect(flat(jsonSchemaOf(z.union(options)))).toEqual(schema);
  });

  test('keeps what was said of it, and its fields may have any name', () => {
    const choice = z.union([text, z.number()]).check(z.describe('A value.'));
    expect(flat(jsonSchemaOf(z.strictObject({ anyOf: choice, items: z.boolean() })))).toEqual({
      type: 'object',
      properties: { anyOf: { description: 'A value.' }, items: { type: 'boolean' } },
      required: ['anyOf', 'items'],
    });
  });
});
