import { DuckDBInstance } from '@duckdb/node-api';
import { type ColumnName, columnNames, columns } from '../../events/columns.ts';
import { compacted, partOf, repeatsIn } from '../../lake/compacted.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';

/** What the engine that merges may have: memory in MiB, threads, and a folder of its own for what does not fit. */
export interface MergingSettings {
  readonly memoryMiB: number;
  readonly threads: number;
  readonly temp: string;
}

/** What is said of a file that cannot be merged. */
export interface Unfit {
  readonly path: string;
  readonly reason: string;
}

/** The rows of some files, brought into others. */
export interface Merging {
  /** Whether a file’s columns are those of events; the reason where they are not. */
  unfit(path: string): Promise<string | undefined>;
  /** Which of these have a value that cannot be read; looks at every byte. */
  unreadable(paths: readonly string[]): Promise<readonly Unfit[]>;
  /** How many rows these have, and how many of them are repeats. */
  count(paths: readonly string[]): Promise<{ readonly rows: number; readonly repeats: number }>;
  /** One of so many parts of these files’ rows, each event once, into a file at this path; how many rows it has. */
  write(paths: readonly string[], path: string, part: number, of: number): Promise<number>;
  /** How many rows a file says it has. Rejects where it is no whole Parquet file. */
  rowsIn(path: string): Promise<number>;
  close(): void;
}

/** Rows in a row group, what a question can skip at a time. */
const groupRows = 122_880;
/** And bytes of them in memory: a few pages of wide events fill one sooner. */
const groupBytes = 128 << 20;

/** How the engine may read each type of the table of columns: Firehose writes times as INT96, compaction as INT64. */
const readAs: Readonly<Record<(typeof columns)[ColumnName]['type'], RegExp>> = {
  varchar: /^VARCHAR$/,
  'timestamp(3)': /^TIMESTAMP(_MS|_NS)?$/,
  bigint: /^BIGINT$/,
  boolean: /^BOOLEAN$/,
};
const cast: Readonly<Record<(typeof columns)[ColumnName]['type'], Sql>> = {
  varchar: sql`varchar`,
  'timestamp(3)': sql`timestamp`,
  bigint: sql`bigint`,
  boolean: sql`boolean`,
};
/** Without these a row is no event; what else a file lacks is from before the column, and null. */
const needed: readonly ColumnName[] = [
  ...(['project_id', 'env', 'event_name', 'ts', 'received_at', 'request_id', 'seq'] as const),
];

/** An engine of its own for one run. */
export const openMerging = async ({ memoryMiB, threads, temp }: MergingSettings): Promise<Merging> => {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${memoryMiB}MiB`,
    temp_directory: temp,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const rows = async ({ text }: Sql) => (await connection.runAndReadAll(text)).getRowObjects();
  /** Columns and types of each file, asked once. */
  const known = new Map<string, ReadonlyMap<string, string>>();
  const columnsOf = async (path: string): Promise<ReadonlyMap<string, string>> => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = await rows(sql`describe select * from read_parquet(${path}, hive_partitioning = false)`);
    const held = new Map(
      found.map(({ column_name, column_type }) => [String(column_name), String(column_type)]),
    );
    known.set(path, held);
    return held;
  };
  const source = async (paths: readonly string[]): Promise<Sql> => {
    const ages = new Map<string, { readonly held: ReadonlyMap<string, string>; readonly of: string[] }>();
    for (const path of paths) {
      const held = await columnsOf(path);
      const age = JSON.stringify([...held]);
      const alike = ages.get(age);
      if (alike === undefined) ages.set(age, { held, of: [path] });
      else alike.of.push(path);
    }
    return join(
      [...ages.values()].map(({ held, of }) => {
        const picked = columnNames.map((column) => {
          const value = held.has(column) ? name(column) : sql`null`;
          return sql`cast(${value} as ${cast[columns[column].type]}) as ${name(column)}`;
        });
        return sql`select ${join(picked)} from read_parquet([${join(of)}], hive_partitioning = false)`;
      }),
      ' union all ',
    );
  };

  return {
    unfit: async (path) => {
      const held = await columnsOf(path).catch((error: unknown) => messageOf(error));
      if (typeof held === 'string') return held;
      const lacking = needed.filter((column) => !held.has(column));
      if (lacking.length > 0) return `it has no column ${lacking.join(', ')}`;
      for (const [column, type] of held) {
        const about = columnNames.find((known) => known === column);
        if (about === undefined) return `it has a column ${column}, which this version does not know`;
        if (!readAs[columns[about].type].test(type)) return `its column ${column} is ${type}`;
      }
      return undefined;
    },
    unreadable: async (paths) => {
      const bad: Unfit[] = [];
      for (const path of paths) {
        const text = sql`select bit_xor(hash(columns(*))) from read_parquet(${path}, hive_partitioning = false)`;
        try {
          await rows(text);
        } catch (error) {
          if (isTooMuch(error)) throw error;
          bad.push({ path, reason: messageOf(error) });
        }
      }
      return bad;
    },
    count: async (paths) => {
      const [counted] = await rows(repeatsIn(await source(paths)));
      return { rows: Number(counted?.total ?? 0), repeats: Number(counted?.repeats ?? 0) };
    },
    write: async (paths, path, part, of) => {
      const text = sql`copy (${compacted(partOf(await source(paths), part, of))}) to ${path}
        (format parquet, compression zstd, row_group_size ${groupRows}, row_group_size_bytes ${groupBytes})`;
      const [written] = await rows(text);
      return Number(written?.Count ?? 0);
    },
    rowsIn: async (path) => {
      const [found] = await rows(sql`select num_rows from parquet_file_metadata(${path})`);
      return Number(found?.num_rows ?? -1);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** Was it more than memory or disk hold? Less of the same may do. */
export const isTooMuch = (error: unknown): boolean =>
  error instanceof Error &&
  /out of memory|ENOSPC|no space left|max_temp_directory_size|failed to offload/i.test(error.message);
