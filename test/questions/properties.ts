import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/ports.ts';
import { Problem } from '../../src/problems.ts';
import type { Oracle } from '../oracle/oracle.ts';
import { oracles, type QuestionName } from '../oracle/truth.ts';
import { cases, moved } from '../worlds/worlds.ts';
import { askers, expected, expectSame, inWorlds, patience, worlds } from './agreement.ts';
import type { Asker } from './asker.ts';

const some = Math.ceil(worlds / 4);

/** What is asked for and not there is no rows, as the oracles have it. */
const answerOf = async (asker: Asker, ...asked: Parameters<Asker['ask']>) => {
  try {
    return await asker.ask(...asked);
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'not_found') throw thrown;
    return { rows: [], truncated: null, resolved: asked[1] };
  }
};

/** What holds of every question in every world. */
export const agrees = (question: QuestionName): void => {
  describe(`${question} in generated worlds`, () => {
    const { clean, raw } = askers();

    test('agrees with the oracle where each event is stored once', { timeout: patience }, async () => {
      let met = 0;
      await inWorlds(cases(question), worlds, clean(), async (world) => {
        await clean().keep(world.requests);
        if (++met % 25 === 0) await clean().settle();
        const { rows } = await answerOf(clean(), question, world.args, world.context, world.asking);
        expectSame(rows, expected(question, world));
      });
    });

    test('agrees with the oracle where repeats are stored', { timeout: patience }, async () => {
      await inWorlds(cases(question), Math.ceil(worlds / 2), raw(), async (world) => {
        await raw().keep(world.requests);
        const { rows } = await answerOf(raw(), question, world.args, world.context, world.asking);
        expectSame(rows, expected(question, world));
      });
    });

    test('answers account keys by project, and nobody is one person across two', {
      timeout: patience,
    }, async () => {
      await inWorlds(cases(question), some, raw(), async (world) => {
        await raw().keep(world.requests);
        const context = {
          ...world.context,
          projects: [world.project, `${world.project}-p-b`, `${world.project}-q`],
          byProject: true,
        };
        const { rows } = await answerOf(raw(), question, world.args, context, world.asking);
        expectSame(rows, expected(question, { ...world, context }));
      });
    });

    test('says of how many groups or buckets it shows the first', { timeout: patience }, async () => {
      if (oracles[question].measures.length === 0 || !oracles[question].limited) return;
      await inWorlds(cases(question), some, raw(), async (world) => {
        await raw().keep(world.requests);
        const args = { ...world.args, limit: 1 };
        const { truncated } = await answerOf(raw(), question, args, world.context, world.asking);
        const rows = expected(question, { ...world, args: { ...args, limit: 1e9 } });
        const of = groupsOf(rows, oracles[question]);
        expect(truncated?.of ?? null).toBe(of > 1 ? of : null);
      });
    });

    test('gives the same rows when its resolved arguments are sent back', { timeout: patience }, async () => {
      await inWorlds(cases(question), some, raw(), async ({ requests, args, context, asking }) => {
        await raw().keep(requests);
        const first = await answerOf(raw(), question, args, context, asking);
        const again = await answerOf(raw(), question, first.resolved, context, {
          now: asking.now + (oracles[question].ripens ? 0 : 3_600_000),
          timezone: 'Asia/Tokyo',
        });
        expectSame(again.rows, first.rows);
      });
    });

    test('does not notice what other projects and the other kind of key send', {
      timeout: patience,
    }, async () => {
      await inWorlds(cases(question), some, clean(), async ({ requests, project, args, context, asking }) => {
        await clean().keep(requests);
        const alone = await answerOf(clean(), question, args, context, asking);
        for (const other of [`${project}-z`, `a-${project}`, `${project.toUpperCase()}`])
          await clean().keep(requests.map((request) => moved(request, other)));
        const env = context.env === 'live' ? 'test' : 'live';
        await clean().keep(
          requests.map((request) =>
            request.map((event) => ({ ...event, env, request_id: `${event.request_id}-${env}` })),
          ),
        );
        const beside = await answerOf(clean(), question, args, context, asking);
        expectSame(beside.rows, alone.rows);
      });
    });
  });
};

/** How many groups these rows speak of; without groups, how many buckets. */
function groupsOf(rows: readonly Row[], { measures, filled }: Oracle): number {
  const groups = rows.map((row) => Object.entries(row).filter(([key]) => !measures.includes(key)));
  return groups.every((group) => group.length === 0)
    ? filled
      ? 1
      : new Set(rows.map(({ bucket }) => bucket)).size
    : new Set(groups.map((group) => JSON.stringify(group))).size;
}
