import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from './asked.ts';
import { caller } from './call.ts';
import { median, quantile, ratio, shown } from './figures.ts';
import { load } from './loads.ts';
import { asked, keyOf, put } from './put.ts';
import type { Table } from './report.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import { sharedWorld, type World } from './world.ts';
import { shares } from './world-rows.ts';

/** The same questions while events of all projects, of the days asked for, come in. */
export const besideIngest = async (
  world: World,
  sample: () => void,
): Promise<{ readonly worst: number; readonly table: Table }> => {
  const copy = await sharedWorld(world, join(settings.data, 'with-ingest'), () => true);
  const server = await startServer(copy.dir);
  const client = caller(server.url);
  const rows = inTurn.flatMap((timed) =>
    asked.map((project) => ({ timed, project, quiet: noTimes(), busy: noTimes() })),
  );
  const rounds = async (keep: 'quiet' | 'busy', until: () => boolean) => {
    for (let round = 0; !until() && round < 4 * settings.rounds; round++) {
      for (const { timed, project, ...times } of rows)
        times[keep].push((await put(client, timed, keyOf(copy, project))).ms);
      sample();
    }
  };
  await rounds('quiet', () => (rows[0]?.quiet.length ?? 0) > settings.rounds);
  for (const { quiet } of rows) quiet.shift();
  const weighted = Object.fromEntries(
    Object.keys(copy.keys).map((project, i) => [keyOf(copy, project), shares[i] ?? 0]),
  );
  let running = true;
  const coming = load({
    url: server.url,
    kind: 'batch',
    keys: weighted,
    perSecond: 10_000,
    seconds: settings.batchSeconds,
    inFlight: 8,
    backDays: 1,
  }).finally(() => {
    running = false;
  });
  await rounds('busy', () => !running);
  const came = await coming;
  client.close();
  await server.stop();
  rmSync(copy.dir, { recursive: true });
  return {
    worst: Math.max(...rows.map(({ quiet, busy }) => median(busy) / median(quiet))),
    table: {
      title: `With ${shown(came.events / came.seconds)} events a second coming in, ms`,
      columns: ['question', 'project', 'quiet', 'with ingest', 'p90', 'ratio', 'rounds'],
      rows: rows.map(({ timed, project, quiet, busy }) => [
        timed.name,
        project,
        shown(median(quiet)),
        shown(median(busy)),
        shown(quantile(busy, 0.9)),
        ratio(median(busy), median(quiet)),
        String(busy.length),
      ]),
    },
  };
};

const noTimes = (): number[] => [];
