import { afterAll, describe, expect, test } from 'vitest';
import { questions } from '../../src/tools/index.ts';
import { cleanAsker, rawAsker } from '../questions/asker.ts';
import { shop, shopProject, shopWeek } from '../shop.ts';

const later = { now: Date.parse('2026-04-01T00:00:00Z'), timezone: 'UTC' };

describe.each([
  ['where each event is stored once', await cleanAsker()],
  ['where repeats are stored', await rawAsker()],
] as const)('the documented examples over the shop, %s', (_, asker) => {
  const kept = asker.keep([shop]);
  afterAll(() => asker.close());

  for (const question of questions)
    test.each(question.examples.map((example) => [example.says, example] as const))(
      `${question.name}: %s`,
      async (_says, { input, rows, profile }) => {
        await kept;
        const answer = await asker.ask(question.name, input, { projects: [shopProject], env: 'live' }, later);
        expect(answer.rows, asker.sql()).toEqual(rows);
        expect(answer.profile).toEqual(profile);
      },
    );

  test.each([
    ['get_stats', { event: 'purchase' }, { value: 3 }],
    ['funnel', { steps: ['$pageview', 'purchase'], order: 'any', window: '9999w' }, { step: 1, people: 5 }],
  ] as const)('%s over all the years there are', async (question, input, first) => {
    await kept;
    const always = { ...input, from: '0001-01-01', to: '9999-12-31' };
    const answer = await asker.ask(question, always, { projects: [shopProject], env: 'live' }, later);
    expect(answer.rows[0], asker.sql()).toMatchObject(first);
  });

  test.each([
    [15, [15, 1]],
    [16, [16]],
    [17, [16]],
  ])('query_events of %i events a page are pages of %j: the last has no cursor', async (limit, lengths) => {
    await kept;
    const pages: number[] = [];
    let args: Readonly<Record<string, unknown>> = { ...shopWeek, limit };
    for (let more = true; more; ) {
      const { rows, next_cursor: cursor } = await asker.ask(
        'query_events',
        args,
        { projects: [shopProject], env: 'live' },
        later,
      );
      pages.push(rows.length);
      args = { cursor };
      more = cursor !== null;
    }
    expect(pages).toEqual(lengths);
  });

  test('every question has an example', () => {
    expect(questions.filter((question) => question.examples.length === 0)).toEqual([]);
  });
});
