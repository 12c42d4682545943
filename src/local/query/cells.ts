import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBMaterializedResult,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell, Row } from '../../ports.ts';

const day = 86_400_000;
const iso = (ms: bigint | number): Cell => {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};
const whole = (value: bigint): Cell =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : String(value);

/** Milliseconds of some microseconds, rounded down as time flows. */
const millis = (micros: bigint): bigint => (micros >= 0n ? micros / 1000n : (micros - 999n) / 1000n);

/** A value of DuckDB as a plain one. Times beyond what ISO 8601 can say are null; lists and the like are their text. */
export const cell = (value: DuckDBValue): Cell => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return whole(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return iso(millis(value.micros));
  if (value instanceof DuckDBTimestampMillisecondsValue) return iso(value.millis);
  if (value instanceof DuckDBTimestampSecondsValue) return iso(value.seconds * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return iso(millis(value.nanos / 1000n));
  if (value instanceof DuckDBDateValue)
    return (
      iso(value.days * day)
        ?.toString()
        .split('T')[0] ?? null
    );
  if (value instanceof DuckDBDecimalValue) return value.scale === 0 ? whole(value.value) : value.toDouble();
  if (value instanceof DuckDBBlobValue) return value.toString();
  return String(value);
};

/** The rows of a whole result. Nothing here waits: each wait for the engine's threads would queue behind whatever else the process does. */
export const rowsFrom = (result: DuckDBMaterializedResult): readonly Row[] => {
  const names = result.deduplicatedColumnNames();
  const rows: Record<string, Cell>[] = [];
  for (let part = 0; part < result.chunkCount; part++) {
    const chunk = result.getChunk(part);
    const added = Array.from({ length: chunk.rowCount }, (): Record<string, Cell> => ({}));
    for (const [column, name] of names.entries()) {
      const values = chunk.getColumnVector(column);
      for (const [at, row] of added.entries()) row[name] = cell(values.getItem(at));
    }
    rows.push(...added);
  }
  return rows;
};
