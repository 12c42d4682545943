import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  batchBody,
  identifyBody,
  publicBatchBody,
  publicTrackBody,
  trackBody,
} from '../../src/events/schema.ts';
import { jsonSchemaOf } from '../../src/serve/json-schema.ts';
import { toolInputForProject } from '../../src/serve/tool-schemas.ts';
import { questions } from '../../src/tools/index.ts';
import { inputOf } from '../../src/tools/resolve.ts';

const inputs: readonly (readonly [string, z.ZodMiniType])[] = [
  ...questions.flatMap((question) => [
    [question.name, inputOf(question)] as const,
    [`${question.name} for a project’s key`, toolInputForProject(question)] as const,
  ]),
  ...Object.entries({ trackBody, publicTrackBody, batchBody, publicBatchBody, identifyBody }),
];

test.each(inputs)('the input of %s is described as zod itself would', (_, input) => {
  const { $schema: _schema, ...wanted } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  expect(jsonSchemaOf(input)).toEqual(wanted);
});

describe('a type of another kind', () => {
  test.each([
    ['date', z.date()],
    ['tuple', z.object({ deep: z.array(z.tuple([z.string()])) })],
  ] as const)('is no silent hole in a schema: %s', (kind, type) => {
    expect(() => jsonSchemaOf(type)).toThrow(`the kind of type ${kind}`);
  });
});
