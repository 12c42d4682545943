import { availableParallelism } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import * as z from 'zod';
import { type Duck, openDuck } from '../src/local/parquet/duckdb.ts';
import { cell } from '../src/local/query/cells.ts';
import { perConnection, prelude } from '../src/local/query/prelude.ts';
import type { Cell } from '../src/ports.ts';

/** What `bare.ts` says to this process: first what to open, a list of views for each connection; then statements, each answered with its rows and the ms from its text to them. */
const opening = z.object({ lake: z.string(), temp: z.string(), views: z.array(z.array(z.string())) });
const asking = z.object({ connection: z.int(), text: z.string() });

const open = async ({ lake, temp, views }: z.infer<typeof opening>): Promise<Duck> => {
  const parts = {
    directories: [lake, temp],
    temp,
    memoryMb: 384,
    threads: availableParallelism(),
    rereads: true,
    prelude,
    perConnection,
  };
  const duck = await openDuck({ ...parts, connections: views.length });
  for (const [i, connection] of duck.connections.entries())
    for (const view of views[i] ?? []) await connection.run(view);
  return duck;
};

const answer = async (connection: DuckDBConnection | undefined, text: string) => {
  if (connection === undefined) throw new Error('bare DuckDB has no such connection');
  const began = performance.now();
  const rows = await (await connection.run(text)).convertRowObjects<Cell>(cell);
  return { ms: performance.now() - began, rows };
};

process.once('message', async (message) => {
  const duck = await open(opening.parse(message));
  process.on('message', async (next) => {
    const { connection, text } = asking.parse(next);
    process.send?.(await answer(duck.connections[connection], text));
  });
  process.send?.('open');
});
