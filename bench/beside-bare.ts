import { join } from 'node:path';
import { inFolder } from '../src/local/data-folder.ts';
import type { LakeFile } from '../src/local/manifest.ts';
import type { Row } from '../src/ports.ts';
import { filesFor, questions, type Timed, understood } from './asked.ts';
import { type Bare, openBare } from './bare.ts';
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
  /** What the answer itself says its engine took. */
  readonly engine: number[];
}

/** Every question to the product over HTTP and to bare DuckDB, one after the other, round after round; throws where their rows or files differ. */
export const besideBare = async (world: World, files: readonly LakeFile[], sample: () => void): Promise<readonly Times[]> => {
  const server = await startServer(world.dir);
  const client = caller(server.url);
  const bare = await openBare(join(world.dir, inFolder.events, 'parquet'), join(settings.data, 'bare'));
  const all: readonly Times[] = questions.flatMap((timed) => asked.map((project) => ({ timed, project, http: [], bare: [], engine: [] })));
  for (let round = -1; round < settings.rounds; round++) {
    for (const { timed, project, ...times } of all) {
      const own = filesFor(timed, project, files);
      await bare.read(own);
      const { ms, answer } = await put(client, timed, keyOf(world, project));
      const alone = await askBare(bare, timed, project);
      if (round < 0) agree(timed, project, answer, alone.rows, own);
      else {
        times.http.push(ms);
        times.engine.push(answer.cost.ms);
        times.bare.push(alone.ms);
      }
    }
    sample();
  }
  bare.close();
  client.close();
  await server.stop();
  return all;
};

const askBare = async (bare: Bare, timed: Timed, project: string): Promise<{ readonly ms: number; readonly rows: readonly Row[] }> => {
  const { sql } = understood(timed, project);
  const began = performance.now();
  const rows = await bare.ask(sql);
  return { ms: performance.now() - began, rows };
};

/** Both read the same bytes and say the same, or the bench compares nothing. */
const agree = (timed: Timed, project: string, answer: Answered, rows: readonly Row[], files: readonly LakeFile[]): void => {
  const { question, resolved } = understood(timed, project);
  const alone = JSON.stringify(question.shape(rows, resolved.asking).rows);
  if (alone !== JSON.stringify(answer.rows)) throw new Error(`${timed.name}, ${project}: the product and bare DuckDB gave different rows`);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes !== answer.cost.bytes_scanned)
    throw new Error(`${timed.name}, ${project}: the product read ${answer.cost.bytes_scanned} bytes, bare DuckDB ${bytes}`);
};
