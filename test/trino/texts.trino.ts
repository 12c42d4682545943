import { describe, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import { dimensions } from '../../src/events/columns.ts';
import type { Engine, QuestionWorld } from '../../src/ports.ts';
import { askQuestion } from '../../src/serve/ask.ts';
import { vocabularyOf } from '../../src/serve/resources.ts';
import { operators } from '../../src/sql/filter.ts';
import { sql } from '../../src/sql/sql.ts';
import { countersInMemory } from '../counters.ts';
import { shop, shopProject } from '../shop.ts';
import { trinoEngine, trinoServer } from './engine.ts';

const engine = await trinoEngine(shop, trinoServer());
const now = Date.parse('2026-04-01T00:00:00Z');
const key: Principal = {
  ...{ key: 'rk_live_testtest', kind: 'rk', env: 'live', scope: '', accountId: 'acc', plan: 'unlimited' },
  project: { id: shopProject, slug: 'p', timezone: 'Europe/Berlin', allowedOrigins: [] },
};
const never = () => {
  throw new Error('a question needs no such thing');
};
const over = (asked: Engine, lake: 'raw' | 'clean', at = now): QuestionWorld => ({
  engine: asked,
  counters: countersInMemory(),
  ledger: { read: never, write: never, erase: never, list: never },
  clock: () => at,
  breathe: async () => {},
  random: (n) => new Uint8Array(n),
  log: { info: () => {}, warn: () => {}, error: () => {} },
  lake,
  questionTimeMs: 60_000,
});

/** Has Trino say whether each text is one that it would run, and answers it with nothing. */
const checking = (): Engine & { readonly texts: ReadonlySet<string> } => {
  const texts = new Set<string>();
  return {
    texts,
    ask: async (question, reads, limits) => {
      if (!texts.has(question.text)) {
        const { rows } = await engine.ask(sql`explain (type validate) ${question}`, reads, limits);
        expect(rows).toEqual([{ Valid: true }]);
        texts.add(question.text);
      }
      return { rows: [], completeUntil: now, cost: { bytes: 0, ms: 0, cached: false }, notes: [] };
    },
  };
};

type Arguments = Readonly<Record<string, unknown>>;
/** Every mix of these choices. */
const mixed = (choices: Readonly<Record<string, readonly unknown[]>>): readonly Arguments[] =>
  Object.entries(choices).reduce<readonly Arguments[]>(
    (mixes, [name, values]) => mixes.flatMap((mix) => values.map((value) => ({ ...mix, [name]: value }))),
    [{}],
  );

const none = undefined;
const fields = [...dimensions, 'properties.a', 'properties["a.b"].c'];
const valueFor = (op: string): readonly unknown[] => {
  if (op === 'exists' || op === 'not_exists') return [none];
  if (op === 'in' || op === 'not_in') return [['a', "b'"], [1, 2.5], [true]];
  return /contains|starts_with/.test(op)
    ? ["a'"]
    : ['a', 1.5, ...(op === 'eq' || op === 'neq' ? [true] : [])];
};
const comparisons = operators.flatMap((op) =>
  ['path', 'properties.a'].flatMap((field) =>
    valueFor(op)
      .filter((value) => field !== 'path' || (value !== true && JSON.stringify(value) !== '[true]'))
      .map((value) => ({ field, op, ...(value === none ? {} : { value }) })),
  ),
);
const zones = ['Asia/Kathmandu', 'Australia/Lord_Howe'];
const where = [
  {
    any: [
      { field: 'country', op: 'eq', value: 'DE' },
      { field: 'properties.price', op: 'gt', value: 10 },
    ],
  },
];
const steps = ['$pageview', { event: 'purchase', where }, 'refund'];

const arguments_: readonly (readonly [question: string, mixes: readonly Arguments[]])[] = [
  [
    'query_events',
    mixed({
      event: [none, 'a'],
      where: [[], where],
      include_bots: [false, true],
      limit: [1, 1000],
      from: ['last:7d', '1999-01-01'],
    }),
  ],
  [
    'get_stats',
    mixed({
      metric: ['count', 'uniques'],
      interval: [none, 'hour', 'day', 'week', 'month'],
      group_by: [none, 'country', 'browser,os,properties.a'],
      tz: zones,
      from: ['2025-12-01'],
    }),
  ],
  ['get_stats', fields.map((group_by) => ({ group_by }))],
  ['get_stats', comparisons.map((comparison) => ({ where: [comparison], event: 'a' }))],
  [
    'top_sources',
    mixed({ breakdown: ['source', 'source_medium'], where: [[], where], include_bots: [false, true] }),
  ],
  [
    'funnel',
    mixed({
      steps: [steps],
      order: ['loose', 'strict', 'any'],
      per: ['person', 'visitor', 'session'],
      exclude: [none, ['left']],
      hold: [[], ['properties.a', 'country']],
      group_by: [none, 'source'],
    }).filter(({ order, exclude }) => order !== 'any' || exclude === none),
  ],
];

describe.each(['raw', 'clean'] as const)('Trino would run every text that is asked of a %s lake', (lake) => {
  test.each(arguments_)('%s', { timeout: 300_000 }, async (question, mixes) => {
    const checked = checking();
    for (const given of mixes) {
      const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== none));
      await askQuestion(over(checked, lake), key, question, said).catch((thrown: unknown) => {
        throw new Error(`${question} ${JSON.stringify(said)}`, { cause: thrown });
      });
    }
    // Each mix is a text of its own, but for zones and names that come to the same.
    expect(checked.texts.size).toBeGreaterThan(mixes.length / 3);
  });

  test('the names in use, and when the newest event was', async () => {
    const checked = checking();
    expect(await vocabularyOf({ world: over(checked, lake), principal: key })).toEqual([]);
    expect(checked.texts.size).toBe(2);
  });
});

test('and the names in use are those of the shop’s last 30 days, asked within them and long after', async () => {
  const names = [
    { event: '$pageview', events: 8, property_keys: [] },
    { event: 'add_to_cart', events: 4, property_keys: ['item', 'price'] },
    { event: 'purchase', events: 3, property_keys: ['gift', 'item', 'price'] },
    { event: '$identify', events: 1, property_keys: [] },
  ];
  for (const at of [now, Date.parse('2027-01-01T00:00:00Z')])
    expect(await vocabularyOf({ world: over(engine, 'raw', at), principal: key })).toEqual(names);
});
