import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { cell } from '../src/local/engine-cells.ts';
import { openDuck } from '../src/local/lake-duck.ts';
import { filesOf } from '../src/local/lake-sql.ts';
import type { LakeFile } from '../src/local/manifest.ts';
import { perConnection, prelude } from '../src/local/prelude.ts';
import type { Cell, Row } from '../src/ports.ts';
import { type Sql, sql } from '../src/sql/sql.ts';

/** DuckDB with nothing around it but the prelude that the SQL is written for. */
export interface Bare {
  /** Names these files `events` and `identifies`. Not timed: the product does it anew for every question. */
  readonly read: (files: readonly LakeFile[]) => Promise<void>;
  readonly ask: (question: Sql) => Promise<readonly Row[]>;
  readonly close: () => void;
}

/** Opens it over a folder of Parquet files, with the product’s memory and threads. */
export const openBare = async (lake: string, temp: string): Promise<Bare> => {
  const settings = { directories: [lake, temp], temp, memoryMb: 384, threads: availableParallelism(), connections: 1, rereads: true, prelude, perConnection };
  const duck = await openDuck(settings);
  const [connection] = duck.connections;
  if (connection === undefined) throw new Error('DuckDB gave no connection');
  return {
    read: async (files) => {
      for (const kind of ['events', 'identifies'] as const) {
        const own = files.filter((file) => file.kind === kind).map((file) => ({ ...file, path: join(lake, file.path) }));
        await connection.run(sql`create or replace temp view ${kind === 'events' ? sql`events` : sql`identifies`} as ${filesOf(own)}`.text);
      }
    },
    ask: (question) => rowsOf(connection, question),
    close: duck.close,
  };
};

const rowsOf = async (connection: DuckDBConnection, question: Sql): Promise<readonly Row[]> =>
  (await connection.run(question.text)).convertRowObjects<Cell>(cell);
