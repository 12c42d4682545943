import { readdirSync, rmSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Eraser, Log } from '../ports.ts';
import { Problem } from '../problems.ts';
import { sql } from '../sql/sql.ts';
import { keyOf, type Seen } from './dedup/dedup-index.ts';
import { writeKeyFile } from './dedup/key-file.ts';
import { keyTable, keyWords } from './dedup/key-table.ts';
import { removeAll } from './disk/copy-range.ts';
import type { Folder } from './disk/lake-folder.ts';
import type { Keeper } from './keeper.ts';
import { rowsOf } from './parquet/duckdb.ts';
import type { LakeFile } from './parquet/kinds.ts';
import type { Manifest } from './parquet/manifest.ts';
import { filesOf } from './parquet/relations.ts';
import { toldBy } from './parquet/write.ts';

/** What erasing works on. */
export interface EraserParts {
  readonly connection: DuckDBConnection;
  readonly folder: Folder;
  readonly manifest: Manifest;
  readonly seen: Seen;
  readonly keeper: Pick<Keeper, 'flush' | 'part' | 'alone'>;
  /** Projects of which the journal may hold what overrules a browser’s copy. */
  readonly contested: Set<string>;
  readonly log: Log;
}

/** So many keys go to a file together. */
const keysAtOnce = 500_000;

/**
 * Erases a project from the lake: its rows get files of their own first, then one change of the manifest takes those files and its event ids away, then the files go. Cut short before the change
 * nothing is erased, behind it the next start removes what is left. What comes while it runs goes too, as far as it has reached those files by then.
 */
export const openEraser = ({
  connection,
  folder,
  manifest,
  seen,
  keeper,
  contested,
  log,
}: EraserParts): Eraser => {
  const holding = (project: string) => [...manifest.holding([project])];
  const at = (file: LakeFile) => ({ ...file, path: join(folder.lake, file.path) });

  /** The ids of these events as files of keys, ascending each. */
  const keysOf = async (files: readonly LakeFile[]): Promise<readonly string[]> => {
    const paths: string[] = [];
    const key = new Uint32Array(keyWords);
    let table = keyTable(keysAtOnce);
    const store = async () => {
      if (table.size === 0) return;
      const path = join(folder.temp, `erased-${paths.length}.keys`);
      rmSync(path, { force: true });
      paths.push(path);
      await writeKeyFile(path, table.size, [table.sorted()]);
      table = keyTable(keysAtOnce);
    };
    const ids = sql`select project_id, env, event_id, key_kind from (${filesOf(files.map(at))}) as kept where event_id is not null`;
    for await (const rows of (await connection.stream(ids.text)).yieldRows()) {
      for (const row of rows) {
        const [project_id = '', env = '', event_id = '', key_kind = ''] = row.map(String);
        keyOf({ project_id, env, event_id, key_kind }, key, 0);
        table.add(key, 0);
      }
      if (table.size >= keysAtOnce) await store();
    }
    await store();
    return paths;
  };

  /** Throws where files lie there that no list names: behind the change the next start would take their rows for lost ones. */
  const checkNamed = () => {
    const named = new Set([...manifest.files()].map(({ path }) => basename(path)));
    for (const entry of readdirSync(folder.lake, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && toldBy(entry.name) !== undefined && !named.has(entry.name))
        throw new Error(
          `${entry.name} is in no list of files: start again first, which takes it or removes it`,
        );
  };

  const removeAside = (project: string) => {
    const all = [...manifest.aside()].filter(({ projects }) => projects.includes(project));
    for (const { id, path, projects } of all) {
      if (projects.length > 1) {
        log.warn('a damaged file that was set aside holds events of an erased project and of others', {
          file: basename(path),
        });
        continue;
      }
      rmSync(join(folder.aside, basename(path)), { force: true });
      manifest.forget(id);
    }
  };

  return {
    count: async (project) => {
      await keeper.flush();
      return keeper.alone(async () => {
        const files = holding(project).filter(({ kind }) => kind === 'events');
        const [row] = await rowsOf(
          connection,
          sql`select count(*) as total from (${filesOf(files.map(at))}) as kept where project_id = ${project}`,
        );
        return Number(row?.total ?? 0);
      });
    },
    erase: (project) =>
      erased(async () => {
        await keeper.part(project);
        return keeper.alone(async ({ remembered, settled }) => {
          const files = holding(project).filter(({ level }) => level === 1);
          await settled();
          checkNamed();
          const ids = files.map(({ id }) => id);
          await remembered(async () => {
            const keys = await keysOf(files.filter(({ kind }) => kind === 'events'));
            try {
              await seen.without(keys, (change) => manifest.change({ ...change, drop: files, doom: ids }));
            } finally {
              removeAll(keys);
            }
          });
          contested.delete(project);
          await settled();
          for (const file of files) rmSync(at(file).path, { force: true });
          for (const folder of new Set(files.map((file) => dirname(at(file).path))))
            await rmdir(folder).catch(() => undefined);
          removeAside(project);
          manifest.change({ gone: ids });
          return files.reduce((sum, { kind, rows }) => sum + (kind === 'events' ? rows : 0), 0);
        });
      }),
  };
};

const erased = async (work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } catch (cause) {
    throw new Problem(
      'upstream_failed',
      'The project’s events could not be erased now. See to the disk and the log, then send it again: what was begun is finished by it.',
      { cause },
    );
  }
};
