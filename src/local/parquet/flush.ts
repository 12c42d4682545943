import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stored } from '../../lake/compacted.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { removeAll } from '../disk/copy-range.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { Segment } from '../journal/journal.ts';
import { cutLines, type Lines } from '../journal/pieces.ts';
import { rowsOf } from './duckdb.ts';
import { type LakeFile, type LakeKind, lakeKinds } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import { currentColumns, linesOf, parquetOf } from './relations.ts';
import {
  copyTo,
  discard,
  isOutOfMemory,
  order,
  type Planned,
  settle,
  sortable,
  syncPlaces,
} from './write.ts';

/** Small row groups, because these files hold all projects and a question wants one. */
const groupRows = 4_096;

/**
 * Journal segments into Parquet files of at most as many bytes as surely can be sorted (and each's identifications and what overrules a browser’s copy, where there may be such); with the manifest's change they are in the lake, all
 * at once. Where even so much was too much, it is halved, down to one event.
 */
export const flushSegments = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  segments: readonly Segment[],
  mayOverrule: boolean,
): Promise<void> => {
  const last = segments.at(-1);
  if (last === undefined) return;
  const made: LakeFile[] = [];
  const cut: string[] = [];
  const temp = (kind: LakeKind) => join(folder.temp, `${kind}-${last.number}.parquet`);
  const nextPath = () => {
    const path = join(folder.temp, `piece-${last.number}-${cut.length}.ndjson`);
    cut.push(path);
    return path;
  };
  /** In pieces; a piece that was halved is done in halves. */
  const inPieces = async (lines: readonly Lines[]) => {
    for (const piece of lines) {
      try {
        made.push(...(await filesFrom(connection, folder, manifest, piece, temp, mayOverrule)));
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        const halves = await halved(piece, nextPath);
        if (halves.length < 2) throw error;
        await inPieces(halves);
      }
      if (piece.paths.some((path) => cut.includes(path))) removeAll(piece.paths);
    }
  };
  try {
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
    const most = sortable(bytes / rows);
    if (bytes <= most) await inPieces([{ paths: segments.map(({ path }) => path), bytes }]);
    else for (const { path } of segments) await inPieces(await cutLines(path, most, nextPath));
    await syncPlaces(folder, made);
  } catch (error) {
    await discard(folder, made);
    throw error;
  } finally {
    removeAll([...cut, ...lakeKinds.map(temp)]);
  }
  // Its files stay even where this fails: see `certain`.
  manifest.change({ add: made, flushed: last.number, segments });
};

const halved = async ({ paths, bytes }: Lines, nextPath: () => string): Promise<readonly Lines[]> => {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0)
    return paths.map((path) => ({ paths: [path], bytes: bytes / paths.length }));
  return cutLines(path, bytes / 2, nextPath);
};

/** These lines as a file of the lake, their identifications and what overrules as others; none of no lines. */
const filesFrom = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  { paths, bytes }: Lines,
  temp: (kind: LakeKind) => string,
  mayOverrule: boolean,
): Promise<readonly LakeFile[]> => {
  const events = temp('events');
  const lines = sql`select ${stored} from (${linesOf(paths)}) as lines`;
  await copyTo(connection, lines, sql`project_id, ${order}`, events, groupRows, 'quick');
  const written = parquetOf([events], currentColumns);
  const contentsOf = (rows: Sql) =>
    rowsOf(
      connection,
      sql`select project_id, count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last, count_if(event_name = '$identify') as said
        from (${rows}) as stored group by project_id order by project_id`,
    );
  const contents = await contentsOf(written);
  const total = sumOf(contents.map((row) => row.total));
  if (total === 0) return [];
  const plan = (kind: LakeKind, column: 'total' | 'said', within = contents): Planned => {
    const held = within.filter((row) => Number(row[column]) > 0);
    const rows = sumOf(held.map((row) => row[column]));
    return {
      kind,
      level: 0,
      dt: '',
      projects: held.map((row) => String(row.project_id)),
      rows,
      weight: (bytes * rows) / total,
      minTs: least(held.map((row) => row.first)),
      maxTs: -least(held.map((row) => -Number(row.last))),
    };
  };
  const made: LakeFile[] = [];
  try {
    const identifies = plan('identifies', 'said');
    if (identifies.rows > 0) {
      const path = temp('identifies');
      const said = sql`select ${stored} from (${written}) as stored where event_name = '$identify'`;
      await copyTo(connection, said, sql`project_id, ${order}`, path, groupRows, 'quick');
      made.push(await settle(folder, manifest, path, identifies));
    }
    if (mayOverrule) {
      const path = temp('overrules');
      const overruling = sql`select ${stored} from (${linesOf(paths, true)}) as lines where overrules`;
      await copyTo(connection, overruling, sql`project_id, ${order}`, path, groupRows, 'quick');
      const overrules = plan('overrules', 'total', await contentsOf(parquetOf([path], currentColumns)));
      if (overrules.rows > 0) made.push(await settle(folder, manifest, path, overrules));
      else removeAll([path]);
    }
    made.push(await settle(folder, manifest, events, plan('events', 'total')));
    return made;
  } catch (error) {
    await discard(folder, made);
    throw error;
  }
};

const sumOf = (values: readonly unknown[]): number =>
  values.reduce((sum: number, value) => sum + Number(value), 0);

const least = (values: readonly unknown[]): number =>
  values.map(Number).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
