import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stored } from '../../lake/compacted.ts';
import { firstUpTo, joining, type Size } from '../../lake/compaction.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { removeAll } from '../disk/copy-range.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { LakeFile } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import { type FilePlace, fits, placesIn, rowsAt, stretchesOf } from './places.ts';
import { currentColumns, filesOf, parquetOf } from './relations.ts';
import { placeOf, sharing, weightOf } from './sharing.ts';
import { copyTo, discard, isOutOfMemory, order, settle, syncPlaces } from './write.ts';
import { type Writing, writeParts } from './write-place.ts';

/** So many rows of new files are sorted into days at a time (or one file). */
const youngRows = 400_000;
/** Where they hold more days than this, half as many files are looked at: each day is an object here. One file has as many as it has rows at most. */
const manyPlaces = 20_000;
const anyPlaces = 1e9;
/** From so many openings of files on, the new files are first merged into one. */
const manyOpenings = 8_000;
/** And then so many rows and bytes at a time, because all of them are sorted at once. */
const mergedRows = 160_000;
const mergedBytes = 96 << 20;
const newGroupRows = 8_192;
/** A project with so many days of so few rows each has its rows brought together first, so that a day is read from one small file. */
const manyDays = 8;
const fewRows = 5_000;
const gatheredGroupRows = 2_048;

/** What a pass over the files of one kind may do. */
export interface Passing {
  readonly kind: LakeFile['kind'];
  /** The days that become as few files as can be; in others only files like the new ones join. */
  readonly whole: (dt: string) => boolean;
  /** Called between two files, for whatever must not wait for the whole pass; where it says false, the pass is given up. */
  readonly between: () => Promise<boolean>;
}

/** One pass over new and small files of one kind; gives those it replaced, which may be deleted once nobody reads them. Where it needs more memory than there is, it takes half as many new files. */
export const compactOnce = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  passing: Passing,
): Promise<readonly LakeFile[]> => {
  const young = [...manifest.files()].filter(({ kind, level }) => kind === passing.kind && level === 0);
  for (let most = oldest(young, youngRows).length; ; most >>= 1) {
    try {
      const dropped = await compactSome(connection, folder, manifest, passing, young.slice(0, most));
      if (dropped !== undefined) return dropped;
    } catch (error) {
      if (most < 2 || !isOutOfMemory(error)) throw error;
    }
  }
};

/** The same for these new files; undefined where they are too many at once. */
const compactSome = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  { kind, whole, between }: Passing,
  someYoung: readonly LakeFile[],
): Promise<readonly LakeFile[] | undefined> => {
  const settled = [...manifest.files()].filter((file) => file.kind === kind && file.level === 1);
  const made: LakeFile[] = [];
  let committing = false;
  const merged = join(folder.temp, `${kind}-merge.parquet`);
  const part = join(folder.temp, `${kind}-part.parquet`);
  const gathered = join(folder.temp, `${kind}-gathered.parquet`);
  const at = (file: LakeFile) => ({ ...file, path: join(folder.lake, file.path) });
  const goOn = async () => {
    if (!(await between())) throw new Error('compaction was stopped');
  };
  try {
    let young = someYoung;
    const most = young.length > 1 ? manyPlaces : anyPlaces;
    let places = await placesIn(connection, young.map(at), kind, most);
    if (places.length >= most) return undefined;
    let all = filesOf(young.map(at));
    if (openingsOf(places) * young.length > manyOpenings) {
      young = oldest(young, mergedRows, mergedBytes);
      places = await placesIn(connection, young.map(at), kind, anyPlaces);
      await copyTo(
        connection,
        sql`select ${stored} from (${filesOf(young.map(at))}) as young`,
        sql`project_id, ${order}`,
        merged,
        newGroupRows,
        'quick',
      );
      all = parquetOf([merged], currentColumns);
      await goOn();
    }
    const dropped = [...young];

    const write = async (source: Sql, place: FilePlace, old: readonly LakeFile[]) => {
      const writing: Writing = {
        place,
        rows: old.reduce((sum, { rows }) => sum + rows, place.rows),
        bytes: old.reduce((sum, file) => sum + weightOf(file), place.bytes),
        minTs: Math.min(place.minTs, ...old.map(({ minTs }) => minTs)),
        maxTs: Math.max(place.maxTs, ...old.map(({ maxTs }) => maxTs)),
        source: bothOf(place.rows === 0 ? undefined : rowsAt(source, place), old.map(at)),
      };
      await writeParts(connection, writing, part, async (plan) => {
        made.push(await settle(folder, manifest, part, plan));
      });
      dropped.push(...old);
      await goOn();
    };

    const news = Map.groupBy(places, ({ project }) => project);
    const olds = Map.groupBy(settled, ({ projects }) => projects[0] ?? '');
    // Where nothing new came, files join only while nobody waits for it.
    const projects = new Set([...news.keys(), ...(whole('') ? olds.keys() : [])]);
    for (const project of projects) {
      const own = news.get(project) ?? [];
      const files = olds.get(project) ?? [];
      const source = isScattered(own) ? await gather(connection, all, own, gathered) : all;
      const days = Map.groupBy(files, ({ dt }) => dt);
      const shared = kind === 'events' ? sharing(own, files) : [];
      const taken = new Set<FilePlace | LakeFile>();
      for (const union of shared) {
        for (const one of [...union.added, ...union.old]) taken.add(one);
        const others = (days.get(union.dt) ?? []).filter((file) => !taken.has(file));
        const more = joined(others, union.rows, union.bytes, whole(union.dt));
        for (const file of more) taken.add(file);
        await write(source, placeOf(union) ?? nothingNew(kind, project, union.dt, union.old), [
          ...union.old,
          ...more,
        ]);
      }
      const written = new Set(shared.map(({ dt }) => dt));
      for (const place of own) {
        if (taken.has(place)) continue;
        written.add(place.dt);
        const there = (days.get(place.dt) ?? []).filter((file) => !taken.has(file));
        for (const stretch of await stretchesOf(connection, source, place))
          await write(
            source,
            stretch,
            stretch === place ? joined(there, place.rows, place.bytes, whole(place.dt)) : [],
          );
      }
      for (const [dt, there] of days) {
        if (written.has(dt) || !whole(dt)) continue;
        const join = joined(
          there.filter((file) => !taken.has(file)),
          0,
          0,
          true,
        );
        if (join.length > 1) await write(all, nothingNew(kind, project, dt, join), join);
      }
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

const bothOf = (
  added: Sql | undefined,
  old: readonly { readonly path: string; readonly columns: string }[],
): Sql => {
  if (added === undefined) return filesOf(old);
  return old.length === 0 ? added : sql`${added} union all ${filesOf(old)}`;
};

const nothingNew = (
  kind: LakeFile['kind'],
  project: string,
  dt: string,
  old: readonly LakeFile[],
): FilePlace => ({
  kind,
  project,
  dt,
  rows: 0,
  bytes: 0,
  minTs: Math.min(...old.map(({ minTs }) => minTs)),
  maxTs: Math.max(...old.map(({ maxTs }) => maxTs)),
});

/** How often each new file is opened for these places. */
const openingsOf = (places: readonly FilePlace[]): number =>
  [...Map.groupBy(places, ({ project }) => project).values()].reduce(
    (sum, own) => sum + (isScattered(own) ? 1 : own.length),
    0,
  );

const isScattered = (own: readonly FilePlace[]): boolean => {
  const rows = own.reduce((sum, place) => sum + place.rows, 0);
  const bytes = own.reduce((sum, place) => sum + place.bytes, 0);
  return own.length >= manyDays && rows <= mergedRows && bytes <= mergedBytes && rows < own.length * fewRows;
};

/** All rows of these places, of one project, in one file at this path; where that takes more memory than there is, as they were. */
const gather = async (
  connection: DuckDBConnection,
  from: Sql,
  own: readonly FilePlace[],
  path: string,
): Promise<Sql> => {
  const rows = sql`select ${stored} from (${from}) as young where project_id = ${own[0]?.project ?? ''}`;
  try {
    const written = await copyTo(connection, rows, order, path, gatheredGroupRows, 'quick');
    const expected = own.reduce((sum, place) => sum + place.rows, 0);
    if (written !== expected)
      throw new Error(
        `compaction of ${own[0]?.project} gathered ${written} rows of ${expected}: its input was kept`,
      );
  } catch (error) {
    if (isOutOfMemory(error)) return from;
    throw error;
  }
  return parquetOf([path], currentColumns);
};

const sizeOf = (file: LakeFile): Size => ({ rows: file.rows, bytes: weightOf(file) });

/** The settled files that join new rows: from that of the fewest rows up. */
const joined = (settled: readonly LakeFile[], rows: number, bytes: number, whole: boolean) =>
  joining(
    settled.toSorted((a, b) => a.rows - b.rows || a.id - b.id),
    { rows, bytes },
    { sizeOf, fits: (size) => fits(size.rows, size.bytes), costOf: (size) => size.rows, whole },
  );

/** The first files, up to so many rows and bytes; at least one. */
const oldest = (young: readonly LakeFile[], mostRows: number, mostBytes?: number): readonly LakeFile[] =>
  firstUpTo(young, sizeOf, mostRows, mostBytes);

/** Are there files, of past days or of few rows, that could be fewer? */
export const isCrowded = (files: Iterable<LakeFile>, isPast: (dt: string) => boolean): boolean => {
  const projects = new Map<string, LakeFile[]>();
  for (const file of files) {
    if (file.kind !== 'events' || file.level === 0) continue;
    const project = file.projects[0] ?? '';
    const own = projects.get(project);
    if (own === undefined) projects.set(project, [file]);
    else own.push(file);
  }
  for (const own of projects.values()) {
    if (sharing([], own).length > 0) return true;
    for (const [dt, there] of Map.groupBy(own, ({ dt }) => dt))
      if (there.length > 1 && isPast(dt) && joined(there, 0, 0, true).length > 1) return true;
  }
  return false;
};
