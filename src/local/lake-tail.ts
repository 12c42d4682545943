import type { DuckDBConnection } from '@duckdb/node-api';
import { name, type Sql, sql } from '../sql/sql.ts';
import type { Journal } from './journal.ts';
import { all, definitions, linesOf } from './lake-sql.ts';
import { type Leases, turns } from './lake-turns.ts';

/** The events that are not yet Parquet, in the memory of the engine that answers questions. */
export interface Tail {
  /** Loads every closed segment after `flushed` that is not loaded yet. */
  load(flushed: () => number): Promise<void>;
  /** Of what is loaded: the rows of segments after `flushed`, as pieces of a union. Take it in the same breath as the list of files. */
  after(flushed: number): { readonly pieces: readonly Sql[]; readonly bytes: number };
  /** What comes from now on goes to a table of its own, so that the ones before can be dropped whole. */
  cut(): void;
  /** Drops tables that hold nothing after `flushed`, once nobody reads them. */
  drop(flushed: number): void;
}

interface Table {
  readonly name: string;
  /** Segments up to here can be read. */
  upTo: number;
  /** Segments up to here are in it or on their way. */
  reach: number;
}

/** The journal’s sealed segments as relations, loaded once each. */
export const openTail = (connection: DuckDBConnection, journal: Journal, readers: Leases): Tail => {
  const turn = turns();
  let tables: readonly Table[] = [];
  let fresh = true;
  let loaded = 0;
  let count = 0;
  let bytes = new Map<number, number>();

  const into = async (): Promise<Table> => {
    const last = tables.at(-1);
    if (!fresh && last !== undefined) return last;
    const table = { name: `tail_${++count}`, upTo: 0, reach: 0 };
    await connection.run(sql`create table memory.main.${name(table.name)} (segment bigint, ${definitions})`.text);
    tables = [...tables, table];
    fresh = false;
    return table;
  };

  return {
    load: (flushed) =>
      turn(async () => {
        for (const segment of journal.segments()) {
          if (segment.number <= Math.max(loaded, flushed())) continue;
          const table = await into();
          table.reach = segment.number;
          try {
            await connection.run(
              sql`insert into memory.main.${name(table.name)} select ${segment.number}, ${all} from (${linesOf([segment.path])}) as lines`.text,
            );
          } catch (error) {
            // Flushed and removed meanwhile.
            if (segment.number <= flushed()) continue;
            throw error;
          }
          table.upTo = segment.number;
          loaded = segment.number;
          bytes.set(segment.number, segment.bytes);
        }
      }),
    after: (flushed) => ({
      pieces: tables
        .filter(({ upTo }) => upTo > flushed)
        .map((table) => sql`select ${all} from memory.main.${name(table.name)} where segment > ${flushed} and segment <= ${table.upTo}`),
      bytes: [...bytes].reduce((sum, [segment, size]) => (segment > flushed ? sum + size : sum), 0),
    }),
    cut: () => {
      fresh = true;
    },
    drop: (flushed) => {
      const old = tables.filter(({ reach }) => reach <= flushed);
      tables = tables.filter(({ reach }) => reach > flushed);
      if (tables.length === 0) fresh = true;
      bytes = new Map([...bytes].filter(([segment]) => segment > flushed));
      readers.afterwards(() => {
        for (const table of old) void turn(() => connection.run(sql`drop table if exists memory.main.${name(table.name)}`.text)).catch(() => undefined);
      });
    },
  };
};
