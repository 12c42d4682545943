import type { DuckDBConnection } from '@duckdb/node-api';
import { join, type Sql, sql } from '../../sql/sql.ts';
import { rowsOf } from './duckdb.ts';
import type { LakeFile } from './kinds.ts';
import { filesOf, weight } from './relations.ts';
import { sortable } from './write.ts';

const day = 86_400_000;
const dayOf = sql`cast(floor(epoch_ms(ts) / 86400000e0) as bigint)`;

/** Files join up to this, and busier days are cut there, so that sorting one takes little memory: events are near a kilobyte each. */
export const fullRows = 32_768;

/** New rows of one project’s day, of several of its days with few rows, or of all its identifications: what becomes one file. */
export interface FilePlace {
  readonly kind: LakeFile['kind'];
  readonly project: string;
  /** The day, or what the dates of its days begin with: `2026-03`, `2026`, `20` or nothing. */
  readonly dt: string;
  /** Its days since 1970; left out where it is all between its times. */
  readonly days?: readonly number[];
  /** Rows of it in the new files, about how many bytes they take where they are sorted, and their earliest and latest time. */
  readonly rows: number;
  readonly bytes: number;
  readonly minTs: number;
  readonly maxTs: number;
}

/** Do so many rows, of so many bytes, make a file that surely can be sorted? */
export const fits = (rows: number, bytes: number): boolean =>
  rows <= fullRows && bytes <= sortable(bytes / Math.max(1, rows));

/** The rows of a place among new ones. */
export const rowsAt = (source: Sql, { project, days, minTs, maxTs }: FilePlace): Sql => {
  const among = days === undefined ? sql`` : sql` and ${dayOf} in (${join(days)})`;
  return sql`select * from (${source}) as young where project_id = ${project} and ts between epoch_ms(${minTs}) and epoch_ms(${maxTs})${among}`;
};

/** The days of these new files, project by project; at most so many of them. */
export const placesIn = async (
  connection: DuckDBConnection,
  files: readonly LakeFile[],
  kind: LakeFile['kind'],
  most: number,
): Promise<readonly FilePlace[]> => {
  if (files.length === 0) return [];
  const days = kind === 'events' ? dayOf : sql`cast(0 as bigint)`;
  const found = await rowsOf(
    connection,
    sql`select project_id, ${days} as days, count(*) as total, sum(${weight}) as bytes, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last
      from (${filesOf(files)}) as young group by project_id, days order by project_id, days limit ${most}`,
  );
  return found.map((row) => ({
    kind,
    project: String(row.project_id),
    dt: kind === 'events' ? (new Date(Number(row.days) * day).toISOString().split('T')[0] ?? '') : '',
    rows: Number(row.total),
    bytes: Number(row.bytes),
    minTs: Number(row.first),
    maxTs: Number(row.last),
  }));
};

/** A place as it is, or where it has too many rows or bytes, cut into stretches of time at full seconds. */
export const stretchesOf = async (
  connection: DuckDBConnection,
  source: Sql,
  place: FilePlace,
): Promise<readonly FilePlace[]> => {
  if (fits(place.rows, place.bytes)) return [place];
  const share = Math.min(fullRows / place.rows, sortable(place.bytes / place.rows) / place.bytes);
  // A second at most: history comes evenly, bursts do not.
  const piece = Math.max(1, Math.min(1_000, Math.floor(((place.maxTs - place.minTs) * share) / 16)));
  const pieces = await rowsOf(
    connection,
    sql`select count(*) as total, sum(${weight}) as bytes, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last
      from (${rowsAt(source, place)}) as own group by epoch_ms(ts) // ${piece} order by min(ts)`,
  );
  const stretches: FilePlace[] = [];
  for (const { total, bytes, first, last } of pieces) {
    const next = {
      ...place,
      rows: Number(total),
      bytes: Number(bytes),
      minTs: Number(first),
      maxTs: Number(last),
    };
    const open = stretches.at(-1);
    if (open !== undefined && fits(open.rows + next.rows, open.bytes + next.bytes))
      stretches[stretches.length - 1] = {
        ...open,
        rows: open.rows + next.rows,
        bytes: open.bytes + next.bytes,
        maxTs: next.maxTs,
      };
    else stretches.push(next);
  }
  return stretches;
};

/** The days since 1970 that a place holds. */
export const daysOf = (place: FilePlace): readonly number[] => place.days ?? [Math.floor(place.minTs / day)];
