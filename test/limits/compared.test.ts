import { describe, expect, test } from 'vitest';
import { metered, questionsId } from '../../src/accounts/budget.ts';
import type { QuestionWorld, Reads } from '../../src/ports.ts';
import { askQuestion } from '../../src/serve/ask.ts';
import { keyOn, twins } from './twins.ts';

const noon = Date.parse('2026-12-05T12:00:00Z');
const never = () => {
  throw new Error('a project’s key is asked for nothing from there');
};

describe.each(twins)('two periods compared, counted in %s', (_, process) => {
  test('are one question, which reads both and is charged for all it read', async () => {
    const who = keyOn({});
    const asked: Reads[] = [];
    const world: QuestionWorld = {
      engine: {
        ask: async (_text, reads) => {
          asked.push(reads);
          const rows = [5, 4].map((value, side) => ({ value, side, nth: 1 }));
          return { rows, completeUntil: noon, notes: [], cost: { bytes: 700, ms: 1, cached: false } };
        },
      },
      ledger: { read: never, write: never, erase: never, list: never },
      counters: process(() => noon),
      clock: () => noon,
      breathe: async () => {},
      random: (size) => new Uint8Array(size),
      log: { info: () => {}, warn: () => {}, error: () => {} },
      lake: 'clean',
      questionTimeMs: 1000,
    };
    const { rows } = await askQuestion(metered(world, who), who, 'get_stats', {
      ...{ from: '2026-12-03', to: '2026-12-04', compare: 'previous' },
    });
    expect(rows).toEqual([{ value: 5, value_before: 4, value_change: 0.25 }]);
    expect(asked.map(({ period }) => period)).toEqual([
      { from: Date.parse('2026-12-02T00:00:00Z'), to: Date.parse('2026-12-04T00:00:00Z') },
    ]);
    const used = await world.counters.read(questionsId(who.accountId, '2026-12-05'));
    expect(used).toMatchObject({ questions: 1, bytes: 700 });
  });
});
