import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from './asked.ts';
import { caller } from './call.ts';
import { median, ratio, shown } from './figures.ts';
import { asked, big, keyOf, put, small } from './put.ts';
import type { Table } from './report.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import { sharedWorld, type World } from './world.ts';
import { projectCount, projectName, shares } from './world-rows.ts';

/** The same two projects alone with a tenth of the others’ files, and with all of them. */
export const besideNeighbours = async (
  world: World,
  sample: () => void,
): Promise<{ readonly worst: number; readonly table: Table }> => {
  const tenth = new Set(
    Array.from({ length: projectCount }, (_, i) => i).flatMap((i) => (i % 10 === 5 ? [projectName(i)] : [])),
  );
  const few = await sharedWorld(world, join(settings.data, 'few-neighbours'), ({ projects }) =>
    projects.some((project) => project === big || project === small || tenth.has(project)),
  );
  const worlds = [few, world] as const;
  const servers = [await startServer(few.dir), await startServer(world.dir)] as const;
  const clients = [caller(servers[0].url), caller(servers[1].url)] as const;
  const rows = inTurn.flatMap((timed) => asked.map((project) => ({ timed, project, times: noTimes() })));
  for (let round = -1; round < settings.rounds; round++) {
    for (const { timed, project, times } of rows) {
      // Who is asked first changes, so that neither always finds what the other left.
      for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const { ms } = await put(clients[which], timed, keyOf(worlds[which], project));
        if (round >= 0) times[which].push(ms);
      }
    }
    sample();
  }
  for (const client of clients) client.close();
  for (const server of servers) await server.stop();
  rmSync(few.dir, { recursive: true });
  const own = world.events * ((shares[0] ?? 0) + (shares[10] ?? 0));
  return {
    worst: Math.max(...rows.map(({ times: [before, after] }) => median(after) / median(before))),
    table: {
      title: `Events of other projects: ${shown((few.events - own) / 1e6)} M against ${shown((world.events - own) / 1e6)} M, ms`,
      columns: ['question', 'project', 'few', 'many', 'many / few'],
      rows: rows.map(({ timed, project, times: [before, after] }) => [
        timed.name,
        project,
        shown(median(before)),
        shown(median(after)),
        ratio(median(after), median(before)),
      ]),
    },
  };
};

const noTimes = (): readonly [number[], number[]] => [[], []];
