import { describe, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import type { Engine, World } from '../../src/ports.ts';
import { Problem } from '../../src/problems.ts';
import { askQuestion } from '../../src/serve/ask.ts';
import { questions } from '../../src/tools/index.ts';
import { countersInMemory } from '../counters.ts';
import { questions as checked, truth } from '../oracle/truth.ts';
import { expectSame } from '../questions/agreement.ts';
import { shop, shopProject } from '../shop.ts';
import { moved, sampleWorlds } from '../worlds/worlds.ts';
import { trinoEngine, trinoServer } from './engine.ts';

const server = trinoServer();
const perQuestion = Number(process.env.MILLIMETRIC_WORLDS ?? 30);
const seed = Number(process.env.MILLIMETRIC_SEED ?? 20_261_121);

const never = () => {
  throw new Error('a question needs no such thing');
};
/** All there is has come by `now`. */
const worldAt = (engine: Engine, now: number): World => ({
  sink: { keep: never },
  engine: { ask: async (...asked) => ({ ...(await engine.ask(...asked)), completeUntil: now }) },
  counters: countersInMemory(),
  ledger: { read: never, write: never, erase: never, list: never },
  clock: () => now,
  breathe: async () => {},
  random: (n) => new Uint8Array(n),
  pepper: never,
  country: () => null,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  lake: 'raw',
  questionTimeMs: 60_000,
});
/** What is asked for and not there is no rows, as the oracles have it. */
const nobody = (thrown: unknown) => {
  if (thrown instanceof Problem && thrown.code === 'not_found') return { rows: [] };
  throw thrown;
};
const keyOf = (id: string, env: 'live' | 'test', timezone: string): Principal => ({
  ...{ key: `rk_${env}_testtest`, kind: 'rk', env, scope: '', accountId: 'acc', plan: 'unlimited' },
  project: { id, slug: 'p', timezone, allowedOrigins: [] },
});

describe('the documented examples over the shop, on a real Trino', async () => {
  const world = worldAt(await trinoEngine(shop, server), Date.parse('2026-04-01T00:00:00Z'));
  for (const question of questions)
    test.each(question.examples.map((example) => [example.says, example] as const))(
      `${question.name}: %s`,
      async (_says, { input, rows }) => {
        expect(
          (await askQuestion(world, keyOf(shopProject, 'live', 'UTC'), question.name, input)).rows,
        ).toEqual(rows);
      },
    );
});

describe.each(checked)('%s in generated worlds, on a real Trino', async (question) => {
  const worlds = sampleWorlds(question, perQuestion, seed).map((world, i) => ({
    ...world,
    project: `${question}-${i}`,
    events: moved(world.events, `${question}-${i}`),
  }));
  // Rows without an id of their own are delivered twice, as a retry inside the pipeline may.
  const stored = worlds.flatMap(({ events }) => [
    ...events,
    ...events.filter((event) => event.event_id === null),
  ]);
  const engine = await trinoEngine(stored, server);

  test(`agrees with the oracle in ${perQuestion} worlds`, {
    timeout: 60_000 + perQuestion * 8_000,
  }, async () => {
    for (const { project, events, args, env, asking } of worlds) {
      const { rows } = await askQuestion(
        worldAt(engine, asking.now),
        keyOf(project, env, asking.timezone),
        question,
        args,
      ).catch(nobody);
      try {
        expectSame(rows, truth(question, events, args, { projects: [project], env }, asking));
      } catch (thrown) {
        throw new Error(`${question} in world ${project}, seed ${seed}, arguments ${JSON.stringify(args)}`, {
          cause: thrown,
        });
      }
    }
  });
});
