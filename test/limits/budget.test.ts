import { describe, expect, test } from 'vitest';
import { metered, questionsId, unknownBytes } from '../../src/accounts/budget.ts';
import { countMade, madeADay } from '../../src/accounts/usage.ts';
import type { Answer, Engine, Reads } from '../../src/ports.ts';
import { sql } from '../../src/sql/sql.ts';
import { keyOn, twins } from './twins.ts';

const noon = Date.parse('2026-12-05T12:00:00Z');
const reads: Reads = {
  reading: { projects: ['prj_1', 'prj_2'], env: 'live', bots: false, lake: 'raw' },
  period: { from: 0, to: noon },
};
const limits = { timeMs: 1 };
const answer = (bytes: number): Answer => ({
  ...{ rows: [], completeUntil: noon, notes: [], cost: { bytes, ms: 1, cached: false } },
});
const log = { info: () => {}, warn: () => {}, error: () => {} };

describe.each(twins)('questions counted in %s', (_, process) => {
  const counters = process(() => noon);
  const over = (engine: Engine, who = keyOn({})) => {
    const world = { engine, counters, clock: () => noon, log };
    return {
      ...metered(world, who).engine,
      used: () => counters.read(questionsId(who.accountId, '2026-12-05')),
    };
  };

  test('one is counted for its key, its account and each project it reads, and then what it read', async () => {
    const { ask, used } = over({ ask: async () => answer(500) });
    await ask(sql`select 1`, reads, limits);
    expect(await used()).toEqual({
      ...{ questions: 1, 'questions#sk_live_AbCd1234': 1, bytes: 500, 'bytes#sk_live_AbCd1234': 500 },
      ...{ 'project#prj_1': 1, 'project#prj_2': 1 },
    });
  });

  test('one that is stopped is charged for what it may have read', async () => {
    const { ask, used } = over({ ask: async () => Promise.reject(new Error('too long')) });
    await expect(ask(sql`select 1`, reads, limits)).rejects.toThrow('too long');
    expect(await used()).toMatchObject({ questions: 1, bytes: unknownBytes });
  });

  test('one that outlasts its request is one question, however often it is come back to, and in the end all it read', async () => {
    const said = [{ ticket: 't' }, { ticket: 't' }, answer(3 * unknownBytes)];
    const { follow, used } = over({
      ask: async () => answer(0),
      follow: async () => said.shift() ?? answer(0),
    });
    await follow?.(sql`select 1`, reads, limits);
    await follow?.(sql`select 1`, reads, limits, 't');
    expect(await used()).toMatchObject({ questions: 1, bytes: unknownBytes });
    await follow?.(sql`select 1`, reads, limits, 't');
    expect(await used()).toMatchObject({ questions: 1, bytes: 3 * unknownBytes });
  });

  test.each([
    ['questions_per_day', 'key', { questions_per_day: { key: 1, account: null } }, 1],
    ['questions_per_day', 'account', { questions_per_day: { key: null, account: 1 } }, 1],
    ['bytes_per_day', 'key', { bytes_per_day: { key: 500, account: null } }, 500],
    ['bytes_per_day', 'account', { bytes_per_day: { key: null, account: 400 } }, 500],
  ])('past %s of the %s nothing is asked', async (of, whose, terms, used) => {
    let asked = 0;
    const { ask } = over({ ask: async () => answer(++asked * 500) }, keyOn(terms));
    await ask(sql`select 1`, reads, limits);
    await expect(ask(sql`select 1`, reads, limits)).rejects.toMatchObject({
      ...{ code: 'rate_limited', headers: { 'Retry-After': '43200' } },
      details: { budget: `${of}.${whose}`, used, resets_at: '2026-12-06T00:00:00.000Z' },
    });
    expect(asked).toBe(1);
  });

  test('of things made at once by many processes a day lets through as many as it has', async () => {
    const { accountId } = keyOn({});
    await counters.add(`MINT#${accountId}#2026-12-05`, { made: madeADay - 5 });
    const said = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        countMade({ counters: process(() => noon), clock: () => noon }, accountId, async () => 'made'),
      ),
    );
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });
});
