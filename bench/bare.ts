import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';
import type { LakeFile } from '../src/local/parquet/kinds.ts';
import { filesOf } from '../src/local/parquet/relations.ts';
import { type Sql, sql } from '../src/sql/sql.ts';

const answered = z.object({
  ms: z.number(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

/** Rows and what DuckDB took for them, ms, as its own process saw it. */
export type BareAnswer = z.infer<typeof answered>;

/** DuckDB with nothing around it but the prelude that the SQL is written for. */
export interface Bare {
  /** For each list of files one who reads them under the names `events` and `identifies`. */
  readonly readers: readonly ((question: Sql) => Promise<BareAnswer>)[];
  readonly close: () => void;
}

/**
 * Opens it over a folder of Parquet files, with the product’s memory and threads and, like the product, in a process of its own: in the one that measures it would find its core awake.
 * The views are made here, once: made just before a question they would fetch its files for it.
 */
export const openBare = async (
  lake: string,
  temp: string,
  lists: readonly (readonly LakeFile[])[],
): Promise<Bare> => {
  const child = fork(join(import.meta.dirname, 'bare-process.ts'), { serialization: 'advanced' });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`bare DuckDB ended with ${code}`);
  });
  ended.catch(() => undefined);
  const said = async (message: object): Promise<unknown> => {
    child.send(message);
    const [reply] = await Promise.race([once(child, 'message'), ended]);
    return reply;
  };
  const views = lists.map((files) =>
    (['events', 'identifies'] as const).map((kind) => {
      const own = files
        .filter((file) => file.kind === kind)
        .map((file) => ({ ...file, path: join(lake, file.path) }));
      // Temporary, because each connection has views of its own then.
      return sql`create temp view ${kind === 'events' ? sql`events` : sql`identifies`} as ${filesOf(own)}`
        .text;
    }),
  );
  await said({ lake, temp, views });
  return {
    readers: lists.map(
      (_, connection) =>
        async ({ text }) =>
          answered.parse(await said({ connection, text })),
    ),
    close: () => child.kill(),
  };
};
