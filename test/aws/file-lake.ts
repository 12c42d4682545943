import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type CompactionParts, compact } from '../../src/aws/compaction/compact.ts';
import { openMerging } from '../../src/aws/compaction/merging.ts';
import { type Objects, openObjects } from '../../src/aws/compaction/objects.ts';
import { prefixes } from '../../src/aws/settings.ts';
import type { Event } from '../../src/events/columns.ts';
import { definitions } from '../../src/local/parquet/relations.ts';
import { perConnection, prelude } from '../../src/local/query/prelude.ts';
import type { Engine, Log } from '../../src/ports.ts';
import { join as joined, sql } from '../../src/sql/sql.ts';
import { engineOn, rowOf } from '../questions/asker.ts';
import { earliestDay } from '../worlds/day.ts';
import { openBucket } from './bucket.ts';

/** A line of the log. */
export interface Said {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A lake of Parquet files in a bucket in memory: files as Firehose writes them, compaction over them, and DuckDB asking what lies there. `clock`: the bucket’s. */
export const openFileLake = async (clock: () => number) => {
  const dir = mkdtempSync(join(tmpdir(), 'millimetric-files-'));
  const bucket = openBucket(clock);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(sql`create table main.given (${definitions}, dt varchar)`.text);
  for (const statement of [...prelude, ...perConnection]) await connection.run(statement);
  let names = 0;

  /** A file of these events, with what else `select` says, or of what it says in their place. */
  const file = async (events: readonly Event[], select = '* exclude (dt)'): Promise<Uint8Array> => {
    const path = join(dir, `new-${++names}.parquet`);
    await connection.run('delete from main.given');
    if (events.length > 0)
      await connection.run(sql`insert into main.given values ${joined(events.map(rowOf))}`.text);
    await connection.run(
      `copy (select ${select} from main.given) to '${path}' (format parquet, compression snappy)`,
    );
    return readFile(path);
  };
  /** Brings these events as one file, as Firehose does: under the earliest day it may have begun. */
  const deliver = async (events: readonly Event[], select?: string, dt?: string): Promise<string> => {
    const bytes = await file(events, select);
    const [first] = events.map(earliestDay).toSorted();
    const key = `${prefixes.raw}dt=${dt ?? first}/events-1-${names}.parquet`;
    bucket.put(key, bytes);
    return key;
  };

  const look = async (): Promise<void> => {
    const paths: string[] = [];
    for (const [key, { bytes }] of bucket.objects) {
      if (!key.startsWith(prefixes.raw)) continue;
      const path = join(dir, 'seen', key);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, bytes);
      paths.push(path);
    }
    const from =
      paths.length === 0
        ? sql`main.given where false`
        : sql`read_parquet([${joined(paths)}], union_by_name = true, hive_partitioning = true, hive_types_autocast = false)`;
    await connection.run(`create or replace view main.events as select * from ${from.text}`);
  };
  const engine: Engine = {
    ask: async (...question) => {
      await look();
      return engineOn(connection).ask(...question);
    },
  };

  const lines: Said[] = [];
  const line =
    (level: string) =>
    (message: string, fields: Said['fields'] = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { info: line('info'), warn: line('warn'), error: line('error') };
  const objects = openObjects(bucket.client, 'lake');
  let runs = 0;
  /** One run; `through`: what it sees of the bucket. */
  const run = (through: (objects: Objects) => Objects = (it) => it, more: Partial<CompactionParts> = {}) =>
    compact({
      objects: through(objects),
      merging: (temp) => openMerging({ memoryMiB: 256, threads: 1, temp }),
      scratch: join(dir, `run-${++runs}`),
      log,
      clock: Date.now,
      keptDays: undefined,
      ...more,
    });
  return {
    ...{ bucket, file, deliver, engine, run, lines, dir },
    /** What lies under a prefix, in order. */
    keys: (prefix: string) => [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
    /** A number that one question over all files gives. */
    number: async (text: string): Promise<number> => {
      await look();
      const [row] = (await connection.runAndReadAll(text)).getRowObjects();
      return Number(row?.n);
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** A bucket whose calls fail from the nth on, as where a run dies. */
export const dying =
  (after: number) =>
  (objects: Objects): Objects => {
    let calls = 0;
    const alive = async <T>(call: () => Promise<T>): Promise<T> => {
      if (++calls > after) throw new Error('died');
      return call();
    };
    return {
      list: (prefix) => alive(() => objects.list(prefix)),
      fetch: (key, path) => alive(() => objects.fetch(key, path)),
      text: (key) => alive(() => objects.text(key)),
      say: (key, text) => alive(() => objects.say(key, text)),
      place: (key, path) => alive(() => objects.place(key, path)),
      remove: (keys) => alive(() => objects.remove(keys)),
    };
  };
