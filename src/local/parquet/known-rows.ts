import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { join, type Sql, sql } from '../../sql/sql.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { Segment } from '../journal/journal.ts';
import { rowsOf } from './duckdb.ts';
import type { LakeFile } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import { filesOf, linesOf, parquetOf } from './relations.ts';

/** A file whose rows may be in others: where it lies, and what it holds. */
export type Doubtful = Pick<LakeFile, 'kind' | 'projects' | 'minTs' | 'maxTs' | 'columns'> & {
  readonly path: string;
};

/** Which rows the lake has. */
export interface KnownRows {
  /** Of each of these files (of one kind), how many rows are neither in a file of the manifest nor in the journal that waits to be flushed. */
  missing(files: readonly Doubtful[]): Promise<readonly number[]>;
  /** These rows of one file. */
  rowsMissing(file: Doubtful): Sql;
  /** The manifest's files that may share rows with these. */
  sharing(files: readonly Doubtful[]): readonly LakeFile[];
}

/** What makes a row the same row, wherever it was written: all of ours cannot hold the separator, the caller’s id comes last. */
const identity = sql`md5_number(concat_ws('|', project_id, env, request_id, cast(seq as varchar), cast(epoch_ms(ts) as varchar), coalesce(event_id, '')))`;

/** Rows of the lake by their identity, read anew for each question: nothing may be flushed or merged meanwhile. */
export const knownRows = (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  segments: () => readonly Segment[],
): KnownRows => {
  const sharing = (files: readonly Doubtful[]): readonly LakeFile[] =>
    [...manifest.files()].filter((file) =>
      files.some(
        ({ kind, projects, minTs, maxTs }) =>
          file.kind === kind &&
          file.maxTs >= minTs &&
          file.minTs <= maxTs &&
          file.projects.some((project) => projects.includes(project)),
      ),
    );
  const ours = (files: readonly Doubtful[]): Sql => {
    const named = sharing(files).map((file) => ({ ...file, path: joinPath(folder.lake, file.path) }));
    const waiting = segments().filter(({ number }) => number > manifest.flushed);
    const from = Math.min(...files.map(({ minTs }) => minTs));
    const to = Math.max(...files.map(({ maxTs }) => maxTs));
    const all = join(
      [filesOf(named), ...(waiting.length === 0 ? [] : [linesOf(waiting.map(({ path }) => path))])],
      ' union all ',
    );
    return sql`select ${identity} as id from (${all}) as known where ts between epoch_ms(${from}) and epoch_ms(${to})`;
  };
  const theirs = ({ path, columns }: Doubtful): Sql => parquetOf([path], columns);
  return {
    sharing,
    missing: async (files) => {
      if (files.length === 0) return [];
      const each = files.map(
        (file, i) => sql`select ${i} as file, ${identity} as id from (${theirs(file)}) as own`,
      );
      const found = await rowsOf(
        connection,
        sql`select file, count(*) as total from (${join(each, ' union all ')}) as theirs
          anti join (${ours(files)}) as ours on theirs.id = ours.id group by file`,
      );
      const totals = new Map(found.map(({ file, total }) => [Number(file), Number(total)]));
      return files.map((_, i) => totals.get(i) ?? 0);
    },
    rowsMissing: (file) =>
      sql`select * from (${theirs(file)}) as theirs where ${identity} not in (${ours([file])})`,
  };
};
