import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { Principal } from '../../src/access/principal.ts';
import { instructionsFor } from '../../src/serve/instructions.ts';
import { hostFor } from '../../src/serve/mcp.ts';
import { chosenBy, toolsFor } from '../../src/serve/tool-list.ts';
import { comparison } from '../../src/tools/compare.ts';
import { questionNamed, questions } from '../../src/tools/index.ts';
import { menu } from '../../src/tools/menu.ts';
import { resolve } from '../../src/tools/resolve.ts';
import { version } from '../../src/version.ts';
import { questions as checked } from '../oracle/truth.ts';
import { parsesAsTrino } from '../sql/grammar.ts';
import { unknownWords } from '../sql/phrasebook.ts';
import type { Raw } from '../worlds/arguments.ts';
import { sampleWorlds } from '../worlds/worlds.ts';

const asker = (lake: 'clean' | 'raw') =>
  ({
    projects: ["it's"],
    byProject: false,
    env: 'live',
    lake,
    timezone: 'Australia/Lord_Howe',
    // After every world there is.
    now: Date.parse('2027-04-07T00:00:00Z'),
  }) as const;

test('a question that takes group_by splits its rows by it', () => {
  const split = questions.filter(({ groups }) => groups !== undefined);
  expect(split).toEqual(questions.filter(({ input }) => 'group_by' in input.shape));
  expect(split.length).toBeGreaterThan(0);
});

test('every question is checked against an oracle of its own', () => {
  expect([...checked].toSorted()).toEqual(questions.map(({ name }) => name).toSorted());
});

const texts = (['clean', 'raw'] as const).flatMap((lake) =>
  checked.flatMap((name) => {
    const question = questionNamed(name);
    if (question === undefined) throw new Error(name);
    const sampled = [
      ...question.examples.map(({ input }) => input),
      ...sampleWorlds(name, 12, 7).map(({ args }) => args),
    ];
    const inputs = [
      ...sampled,
      {
        ...sampled[0],
        ...(name === 'funnel' ? { order: 'any', window: '9999w' } : {}),
        // Before all of time there is no other period.
        ...(name === 'explain_change' ? { compare: { from: '0001-01-01', to: '9999-12-31' } } : {}),
        // Anomalies judges no thousands of years.
        from: name === 'anomalies' ? '9999-12-01' : '0001-01-01',
        to: '9999-12-31',
      },
    ];
    const textOf = (input: Raw): string => {
      const { asking, before } = resolve(question, input, asker(lake));
      return (before === null ? question.ask(asking) : comparison(question, asking, before)).text;
    };
    const compared = question.shared.includes('compare')
      ? question.examples.map(({ input }) => ({ ...input, compare: 'previous' }))
      : [];
    return [...inputs, ...compared].map(
      (input) => [lake, name, JSON.stringify(input), textOf(input)] as const,
    );
  }),
);

test.each(texts)(
  '%s lake, %s %s: the SQL is Trino’s grammar and uses only words of the phrasebook',
  { timeout: 120_000 },
  (_lake, _name, _input, text) => {
    expect(parsesAsTrino(text)).toEqual([]);
    expect(unknownWords(text)).toEqual([]);
    expect(text, 'years have four digits').not.toMatch(/(?:timestamp|dt >=) '(?!\d{4}-)/);
  },
);

const key = (kind: 'rk' | 'sk'): Principal => ({
  ...{ key: `${kind}_live_aaaaaaaa`, kind, env: 'live', scope: '', accountId: 'a', plan: 'unlimited' },
  project: { id: 'p', slug: 'p', timezone: 'UTC', allowedOrigins: [] },
});
const never = () => {
  throw new Error('a listing needs nothing from outside');
};
const host = (kind: 'rk' | 'sk') =>
  hostFor(
    {
      sink: { keep: never },
      engine: { ask: never },
      ledger: { read: never, write: never, erase: never, list: never },
      counters: { add: never, advance: never, read: never },
      clock: never,
      breathe: async () => {},
      random: never,
      country: never,
      log: { info: never, warn: never, error: never },
      lake: 'clean',
      questionTimeMs: 1,
    },
    key(kind),
    { requestId: 'r', ip: '127.0.0.1', headers: {}, body: '' },
  );

test('all of tools/list costs an agent at most 12,000 tokens, one input schema under 8 KB', () => {
  const tools = host('sk').tools();
  expect(JSON.stringify(tools).length / 4).toBeLessThanOrEqual(12_000);
  for (const tool of tools) expect(JSON.stringify(tool.inputSchema).length, tool.name).toBeLessThan(8192);
});

test('every tool says what it answers in at most 400 characters, and every input has a line', () => {
  for (const tool of host('sk').tools()) {
    expect(tool.description.length, tool.name).toBeLessThanOrEqual(400);
    expect(tool.name).toMatch(/^[a-z0-9_]{1,64}$/);
    expect(tool.annotations).toMatchObject({ openWorldHint: false });
    for (const [name, schema] of Object.entries(Object(tool.inputSchema.properties)))
      expect(schema, `${tool.name}.${name}`).toHaveProperty('description');
  }
});

test('instructions fit before hosts cut them', () => {
  expect(host('rk').instructions.length).toBeLessThan(2000);
});

test('twenty tools with all inputs fit too, their instructions as well', () => {
  const [widest = 0] = host('rk')
    .tools()
    .map((tool) => JSON.stringify(tool).length)
    .toSorted((a, b) => b - a);
  expect(widest).toBeLessThanOrEqual(3_500);
  expect(instructionsFor(Object.keys(menu)).length).toBeLessThan(2000);
});

test('every tool has a row of the menu', () => {
  for (const { name } of host('sk').tools()) expect(Object.keys(menu)).toContain(name);
});

test.each([
  [{ tools: 'get_stats,funnel' }, ['get_stats', 'funnel']],
  [{ groups: 'counting' }, ['get_stats', 'trends']],
  [{ groups: 'events', readonly: '1' }, ['query_events', 'describe_data']],
  [{ tools: 'funnel', groups: 'counting' }, ['get_stats', 'funnel', 'trends']],
])('a URL with %j shows %j only', (query, names) => {
  expect(toolsFor(true, chosenBy(query)).map(({ name }) => name)).toEqual(names);
});

test.each([
  [{ tools: 'get_stat' }, /tools: there is no "get_stat"; there are .*get_stats/],
  [{ groups: 'webb' }, /groups: there is no "webb"; there are .*web/],
  [{ readonly: 'yes' }, /readonly: there is no "yes"; there are 1/],
  [{ tool: 'funnel' }, /"tool" is not known, did you mean tools\?/],
])('a URL with %j is refused by name', (query, says) => {
  expect(() => chosenBy(query)).toThrow(says);
});

test('only keys that may write see the tool that writes', () => {
  expect(
    host('rk')
      .tools()
      .map(({ name }) => name),
  ).toEqual(questions.map(({ name }) => name));
  expect(host('sk').tools().at(-1)?.name).toBe('track_event');
});

test('the version it says is the package’s', () => {
  expect(version).toBe(packageJson.version);
});
