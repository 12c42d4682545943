import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureExpectations } from './expectations.ts';
import { fixtureHost } from './fixtures.ts';
import { clientAgrees, officialClients, refusal, textOf } from './official-clients.ts';
import { type Served, serveMcp } from './serve.ts';

const bugs: unknown[] = [];
let served: Served;
beforeAll(async () => {
  served = await serveMcp(fixtureHost(bugs));
});
afterAll(() => served.close());

describe.each(officialClients)('$name', (official) => {
  test('lists, calls, reads, prompts, and understands each refusal', () =>
    clientAgrees(official, served.url, {}, fixtureExpectations));

  test.each([
    { divisor: -1, word: 'plan_limit', code: -32002, says: 'required_plan' },
    { divisor: -2, word: 'insufficient_scope', code: -32000, says: 'may not divide' },
    { divisor: -3, word: 'tool_failed', reason: 'query_timeout', code: -32000, says: 'divide less' },
    { divisor: -4, word: 'unknown_project_slug', code: -32004, says: 'visible: shop, blog' },
    { divisor: -5, word: 'no_projects_visible', code: -32005, says: 'sees no project' },
    { divisor: 0, word: 'tool_failed', reason: 'internal_error', code: -32000, says: 'X-Request-Id' },
  ])('learns of $word in its era’s form', async ({ divisor, word, reason = word, code, says }) => {
    const talk = await official.connect(served.url, {});
    const answer = talk.call('divide', { dividend: 6, divisor });
    if (official.era === 'legacy') {
      const told = await refusal(answer);
      expect(told).toMatchObject({ code, word, data: { reason } });
      expect(JSON.stringify(told.data)).toContain(says);
    } else {
      const result = await answer;
      expect(result).toMatchObject({ isError: true });
      expect(textOf(result)).toMatch(new RegExp(`^${reason}: `));
      expect(textOf(result)).toContain(says);
    }
    await talk.close();
  });
});

test('only the bug was reported as one, and its inside stays inside', () => {
  expect(bugs).toHaveLength(officialClients.length);
  expect(bugs.every((bug) => bug instanceof TypeError)).toBe(true);
});
