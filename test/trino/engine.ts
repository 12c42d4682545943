import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ColumnName, columnNames, columns, type Event } from '../../src/events/columns.ts';
import type { Cell, Engine, Row } from '../../src/ports.ts';
import { Problem } from '../../src/problems.ts';
import { earliestDay } from '../worlds/day.ts';
import { type TrinoPlace, trino } from './client.ts';

/** A running Trino and the folder it calls `local:///`. */
export interface TrinoServer {
  readonly url: string;
  readonly warehouse: string;
}

/** The server that `npm run test:trino` started; throws outside of it. */
export function trinoServer(): TrinoServer {
  const { MILLIMETRIC_TRINO_URL: url, MILLIMETRIC_TRINO_WAREHOUSE: warehouse } = process.env;
  if (url === undefined || warehouse === undefined)
    throw new Error('no Trino is running: use `npm run test:trino`');
  return { url, warehouse };
}

const duckTypes = {
  varchar: 'varchar',
  'timestamp(3)': 'timestamp_ms',
  bigint: 'bigint',
  boolean: 'boolean',
} as const;
let lakes = 0;

/**
 * An engine over a real Trino whose lake holds these events, as Parquet read through Hive tables `events` and `identifies`. Many projects, or many generated worlds
 * under projects of their own, may share one lake: laying it costs about a second, a question about 50 ms. `now`: what it answers as `completeUntil`.
 */
export async function trinoEngine(
  events: readonly Event[],
  { url, warehouse }: TrinoServer,
  now = 0,
): Promise<Engine> {
  lakes += 1;
  const place: TrinoPlace = { url, catalog: 'hive', schema: `lake_${process.pid}_${lakes}` };
  const folder = join('events', place.schema ?? '');
  await mkdir(join(warehouse, folder), { recursive: true });
  await writeParquet(events, join(warehouse, folder, 'events.parquet'));
  await trino(`create schema ${place.schema}`, place);
  const types = [...columnNames.map((column) => `${column} ${columns[column].type}`), 'dt varchar'].join(
    ', ',
  );
  for (const table of ['events', 'identifies'])
    await trino(
      `create table ${table} (${types}) with (format = 'PARQUET', external_location = 'local:///${folder}')`,
      place,
    );
  return {
    ask: async (question, _reads, { timeMs, signal }) => {
      const began = performance.now();
      const until = AbortSignal.any([AbortSignal.timeout(timeMs), ...(signal === undefined ? [] : [signal])]);
      const answer = await trino(question.text, { ...place, signal: until }).catch((error: unknown) => {
        throw until.aborted
          ? new Problem(
              'query_timeout',
              `The question took longer than ${timeMs} ms: ask for a shorter period or fewer groups.`,
              { cause: error },
            )
          : error;
      });
      const rows = answer.rows.map(
        (row): Row =>
          Object.fromEntries(answer.columns.map(({ name, type }, i) => [name, cellOf(row[i], type)])),
      );
      return {
        rows,
        completeUntil: now,
        cost: { bytes: answer.bytes, ms: performance.now() - began, cached: false },
        notes: [],
      };
    },
  };
}

async function writeParquet(events: readonly Event[], path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `create table events (${columnNames.map((column) => `${column} ${duckTypes[columns[column].type]}`).join(', ')}, dt varchar)`,
  );
  const rows = JSON.stringify(
    events.map((event) => [...columnNames.map((column) => parquetValue(event, column)), earliestDay(event)]),
  );
  const place = (i: number): string => `json_extract_string(r, '$[${i}]')`;
  const read = columnNames.map((column, i) =>
    columns[column].type === 'timestamp(3)' ? `epoch_ms(cast(${place(i)} as bigint))` : place(i),
  );
  await connection.run(
    `insert into events select ${[...read, place(columnNames.length)].join(', ')} from (select unnest(from_json($1, '["json"]')) as r) as given`,
    [rows],
  );
  await connection.run(`copy events to '${path.replaceAll("'", "''")}' (format parquet, compression zstd)`);
  connection.closeSync();
  instance.closeSync();
}

const parquetValue = (event: Event, column: ColumnName): Cell => {
  const value = event[column];
  return typeof value === 'string' ? value.toWellFormed() : value;
};

/** A value as the port promises cells. Throws where a question answers with a type no cell can hold. */
export function cellOf(value: unknown, type: string): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && /^timestamp\(\d+\)( with time zone)?$/.test(type))
    return new Date(`${value.replace(/ UTC$/, '').replace(' ', 'T')}Z`).toISOString();
  if (typeof value === 'string' && type.startsWith('decimal'))
    return value.includes('.') || Number.isSafeInteger(Number(value)) ? Number(value) : value;
  // NaN and the infinities arrive as text, since JSON has none, and stay text.
  if (typeof value === 'string' && /^(varchar|char|date|double|real)\b/.test(type)) return value;
  throw new Error(`a ${type} is no cell: cast it in the question`);
}
