import { accountsOf } from '../accounts/accounts.ts';
import type { Books } from '../accounts/books.ts';
import { projectsOf } from '../accounts/project-rows.ts';
import { earliest, latest } from '../events/instant.ts';
import { eventsOf, type Reading } from '../lake/events-of.ts';
import type { World } from '../ports.ts';
import type { Pulse } from '../serve/site.ts';
import { sql } from '../sql/sql.ts';

/** The least time between two looks into the lake, ms: however many pages are open, it is one question. */
const everyMs = 2_000;
const questionMs = 5_000;

/**
 * How many events of all projects are stored, and when the last one came. The lake is asked again only when something came since; `world` is the same with a sink that notices. Where it
 * cannot be said in time, what was true last is said again.
 */
export const withPulse = (
  world: World & Books,
): { readonly world: World; readonly pulse: () => Promise<Pulse> } => {
  const period = { from: earliest, to: latest };
  let came = true;
  let askedAt = Number.NEGATIVE_INFINITY;
  let last: Promise<Pulse> = Promise.resolve({ events: 0, lastAt: null });

  const count = async (): Promise<Pulse> => {
    const { accounts } = await accountsOf(world);
    const lists = await Promise.all(accounts.map(({ account_id }) => projectsOf(world, account_id)));
    const projects = lists.flatMap((list) => list.projects.map(({ project_id }) => project_id));
    if (projects.length === 0) return { events: 0, lastAt: null };
    const counts = await Promise.all(
      (['live', 'test'] as const).map(async (env) => {
        const reading: Reading = { projects, env, bots: true, lake: world.lake };
        const { rows } = await world.engine.ask(
          sql`select count(*) as n, max(received_at) as at from (${eventsOf(reading, period)}) as e`,
          { reading, period },
          { timeMs: questionMs },
        );
        const [row] = rows;
        return { n: Number(row?.n ?? 0), at: typeof row?.at === 'string' ? Date.parse(row.at) : null };
      }),
    );
    const instants = counts.flatMap(({ at }) => (at === null ? [] : [at]));
    return {
      events: counts.reduce((sum, { n }) => sum + n, 0),
      lastAt: instants.length === 0 ? null : Math.max(...instants),
    };
  };

  return {
    world: {
      ...world,
      sink: {
        keep: async (events) => {
          const kept = await world.sink.keep(events);
          came = true;
          return kept;
        },
      },
    },
    pulse: () => {
      const now = world.clock();
      if (!came || now - askedAt < everyMs) return last;
      came = false;
      askedAt = now;
      const before = last;
      last = count().catch(() => {
        came = true;
        return before;
      });
      return last;
    },
  };
};
