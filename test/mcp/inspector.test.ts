import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureExpectations } from './expectations.ts';
import { fixtureHost } from './fixtures.ts';
import { inspectorAgrees } from './inspector.ts';
import { type Served, serveMcp } from './serve.ts';

const bugs: unknown[] = [];
let served: Served;
beforeAll(async () => {
  served = await serveMcp(fixtureHost(bugs));
});
afterAll(() => served.close());

test.each(['legacy', 'modern'] as const)(
  'the Inspector lists strictly, calls, reads, prompts and reports refusals in the %s era',
  { timeout: 180_000 },
  async (era) => {
    await inspectorAgrees(era, served.url, {}, fixtureExpectations);
    expect(bugs).toEqual([]);
  },
);
