import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Sql, sql } from '../../sql/sql.ts';
import { type Folder, syncDirectory } from '../disk/lake-folder.ts';
import { fingerprint } from './check.ts';
import { type LakeFile, lakeKinds } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import { currentColumns } from './relations.ts';

/** What a file is to be; its numbers are known when it is written. */
export type Planned = Pick<
  LakeFile,
  'kind' | 'level' | 'projects' | 'dt' | 'rows' | 'weight' | 'minTs' | 'maxTs'
>;

/** The order of rows in every file: questions cut by time, and one order makes the same rows the same bytes. */
export const order = sql`ts, received_at, request_id, seq`;

/** How a file’s bytes are pressed: `small` to keep, `quick` for one that is soon replaced and until then often read; it takes a third less time to read, and twice the room. */
const codecs = { small: sql`zstd`, quick: sql`lz4_raw` } as const;

/** What the DuckDB that writes files has for one file, of its 64 MB. */
const sortingBytes = 48 << 20;
/** Rows go through it so many at a time, and so many copies of such a page are under way at once. */
const pageRows = 2_048;
const pagesUnderWay = 6;
/** Where pages are as large as that, few rows fill one: so much is sorted at once however wide rows are. */
const surelySorted = 6 << 20;
/** A row group that is read again has about so many bytes at most. */
const groupBytes = 8 << 20;

/** How many bytes of rows of this mean width are sorted in the memory that writing files has: they are held twice, and pages of them. */
export const sortable = (meanBytes: number): number =>
  Math.max(surelySorted, (sortingBytes - pagesUnderWay * pageRows * meanBytes) / 2);

/** How many of these rows one row group holds, at most `usual`. */
export const groupRowsOf = (rows: number, bytes: number, usual: number): number =>
  Math.max(pageRows, Math.min(usual, Math.floor((groupBytes * rows) / Math.max(1, bytes))));

/** Was it more than the engine may take? Less of the same may do. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && /^(?:Error: )?Out of Memory/.test(error.message);

/** Rows into a Parquet file; how many they were. `by`: their order; `groupRows`: rows per row group, what a question can skip at a time. */
export const copyTo = async (
  connection: DuckDBConnection,
  rows: Sql,
  by: Sql,
  path: string,
  groupRows: number,
  codec: keyof typeof codecs = 'small',
): Promise<number> => {
  const result = await connection.runAndReadAll(
    sql`copy (${rows} order by ${by}) to ${path} (format parquet, compression ${codecs[codec]}, row_group_size ${groupRows})`
      .text,
  );
  return Number(result.getRowObjects()[0]?.Count ?? 0);
};

/** Gives a finished file in `temp` its place in the lake, synced; it is in no answer until the manifest names it. */
export const settle = async (
  folder: Folder,
  manifest: Manifest,
  temp: string,
  plan: Planned,
): Promise<LakeFile> => {
  const print = await fingerprint(temp);
  if (print === undefined) throw new Error(`${temp} was written and is no Parquet file`);
  const id = manifest.nextId();
  const path = join(directoryOf(plan), nameOf(plan, id, print.crc));
  const target = join(folder.lake, path);
  const file = await open(temp, 'r');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  if ((await mkdir(dirname(target), { recursive: true })) !== undefined) await syncDirectory(folder.lake);
  await rename(temp, target);
  return { ...plan, ...print, id, path, columns: currentColumns };
};

/** The name says the number, above that of every file made before, and the CRC-32 of all bytes: a start that finds the file and does not know it can tell whether it is whole. */
const nameOf = ({ dt, kind }: Planned, id: number, crc: number): string =>
  `${dt === '' ? kind : /^\d+-\d\d-\d\d$/.test(dt) ? dt : `${dt}~`}-${id}-${crc.toString(16).padStart(8, '0')}.parquet`;

/** What a name says; undefined where it is none of ours. Files of earlier versions have no CRC. */
export const toldBy = (
  name: string,
):
  | { readonly kind: LakeFile['kind']; readonly dt: string; readonly id: number; readonly crc?: number }
  | undefined => {
  const found =
    /^(events|identifies|overrules|\d+-\d\d-\d\d|[\d-]+~)-(\d+)(?:-([0-9a-f]{8}))?\.parquet$/.exec(name);
  if (found === null) return undefined;
  const [, what = '', id, crc] = found;
  return {
    kind: lakeKinds.find((kind) => kind === what) ?? 'events',
    dt: /^\d/.test(what) ? what.replace('~', '') : '',
    id: Number(id),
    ...(crc !== undefined && { crc: Number.parseInt(crc, 16) }),
  };
};

/** Makes the places of new files survive a power cut. */
export const syncPlaces = async (folder: Folder, files: readonly LakeFile[]): Promise<void> => {
  for (const path of new Set(files.map(({ path }) => dirname(join(folder.lake, path)))))
    await syncDirectory(path);
};

/** Removes files that are in no manifest; one that cannot go is left for the next start. */
export const discard = async (folder: Folder, files: readonly LakeFile[]): Promise<void> => {
  for (const { path } of files) await rm(join(folder.lake, path), { force: true }).catch(() => undefined);
};

/** A folder per project, for people who look; files of several projects are in `new~`. File names are unique without it. */
const directoryOf = ({ level, projects }: Planned): string =>
  level === 0 ? 'new~' : (projects[0] ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '~').slice(0, 100) || '~';
