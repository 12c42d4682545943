import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Log } from '../../ports.ts';
import { sql } from '../../sql/sql.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { asideFor } from '../disk/set-aside.ts';
import type { LakeFile } from '../parquet/kinds.ts';
import type { Manifest } from '../parquet/manifest.ts';
import { filesOf } from '../parquet/relations.ts';
import { keyOf, type Seen } from './dedup-index.ts';
import { mergeKeyFiles } from './key-file.ts';
import { keyWords } from './key-table.ts';

/** So many keys go to a file together. */
const keysAtOnce = 500_000;

/** Makes up for files of event ids that could not be read, from the events of the lake, and adds those of files that were `taken` into it; those of the journal were added when it was opened. Some seconds per million events; nothing may be kept before it has ended. */
export const seeAgain = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  seen: Seen,
  taken: readonly LakeFile[],
  log: Log,
): Promise<void> => {
  if (!seen.hasLost && taken.length === 0) return;
  const key = new Uint32Array(keyWords);
  /** Without room for a file they stay in memory, and the next start begins again. */
  const store = async () => {
    seen.freeze(manifest.seenUpTo);
    return seen.persist().then(
      () => true,
      (error: unknown) => {
        log.warn('event ids could not be written to a file', { error: String(error) });
        return false;
      },
    );
  };
  for (const file of seen.hasLost ? manifest.files() : taken) {
    if (file.kind !== 'events') continue;
    const ids = sql`select project_id, env, event_id, key_kind from (${filesOf([{ ...file, path: join(folder.lake, file.path) }])}) as kept where event_id is not null`;
    try {
      for await (const rows of (await connection.stream(ids.text)).yieldRows()) {
        for (const row of rows) {
          const [project_id = '', env = '', event_id = '', key_kind = ''] = row.map(String);
          keyOf({ project_id, env, event_id, key_kind }, key, 0);
          if (!seen.has(key, 0)) seen.add(key, 0);
        }
      }
    } catch (error) {
      // A question that needs it will set it aside; its events are in no answer then, and may well be sent again.
      log.error('the event ids of a file of the lake cannot be read', {
        file: file.path,
        error: String(error),
      });
    }
    if (seen.recent >= keysAtOnce) await store();
  }
  if ((await store()) && seen.hasLost) seen.madeUp();
};

/** Files of event ids that the manifest does not name: one of which every id is known is removed, another is set aside. */
export const leftovers = async (folder: Folder, manifest: Manifest, seen: Seen, log: Log): Promise<void> => {
  const named = new Set([...manifest.seen()].map(({ path }) => path));
  for (const entry of readdirSync(folder.seen)) {
    if (named.has(entry)) continue;
    const path = join(folder.seen, entry);
    if (await isKnown(path, seen)) rmSync(path);
    else {
      renameSync(path, asideFor(folder.unnamed, entry));
      log.warn('a file of event ids that the list of files does not name was set aside', { file: entry });
    }
  }
};

const isKnown = async (path: string, seen: Seen): Promise<boolean> => {
  try {
    for await (const words of mergeKeyFiles([path]))
      for (let at = 0; at < words.length; at += keyWords) if (!seen.has(words, at)) return false;
    return true;
  } catch {
    return false;
  }
};
