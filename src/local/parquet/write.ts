import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Sql, sql } from '../../sql/sql.ts';
import { type Folder, syncDirectory } from '../disk/lake-folder.ts';
import { fingerprint } from './check.ts';
import { lakeKinds } from './kinds.ts';
import type { LakeFile, Manifest } from './manifest.ts';
import { currentColumns } from './relations.ts';

/** What a file is to be; its numbers are known when it is written. */
export type Planned = Pick<LakeFile, 'kind' | 'level' | 'projects' | 'dt' | 'rows' | 'minTs' | 'maxTs'>;

/** The order of rows in every file: questions cut by time, and one order makes the same rows the same bytes. */
export const order = sql`ts, received_at, request_id, seq`;

/** How a file’s bytes are pressed: `small` to keep, `quick` for one that is soon replaced and until then often read; it takes a third less time to read, and twice the room. */
const codecs = { small: sql`zstd`, quick: sql`lz4_raw` } as const;

/** Rows into a Parquet file; how many they were. `by`: their order; `groupRows`: rows per row group, what a question can skip at a time. */
export const copyTo = async (
  connection: DuckDBConnection,
  rows: Sql,
  by: Sql,
  path: string,
  groupRows: number,
  codec: keyof typeof codecs = 'small',
): Promise<number> => {
  const copy = async (sorted: Sql, size: number) => {
    const result = await connection.runAndReadAll(
      sql`copy (${sorted}) to ${path} (format parquet, compression ${codecs[codec]}, row_group_size ${size})`
        .text,
    );
    return Number(result.getRowObjects()[0]?.Count ?? 0);
  };
  try {
    return await copy(sql`${rows} order by ${by}`, groupRows);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Out of Memory'))) throw error;
    // Rows too wide to sort in the memory we take are as true unsorted.
    return copy(rows, 2_048);
  }
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
  `${dt === '' ? kind : dt}-${id}-${crc.toString(16).padStart(8, '0')}.parquet`;

/** What a name says; undefined where it is none of ours. Files of earlier versions have no CRC. */
export const toldBy = (
  name: string,
):
  | { readonly kind: LakeFile['kind']; readonly dt: string; readonly id: number; readonly crc?: number }
  | undefined => {
  const found = /^(events|identifies|overrules|\d+-\d\d-\d\d)-(\d+)(?:-([0-9a-f]{8}))?\.parquet$/.exec(name);
  if (found === null) return undefined;
  const [, what = '', id, crc] = found;
  return {
    kind: lakeKinds.find((kind) => kind === what) ?? 'events',
    dt: /^\d/.test(what) ? what : '',
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
