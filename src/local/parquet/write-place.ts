import type { DuckDBConnection } from '@duckdb/node-api';
import { stored } from '../../lake/compacted.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { removeAll } from '../disk/copy-range.ts';
import { type FilePlace, fits, fullRows } from './places.ts';
import { copyTo, groupRowsOf, isOutOfMemory, order, type Planned, sortable } from './write.ts';

/** Rows of one place, new ones and of settled files, that become files. */
export interface Writing {
  readonly place: FilePlace;
  readonly source: Sql;
  readonly rows: number;
  /** About how many bytes they take where they are sorted. */
  readonly bytes: number;
  readonly minTs: number;
  readonly maxTs: number;
}

const groupRows = 16_384;

/** Writes them at `path`, sorted, in so many files one after another, each of which `settle` takes from there; twice as many where the engine has no memory for one, down to one event. */
export const writeParts = async (
  connection: DuckDBConnection,
  writing: Writing,
  path: string,
  settle: (plan: Planned) => Promise<void>,
): Promise<void> => {
  const { place, source, rows, bytes, minTs, maxTs } = writing;
  let total = 0;
  const one = async (part: number, of: number): Promise<void> => {
    const own = of === 1 ? sql`` : sql` where hash(request_id, seq) % ${of} = ${part}`;
    const written = await copyTo(
      connection,
      sql`select ${stored} from (${source}) as rows${own}`,
      order,
      path,
      groupRowsOf(rows, bytes, groupRows),
    ).catch((error: unknown) => {
      if (!isOutOfMemory(error) || of >= 2 * rows) throw error;
      return undefined;
    });
    if (written === undefined) {
      // What is `part` of n is `part` or `part` + n of twice as many.
      await one(part, 2 * of);
      return one(part + of, 2 * of);
    }
    total += written;
    if (written === 0) return removeAll([path]);
    await settle({
      kind: place.kind,
      level: 1,
      projects: [place.project],
      dt: place.dt,
      rows: written,
      // A part is as large as can be: it joins no other, or it would be cut again.
      weight: of === 1 ? bytes : Math.max(sortable(bytes / rows), bytes / of),
      minTs,
      maxTs,
    });
  };
  const parts = partsOf(writing);
  for (let part = 0; part < parts; part++) await one(part, parts);
  if (total !== rows)
    throw new Error(
      `compaction of ${place.project} ${place.dt} wrote ${total} rows of ${rows}: its input was kept`,
    );
};

/** Into how many files they go: one, unless so many rows have one time that no stretch of it was small enough. */
const partsOf = ({ rows, bytes }: Writing): number =>
  fits(rows, bytes) ? 1 : Math.max(2, Math.ceil(rows / fullRows), Math.ceil(bytes / sortable(bytes / rows)));
