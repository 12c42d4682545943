import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Log } from '../../ports.ts';
import { sql } from '../../sql/sql.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { Manifest } from '../parquet/manifest.ts';
import { filesOf } from '../parquet/relations.ts';
import { keyOf, type Seen } from './dedup-index.ts';
import { keyWords } from './key-table.ts';

/** So many keys go to a file together. */
const keysAtOnce = 500_000;

/** Makes up for files of event ids that could not be read, from the events of the lake; those of the journal were added when it was opened. Some seconds per million events; nothing may be kept before it has ended. */
export const seeAgain = async (
  connection: DuckDBConnection,
  folder: Folder,
  manifest: Manifest,
  seen: Seen,
  log: Log,
): Promise<void> => {
  if (!seen.hasLost) return;
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
  for (const file of manifest.files()) {
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
  if (await store()) seen.madeUp();
};
