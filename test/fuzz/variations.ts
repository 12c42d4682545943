import { questions } from '../../src/tools/index.ts';
import type { Question } from '../../src/tools/question.ts';
import { inputOf } from '../../src/tools/resolve.ts';

/** One question with one argument changed, and which. */
export interface Variation {
  readonly tool: string;
  readonly argument: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const long = 'x'.repeat(129);
/** What an argument, or a part of one, may come as. */
export const strange: readonly unknown[] = [
  ...[
    null,
    '',
    ' ',
    'a',
    long,
    'x'.repeat(2100),
    ',',
    ',,a',
    'a,',
    '__proto__',
    'constructor',
    'Ä\u202e\ud800',
    '\0',
  ],
  ...[0, -1, 1, 1.5, 1e308, -0, 21, 2 ** 53, true, false, 'true', 'TRUE', '1', '10', '1e3', '-5', 'NaN'],
  ...[
    [],
    [''],
    ['a', ''],
    ['a', null],
    ['a', 'a'],
    ['a', long],
    ['a', 5],
    [['a']],
    [{}],
    [{ event: '' }, 'a'],
    Array(30).fill('a'),
  ],
  ...[
    {},
    { event: 'a' },
    { event: long },
    { event: 'a', where: 5 },
    { event: 'a', where: [{ field: 'x' }] },
    { event: 'a', where: [] },
  ],
  ...[
    { field: 'country', op: 'eq', value: null },
    { field: 'country', op: 'exists', value: null },
    { field: 'country', op: 'in', value: '["DE"]' },
  ],
  ...[
    { field: 'nope', op: 'eq', value: 1 },
    { field: 'country', op: 'in', value: [] },
    { field: 'country', op: 'in', value: [1, 'a'] },
    { any: [] },
    { any: 'a' },
  ],
  ...[
    '[',
    '{',
    '[]',
    '{}',
    '["a",""]',
    '["a","b"]',
    '[{"event":"a"},{"event":""}]',
    '{"field":"country","op":"eq","value":"DE"}',
    '[{"any":[{}]}]',
    '{"event":5}',
  ],
  ...[
    '2026-03-01',
    '2026-13-01',
    '2026-03-01T00:00:00Z',
    'last:7d',
    'last:0d',
    'last:99999w',
    'last:7y',
    'UTC',
    'uTc',
    'Mars/Phobos',
    '+25:00',
    '+05:31',
    'day',
    'any',
  ],
  ...[
    'properties.a',
    'properties.',
    'properties["a"',
    'properties["a.b"].c',
    'properties',
    'event_name',
    'country,country',
    `properties.${'k'.repeat(300)}`,
  ],
  ...[nested(60), nested(2000), { a: nested(50) }, ['a', nested(50)], '['.repeat(5000)],
];

/** A value with one of its parts, at any depth, replaced by something strange. */
export function* mutated(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const changed = (other: unknown) =>
      Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    for (const other of strange) yield changed(other);
    for (const other of mutated(inner)) yield changed(other);
  }
}

const usual: Readonly<Record<string, unknown>> = {
  where: [
    { field: 'country', op: 'in', value: ['DE', 'FR'] },
    { any: [{ field: 'properties.a', op: 'gt', value: 3 }] },
  ],
  exclude: ['left', { event: 'gone', where: [{ field: 'properties.a', op: 'exists' }] }],
  hold: ['country', 'properties.a'],
  group_by: ['country'],
};

function* variationsOf(question: Question): Generator<Variation> {
  const base = question.examples[0]?.input ?? {};
  for (const argument of Object.keys(inputOf(question).shape)) {
    const usually = base[argument] ?? usual[argument];
    for (const value of [
      ...strange,
      ...mutated(usually),
      ...mutated(JSON.parse(JSON.stringify(usual[argument] ?? null))),
    ])
      yield { tool: question.name, argument, args: { ...base, [argument]: value } };
  }
  yield { tool: question.name, argument: 'colour', args: { ...base, colour: 1 } };
}

/** Variations of every question of the table, dealt out so that the first so many are of every argument. */
export const variations = (count: number): readonly Variation[] => {
  const all = questions.flatMap((question) => [...variationsOf(question)]);
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]).filter(
    (one) => one !== undefined,
  );
};
