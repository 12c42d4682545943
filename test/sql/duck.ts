import { DuckDBInstance } from '@duckdb/node-api';
import { perConnection, prelude } from '../../src/local/query/prelude.ts';
import type { Cell, Row } from '../../src/ports.ts';

/** What an expression is worth on some engine; rejects where it is refused. */
export type Worth = (expression: string) => Promise<Cell>;

/** A DuckDB in memory, bare or taught by the prelude. */
export interface Duck {
  readonly run: (text: string) => Promise<void>;
  readonly rows: (text: string) => Promise<readonly Row[]>;
  readonly worth: Worth;
}

/** Opens a DuckDB of its own; it ends with the process. */
export async function openDuck(kind: 'taught' | 'bare' = 'taught'): Promise<Duck> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const run = async (text: string): Promise<void> => {
    await connection.run(text);
  };
  if (kind === 'taught') for (const statement of [...prelude, ...perConnection]) await run(statement);
  const rows = async (text: string): Promise<readonly Row[]> => {
    const answer = await connection.runAndReadAll(text);
    return answer
      .getRowObjectsJS()
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cellOf(value)])),
      );
  };
  return { run, rows, worth: async (expression) => (await rows(`select ${expression} as v`))[0]?.v ?? null };
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  throw new Error(`no cell: ${String(value)}`);
}
