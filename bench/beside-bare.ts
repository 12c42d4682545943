import { join } from 'node:path';
import { inFolder } from '../src/local/disk/data-folder.ts';
import type { LakeFile } from '../src/local/parquet/kinds.ts';
import type { Row } from '../src/ports.ts';
import { filesFor, inLabsWords, questions, type Timed, understood } from './asked.ts';
import { openBare } from './bare.ts';
import { caller } from './call.ts';
import { type Answered, asked, keyOf, put } from './put.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import type { World } from './world.ts';

/** What one question took, ms, every round. */
export interface Times {
  readonly timed: Timed;
  readonly project: string;
  readonly http: number[];
  readonly bare: number[];
  /** The lab’s text on bare DuckDB; empty where there is none. */
  readonly lab: number[];
  /** What the answer itself says its engine took. */
  readonly engine: number[];
}

/** Every question to the product over HTTP and to bare DuckDB, by turns, who is first changing with each round, and then once more with the lab’s words for the bare one; throws where their rows or files differ. */
export const besideBare = async (
  world: World,
  files: readonly LakeFile[],
  sample: () => void,
): Promise<readonly Times[]> => {
  const server = await startServer(world.dir);
  const client = caller(server.url);
  const all: readonly Times[] = questions.flatMap((timed) =>
    asked.map((project) => ({ timed, project, http: [], bare: [], lab: [], engine: [] })),
  );
  const lists = all.map(({ timed, project }) => filesFor(timed, project, files));
  const bare = await openBare(
    join(world.dir, inFolder.events, 'parquet'),
    join(settings.data, 'bare'),
    lists,
  );
  for (let round = -1; round < settings.rounds; round++) {
    for (const [i, { timed, project, ...times }] of all.entries()) {
      const reader = bare.readers[i];
      if (reader === undefined) throw new Error('bare DuckDB has no reader for a question');
      const ours = understood(timed, project).sql;
      const before = round % 2 === 0 ? undefined : await reader(ours);
      const { ms, answer } = await put(client, timed, keyOf(world, project));
      const alone = before ?? (await reader(ours));
      if (round < 0) agree(timed, project, answer, alone.rows, lists[i] ?? []);
      else {
        times.http.push(ms);
        times.engine.push(answer.cost.ms);
        times.bare.push(alone.ms);
      }
    }
    for (const [i, { timed, project, lab }] of all.entries()) {
      const theirs = inLabsWords(timed, project);
      if (theirs === undefined) continue;
      // Whose turn follows one of their own is quicker by a tenth, so the product has one here too.
      await put(client, timed, keyOf(world, project));
      const alone = await bare.readers[i]?.(theirs);
      if (round >= 0 && alone !== undefined) lab.push(alone.ms);
    }
    sample();
  }
  bare.close();
  client.close();
  await server.stop();
  return all;
};

/** Both read the same bytes and say the same, or the bench compares nothing. */
const agree = (
  timed: Timed,
  project: string,
  answer: Answered,
  rows: readonly Row[],
  files: readonly LakeFile[],
): void => {
  const { question, resolved } = understood(timed, project);
  const alone = JSON.stringify(
    question.shape(rows, resolved.asking, Date.parse(String(answer.complete_until))).rows,
  );
  if (alone !== JSON.stringify(answer.rows))
    throw new Error(`${timed.name}, ${project}: the product and bare DuckDB gave different rows`);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes !== answer.cost.bytes_scanned)
    throw new Error(
      `${timed.name}, ${project}: the product read ${answer.cost.bytes_scanned} bytes, bare DuckDB ${bytes}`,
    );
};
