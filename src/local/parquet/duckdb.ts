import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { join, type Sql, sql } from '../../sql/sql.ts';

/** What one DuckDB may have. */
export interface DuckSettings {
  /** The only directories it may read or write; ends with the path separator added here. */
  readonly directories: readonly string[];
  /** Where it may put what does not fit into memory. */
  readonly temp: string;
  readonly memoryMb: number;
  readonly threads: number;
  readonly connections: number;
  /** Does it read the same files again and again? */
  readonly rereads: boolean;
  /** Run once, before it is locked. */
  readonly prelude?: readonly string[];
  /** Run on each connection, before it is locked. */
  readonly perConnection?: readonly string[];
}

/** A locked DuckDB and its connections. */
export interface Duck {
  readonly connections: readonly DuckDBConnection[];
  close(): void;
}

/** A DuckDB in memory that can reach nothing but `directories` and whose settings can no longer be changed. */
export const openDuck = async (settings: DuckSettings): Promise<Duck> => {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: `${settings.memoryMb}MB`,
    temp_directory: settings.temp,
    // Each of Node's four threads that sorts a file would keep what it needed, together more than all the rest of the process.
    ...(settings.rereads
      ? { allocator_flush_threshold: '16MB' }
      : { allocator_flush_threshold: '1MB', allocator_bulk_deallocation_flush_threshold: '1MB' }),
    enable_external_file_cache: String(settings.rereads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  for (let i = 0; i < settings.connections; i++) connections.push(await instance.connect());
  const first = connections[0];
  if (first === undefined) throw new Error('a DuckDB needs at least one connection');
  for (const statement of settings.prelude ?? []) await first.run(statement);
  for (const connection of connections)
    for (const statement of settings.perConnection ?? []) await connection.run(statement);
  // Our files never change under their names, so their footers need not be read again; this memory counts to the limit.
  if (settings.rereads) await first.run('set global parquet_metadata_cache = true');
  // Up to a page of rows is found by its order alone; the other columns are then read for those rows only.
  if (settings.rereads) await first.run('set global late_materialization_max_rows = 2000');
  await first.run(
    sql`set allowed_directories = [${join(settings.directories.map((path) => `${path}/`))}]`.text,
  );
  await first.run('set enable_external_access = false');
  await first.run('set lock_configuration = true');
  return {
    connections,
    close: () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
    },
  };
};

/** The rows of a statement of ours, as DuckDB's values. */
export const rowsOf = async (connection: DuckDBConnection, statement: Sql) =>
  (await connection.runAndReadAll(statement.text)).getRowObjects();
