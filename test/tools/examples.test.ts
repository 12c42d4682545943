import { afterAll, describe, expect, test } from 'vitest';
import { questions } from '../../src/tools/index.ts';
import { cleanAsker, rawAsker } from '../questions/asker.ts';
import { shop, shopProject } from '../shop.ts';

const later = { now: Date.parse('2026-04-01T00:00:00Z'), timezone: 'UTC' };

describe.each([
  ['where each event is stored once', await cleanAsker()],
  ['where repeats are stored', await rawAsker()],
] as const)('the documented examples over the shop, %s', (_, asker) => {
  const kept = asker.keep([shop]);
  afterAll(() => asker.close());

  for (const question of questions)
    test.each(question.examples.map((example) => [example.says, example] as const))(`${question.name}: %s`, async (_says, { input, rows }) => {
      await kept;
      const answer = await asker.ask(question.name, input, { projects: [shopProject], env: 'live' }, later);
      expect(answer.rows, asker.sql()).toEqual(rows);
    });

  test('every question has an example', () => {
    expect(questions.filter((question) => question.examples.length === 0)).toEqual([]);
  });
});
