import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Sql, sql } from '../../sql/sql.ts';
import { removeAll } from '../disk/copy-range.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { rowsOf } from './duckdb.ts';
import type { LakeFile, Manifest } from './manifest.ts';
import { currentColumns, filesOf, parquetOf, stored } from './relations.ts';
import { copyTo, discard, order, type Planned, settle, syncPlaces } from './write.ts';

const day = 86_400_000;
const groupRows = 16_384;
/** Files join up to this, and busier days are cut there, so that sorting one takes little memory: events are near a kilobyte each. */
const fullRows = 2 * groupRows;
/** So many rows of new files are sorted into days at a time (or one file). */
const youngRows = 400_000;
/** From so many openings of files on, the new files are first merged into one. */
const manyOpenings = 8_000;
/** And then so many rows at a time, because all of them are sorted at once. */
const mergedRows = 160_000;
const newGroupRows = 8_192;
/** A project with so many days of so few rows each has its rows brought together first, so that a day is read from one small file. */
const manyDays = 8;
const fewRows = 5_000;
const gatheredGroupRows = 2_048;

/** One project’s day (or all its identifications): what becomes one file. */
interface Place {
  readonly kind: LakeFile['kind'];
  readonly project: string;
  readonly dt: string;
  /** Rows of it in the new files, and their earliest and latest time. */
  readonly rows: number;
  readonly minTs: number;
  readonly maxTs: number;
}

/** One pass over new and small files of one kind; gives those it replaced, which may be deleted once nobody reads them. `whole`: the days that become as few files as can be; in others only files like the new ones join. */
export const compactOnce = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  kind: LakeFile['kind'],
  whole: (dt: string) => boolean,
  goOn: () => boolean,
): Promise<readonly LakeFile[]> => {
  const files = [...manifest.files()].filter((file) => file.kind === kind);
  const allYoung = files.filter(({ level }) => level === 0);
  const settled = Map.groupBy(
    files.filter(({ level }) => level === 1),
    (file) => placeKey(file.projects[0] ?? '', file.dt),
  );
  const made: LakeFile[] = [];
  let committing = false;
  const merged = join(folder.temp, `${kind}-merge.parquet`);
  const part = join(folder.temp, `${kind}-part.parquet`);
  const gathered = join(folder.temp, `${kind}-gathered.parquet`);
  const at = (file: LakeFile) => ({ ...file, path: join(folder.lake, file.path) });
  try {
    let young = oldest(allYoung, youngRows);
    let places = await placesIn(connection, young.map(at), kind);
    const openings =
      [...byProject(places)].reduce((sum, own) => sum + (isScattered(own) ? 1 : own.length), 0) *
      young.length;
    const many = openings > manyOpenings;
    if (many) {
      young = oldest(allYoung, mergedRows);
      places = await placesIn(connection, young.map(at), kind);
      await copyTo(
        connection,
        sql`select ${stored} from (${filesOf(young.map(at))}) as young`,
        sql`project_id, ${order}`,
        merged,
        newGroupRows,
        'quick',
      );
    }
    const dropped = [...young];
    const all = many ? parquetOf([merged], currentColumns) : filesOf(young.map(at));

    const writePlace = async (source: Sql, place: Place, old: readonly LakeFile[]) => {
      const rows = old.reduce((sum, file) => sum + file.rows, place.rows);
      const plan: Planned = {
        kind,
        level: 1,
        projects: [place.project],
        dt: place.dt,
        rows,
        minTs: Math.min(place.minTs, ...old.map(({ minTs }) => minTs)),
        maxTs: Math.max(place.maxTs, ...old.map(({ maxTs }) => maxTs)),
      };
      const added = sql`select * from (${source}) as young where project_id = ${place.project} and ts between epoch_ms(${place.minTs}) and epoch_ms(${place.maxTs})`;
      const both =
        old.length === 0
          ? added
          : place.rows === 0
            ? filesOf(old.map(at))
            : sql`${added} union all ${filesOf(old.map(at))}`;
      const written = await copyTo(
        connection,
        sql`select ${stored} from (${both}) as rows`,
        order,
        part,
        groupRows,
      );
      if (written !== rows)
        throw new Error(
          `compaction of ${place.project} ${place.dt} wrote ${written} rows of ${rows}: its input was kept`,
        );
      made.push(await settle(folder, manifest, part, plan));
      dropped.push(...old);
    };

    const done = new Set<string>();
    for (const own of byProject(places)) {
      const source = isScattered(own) ? await gather(connection, all, own, gathered) : all;
      for (const place of own) {
        const key = placeKey(place.project, place.dt);
        done.add(key);
        for (const stretch of await stretchesOf(connection, source, place)) {
          await writePlace(
            source,
            stretch,
            stretch === place ? joining(settled.get(key) ?? [], place.rows, whole(place.dt)) : [],
          );
          if (!goOn()) throw new Error('compaction was stopped');
        }
      }
    }
    for (const [key, old] of settled) {
      const [first] = old;
      if (done.has(key) || first === undefined || !whole(first.dt)) continue;
      const join = joining(old, 0, true);
      if (join.length < 2 || !goOn()) continue;
      await writePlace(
        all,
        {
          kind,
          project: first.projects[0] ?? '',
          dt: first.dt,
          rows: 0,
          minTs: first.minTs,
          maxTs: first.maxTs,
        },
        join,
      );
    }
    await syncPlaces(folder, made);
    const present = new Set(manifest.files());
    if (dropped.some((file) => !present.has(file)))
      throw new Error('a file was set aside while it was being compacted');
    if (made.length === 0) return [];
    committing = true;
    manifest.change({ add: made, drop: dropped });
    return dropped;
  } catch (error) {
    // After a change that failed they stay: see the manifest’s `certain`.
    if (!committing) await discard(folder, made);
    throw error;
  } finally {
    removeAll([merged, part, gathered]);
  }
};

const byProject = (places: readonly Place[]): Iterable<readonly Place[]> =>
  Map.groupBy(places, ({ project }) => project).values();

const rowsIn = (places: readonly Place[]): number => places.reduce((sum, { rows }) => sum + rows, 0);

const isScattered = (own: readonly Place[]): boolean =>
  own.length >= manyDays && rowsIn(own) <= mergedRows && rowsIn(own) < own.length * fewRows;

/** All rows of these places, of one project, in one file at this path. */
const gather = async (
  connection: DuckDBConnection,
  from: Sql,
  own: readonly Place[],
  path: string,
): Promise<Sql> => {
  const rows = sql`select ${stored} from (${from}) as young where project_id = ${own[0]?.project ?? ''}`;
  const written = await copyTo(connection, rows, order, path, gatheredGroupRows, 'quick');
  if (written !== rowsIn(own))
    throw new Error(
      `compaction of ${own[0]?.project} gathered ${written} rows of ${rowsIn(own)}: its input was kept`,
    );
  return parquetOf([path], currentColumns);
};

const placeKey = (project: string, dt: string): string => JSON.stringify([project, dt]);

/** The settled files that join `rows` new ones: from the smallest up, while each is no larger than twice what has gathered, so that a row is rewritten a logarithm of times. */
function joining(settled: readonly LakeFile[], rows: number, whole: boolean): readonly LakeFile[] {
  const join: LakeFile[] = [];
  let gathered = rows;
  for (const file of settled.toSorted((a, b) => a.rows - b.rows || a.id - b.id)) {
    if (gathered + file.rows > fullRows || !(whole || file.rows <= 2 * gathered)) break;
    join.push(file);
    gathered += file.rows;
  }
  return join;
}

/** The first files, up to so many rows; at least one. */
function oldest(young: readonly LakeFile[], most: number): readonly LakeFile[] {
  let end = 0;
  for (let rows = 0; end < young.length && (end === 0 || rows + (young[end]?.rows ?? 0) <= most); end++)
    rows += young[end]?.rows ?? 0;
  return young.slice(0, end);
}

/** Is there a past day, of these files, that could be fewer files? */
export const isCrowded = (files: Iterable<LakeFile>, isPast: (dt: string) => boolean): boolean => {
  const smallest = new Map<string, number>();
  for (const { kind, level, projects, dt, rows } of files) {
    if (kind !== 'events' || level === 0 || !isPast(dt)) continue;
    const key = placeKey(projects[0] ?? '', dt);
    const other = smallest.get(key);
    if (other !== undefined && other + rows <= fullRows) return true;
    smallest.set(key, Math.min(rows, other ?? rows));
  }
  return false;
};

/** A place as it is, or where it has too many rows, cut into stretches of time at full seconds. */
async function stretchesOf(
  connection: DuckDBConnection,
  source: Sql,
  place: Place,
): Promise<readonly Place[]> {
  if (place.rows <= fullRows) return [place];
  // A second at most: history comes evenly, bursts do not.
  const piece = Math.max(
    1,
    Math.min(1_000, Math.floor(((place.maxTs - place.minTs) * fullRows) / place.rows / 16)),
  );
  const pieces = await rowsOf(
    connection,
    sql`select count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last from (${source}) as young
      where project_id = ${place.project} and ts between epoch_ms(${place.minTs}) and epoch_ms(${place.maxTs}) group by epoch_ms(ts) // ${piece} order by min(ts)`,
  );
  const stretches: Place[] = [];
  for (const { total, first, last } of pieces) {
    const next = { ...place, rows: Number(total), minTs: Number(first), maxTs: Number(last) };
    const open = stretches.at(-1);
    if (open !== undefined && open.rows + next.rows <= fullRows)
      stretches[stretches.length - 1] = { ...open, rows: open.rows + next.rows, maxTs: next.maxTs };
    else stretches.push(next);
  }
  return stretches;
}

async function placesIn(
  connection: DuckDBConnection,
  files: readonly LakeFile[],
  kind: LakeFile['kind'],
): Promise<readonly Place[]> {
  if (files.length === 0) return [];
  const days =
    kind === 'events' ? sql`cast(floor(epoch_ms(ts) / 86400000e0) as bigint)` : sql`cast(0 as bigint)`;
  const found = await rowsOf(
    connection,
    sql`select project_id, ${days} as days, count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last
      from (${filesOf(files)}) as young group by project_id, days order by project_id, days`,
  );
  return found.map((row) => ({
    kind,
    project: String(row.project_id),
    dt: kind === 'events' ? (new Date(Number(row.days) * day).toISOString().split('T')[0] ?? '') : '',
    rows: Number(row.total),
    minTs: Number(row.first),
    maxTs: Number(row.last),
  }));
}
