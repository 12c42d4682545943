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
  /** For each list of files one who reads them under the names `events` and `identifies`. */
  readonly readers: readonly ((question: Sql) => Promise<readonly Row[]>)[];
  readonly close: () => void;
}

/** Opens it over a folder of Parquet files, with the product’s memory and threads. The views are made here, once: made just before a question they would fetch its files for it. */
export const openBare = async (lake: string, temp: string, lists: readonly (readonly LakeFile[])[]): Promise<Bare> => {
  const parts = { directories: [lake, temp], temp, memoryMb: 384, threads: availableParallelism(), rereads: true, prelude, perConnection };
  const duck = await openDuck({ ...parts, connections: lists.length });
  for (const [i, connection] of duck.connections.entries()) {
    for (const kind of ['events', 'identifies'] as const) {
      const own = lists[i]?.filter((file) => file.kind === kind).map((file) => ({ ...file, path: join(lake, file.path) })) ?? [];
      // Temporary, because each connection has views of its own then.
      await connection.run(sql`create temp view ${kind === 'events' ? sql`events` : sql`identifies`} as ${filesOf(own)}`.text);
    }
  }
  return { readers: duck.connections.map((connection) => (question) => rowsOf(connection, question)), close: duck.close };
};

const rowsOf = async (connection: DuckDBConnection, question: Sql): Promise<readonly Row[]> =>
  (await connection.run(question.text)).convertRowObjects<Cell>(cell);
