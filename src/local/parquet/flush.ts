import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Sql, sql } from '../../sql/sql.ts';
import { removeAll } from '../disk/copy-range.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { Segment } from '../journal/journal.ts';
import { rowsOf } from './duckdb.ts';
import { type LakeKind, lakeKinds } from './kinds.ts';
import type { LakeFile, Manifest } from './manifest.ts';
import { currentColumns, linesOf, parquetOf, stored } from './relations.ts';
import { copyTo, discard, order, type Planned, settle, syncPlaces } from './write.ts';

/** Small row groups, because these files hold all projects and a question wants one. */
const groupRows = 4_096;

/** Journal segments into one Parquet file (and one of their identifications, one of what overrules a browser’s copy where there may be such); with the manifest's change they are in the lake, all at once. */
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
  const temp = (kind: string) => join(folder.temp, `${kind}-${last.number}.parquet`);
  try {
    const events = temp('events');
    const paths = segments.map(({ path }) => path);
    const lines = linesOf(paths);
    await copyTo(
      connection,
      sql`select ${stored} from (${lines}) as lines`,
      sql`project_id, ${order}`,
      events,
      groupRows,
      'quick',
    );
    const contentsOf = (rows: Sql) =>
      rowsOf(
        connection,
        sql`select project_id, count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last, count_if(event_name = '$identify') as said
          from (${rows}) as stored group by project_id order by project_id`,
      );
    const contents = await contentsOf(parquetOf([events], currentColumns));
    const plan = (kind: LakeKind, column: 'total' | 'said', within = contents): Planned => {
      const held = within.filter((row) => Number(row[column]) > 0);
      return {
        kind,
        level: 0,
        dt: '',
        projects: held.map((row) => String(row.project_id)),
        rows: held.reduce((sum, row) => sum + Number(row[column]), 0),
        minTs: least(held.map((row) => row.first)),
        maxTs: -least(held.map((row) => -Number(row.last))),
      };
    };
    const identifies = plan('identifies', 'said');
    if (identifies.rows > 0) {
      const path = temp('identifies');
      const said = sql`select ${stored} from (${parquetOf([events], currentColumns)}) as stored where event_name = '$identify'`;
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
    await syncPlaces(folder, made);
  } catch (error) {
    await discard(folder, made);
    removeAll(lakeKinds.map(temp));
    throw error;
  }
  // Its files stay even where this fails: see `certain`.
  manifest.change({ add: made, flushed: last.number, segments });
};

const least = (values: readonly unknown[]): number =>
  values.map(Number).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
