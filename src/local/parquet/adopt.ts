import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stored } from '../../lake/compacted.ts';
import type { Log } from '../../ports.ts';
import { sql } from '../../sql/sql.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { asideFor } from '../disk/set-aside.ts';
import { throwShortage } from '../disk/shortage.ts';
import { type Checker, fingerprint } from './check.ts';
import { rowsOf } from './duckdb.ts';
import type { LakeFile } from './kinds.ts';
import type { Doubtful, KnownRows } from './known-rows.ts';
import type { Manifest } from './manifest.ts';
import { parquetOf } from './relations.ts';
import { copyTo, order, settle, syncPlaces, toldBy } from './write.ts';

/** What adoption needs of a lake that is being opened. */
export interface AdoptionParts {
  readonly connection: DuckDBConnection;
  readonly folder: Folder;
  readonly manifest: Manifest;
  readonly checker: Checker;
  readonly known: KnownRows;
  readonly log: Log;
}

/** A file that the manifest does not name, and what a name of the manifest would say. */
interface Found {
  readonly file: LakeFile;
  /** The same with its whole path. */
  readonly doubtful: Doubtful;
}

/** So many rows are compared at a time. */
const rowsAtOnce = 100_000;
const groupRows = 4_096;

/**
 * Takes files into the lake that lie in it and that the manifest does not name: what a crash left, and what an older manifest, put back by a person, does not know. Of each row
 * it is asked whether the lake has it. A file of which it has all rows is removed; one of which it lacks some gives those; one that cannot be read is set aside. Gives what was taken in.
 */
export const adopt = async (parts: AdoptionParts): Promise<readonly LakeFile[]> => {
  const { folder, manifest, checker, known, log } = parts;
  const named = new Set([...manifest.files()].map(({ path }) => path));
  const strangers = readdirSync(folder.lake, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder.lake, join(entry.parentPath, entry.name)))
    .filter((path) => !named.has(path));
  const found: Found[] = [];
  for (const path of strangers) {
    const looked = await look(parts, path);
    if (looked !== undefined) found.push(looked);
  }
  // The newest first: where two hold the same rows, it is the later one that stays.
  found.sort((a, b) => b.file.id - a.file.id);
  const taken: LakeFile[] = [];
  let removed = 0;
  const remove = ({ doubtful }: Found) => {
    rmSync(doubtful.path);
    removed++;
  };
  for (const some of inPieces(found)) {
    // A row counts as known only where its file is whole.
    await checker.inspect(known.sharing(some.map(({ doubtful }) => doubtful)));
    const missing = await missingIn(parts, some);
    for (const [i, one] of some.entries()) {
      if (missing[i] === 0) remove(one);
      else if (missing[i] !== undefined) {
        // Others of these may have brought its rows meanwhile.
        const [now = 0] = await known.missing([one.doubtful]);
        if (now === one.file.rows) {
          manifest.change({ add: [one.file] });
          taken.push(one.file);
        } else {
          if (now > 0) taken.push(await partOf(parts, one));
          remove(one);
        }
      }
    }
  }
  if (removed > 0)
    log.info('files of the lake that its list does not name were removed: every row of them is in others', {
      files: removed,
    });
  for (const { path, rows, kind, minTs, maxTs } of taken)
    log.warn(
      'a file that the list of files does not name was taken into the lake: its rows were in no other',
      {
        file: basename(path),
        kind,
        rows,
        from: dayOf(minTs),
        to: dayOf(maxTs),
      },
    );
  return taken;
};

const dayOf = (ms: number): string => new Date(ms).toISOString().split('T')[0] ?? '';

/** Files of one kind, so many rows together. */
function* inPieces(found: readonly Found[]): Generator<readonly Found[]> {
  for (const alike of Map.groupBy(found, ({ file }) => file.kind).values()) {
    let piece: Found[] = [];
    let rows = 0;
    for (const one of alike) {
      if (piece.length > 0 && rows + one.file.rows > rowsAtOnce) {
        yield piece;
        [piece, rows] = [[], 0];
      }
      piece.push(one);
      rows += one.file.rows;
    }
    yield piece;
  }
}

/** How many rows of each the lake lacks; undefined for one that could not be compared and was set aside. */
const missingIn = async (
  parts: AdoptionParts,
  some: readonly Found[],
): Promise<readonly (number | undefined)[]> => {
  try {
    return await parts.known.missing(some.map(({ doubtful }) => doubtful));
  } catch (error) {
    throwShortage(error);
    const [one] = some;
    if (some.length > 1) {
      const each: (number | undefined)[] = [];
      for (const single of some) each.push(...(await missingIn(parts, [single])));
      return each;
    }
    if (one !== undefined) setAside(parts, one.file.path, String(error), one.file.rows);
    return [undefined];
  }
};

/** What of a file the lake lacks, as a file of its own. */
const partOf = async (
  { connection, folder, manifest, known }: AdoptionParts,
  { file, doubtful }: Found,
): Promise<LakeFile> => {
  const temp = join(folder.temp, 'adopted.parquet');
  const rows = sql`select ${stored} from (${known.rowsMissing(doubtful)}) as lacking`;
  await copyTo(connection, rows, sql`project_id, ${order}`, temp, groupRows, 'quick');
  const contents = await contentsOf(connection, temp, file.columns);
  const made = await settle(folder, manifest, temp, {
    kind: file.kind,
    level: 0,
    dt: '',
    weight: null,
    ...contents,
  });
  await syncPlaces(folder, [made]);
  manifest.change({ add: [made] });
  return made;
};

/** What a file says of itself; undefined for one that is none of ours or cannot be read, which is set aside. */
const look = async (parts: AdoptionParts, path: string): Promise<Found | undefined> => {
  const { connection, folder, manifest } = parts;
  const whole = join(folder.lake, path);
  const told = toldBy(basename(path));
  if (told === undefined) return setAside(parts, path, 'its name is none of ours');
  try {
    const print = await fingerprint(whole);
    if (print === undefined) return setAside(parts, path, 'it is no whole Parquet file');
    if (told.crc !== undefined && told.crc !== print.crc)
      return setAside(parts, path, 'its bytes were changed');
    const names = await rowsOf(
      connection,
      sql`select name from parquet_schema(${whole}) where num_children is null order by 1`,
    );
    const columns = names.map(({ name }) => String(name)).join(',');
    const contents = await contentsOf(connection, whole, columns);
    if (contents.rows === 0) return void rmSync(whole);
    const isSettled =
      !path.startsWith('new~') &&
      contents.projects.length === 1 &&
      (told.kind !== 'events' ||
        [contents.minTs, contents.maxTs].every((ts) => dayOf(ts).startsWith(told.dt)));
    const taken = [manifest.files(), manifest.aside(), manifest.seen()].some((all) =>
      [...all].some(({ id }) => id === told.id),
    );
    const file: LakeFile = {
      ...contents,
      ...print,
      kind: told.kind,
      weight: null,
      level: isSettled ? 1 : 0,
      dt: isSettled ? told.dt : '',
      id: taken ? manifest.nextId() : told.id,
      path,
      columns,
    };
    return { file, doubtful: { ...file, path: whole } };
  } catch (error) {
    throwShortage(error);
    return setAside(parts, path, String(error));
  }
};

const contentsOf = async (connection: DuckDBConnection, path: string, columns: string) => {
  const held = await rowsOf(
    connection,
    sql`select project_id, count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last
      from (${parquetOf([path], columns)}) as stored group by project_id order by project_id`,
  );
  return {
    projects: held.map(({ project_id }) => String(project_id)),
    rows: held.reduce((sum, { total }) => sum + Number(total), 0),
    minTs: held.reduce((least, { first }) => Math.min(least, Number(first)), Number.POSITIVE_INFINITY),
    maxTs: held.reduce((most, { last }) => Math.max(most, Number(last)), Number.NEGATIVE_INFINITY),
  };
};

/** A file that nobody can vouch for is moved, never removed. */
const setAside = ({ folder, log }: AdoptionParts, path: string, reason: string, rows?: number): undefined => {
  const target = asideFor(folder.unnamed, basename(path));
  renameSync(join(folder.lake, path), target);
  log.error('a file that the list of files does not name was set aside', {
    file: relative(folder.root, target),
    reason,
    ...(rows !== undefined && { rows }),
  });
  return undefined;
};
