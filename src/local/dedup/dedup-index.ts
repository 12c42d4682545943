import { hash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event } from '../../events/columns.ts';
import type { Log } from '../../ports.ts';
import { type Folder, syncDirectory } from '../disk/lake-folder.ts';
import { shortageOf } from '../disk/shortage.ts';
import type { Change, Manifest, SeenFile } from '../parquet/manifest.ts';
import { type KeyFile, keysWithout, mergeKeyFiles, openKeyFile, writeKeyFile } from './key-file.ts';
import { type KeyTable, keyTable, keyWords } from './key-table.ts';

/**
 * What makes an event the same event: project, env and the caller's id. 128 bits of SHA-256, because a caller chooses the id and must not be able to hide another project's event. What a secret key
 * sent has a key of its own beside that of the browser's copy, the same but for the last word, whose bits are turned: so one hash finds both, and ids kept before there was a kind are a browser's.
 */
export const keyOf = (
  { project_id, env, event_id, key_kind }: Pick<Event, 'project_id' | 'env' | 'event_id' | 'key_kind'>,
  into: Uint32Array,
  at: number,
): void => {
  const digest = hash('sha256', `${project_id.length}:${project_id}${env}:${event_id}`, 'binary');
  for (let word = 0; word < keyWords; word++) {
    const i = word * 4;
    into[at + word] =
      (digest.charCodeAt(i) << 24) |
      (digest.charCodeAt(i + 1) << 16) |
      (digest.charCodeAt(i + 2) << 8) |
      digest.charCodeAt(i + 3);
  }
  if (key_kind === 'sk') turn(into, at);
};

/** The key of the same event from the other kind of key, in its place; again, and it is the first. */
export const turn = (words: Uint32Array, at: number): void => {
  words[at + keyWords - 1] = ~(words[at + keyWords - 1] ?? 0);
};

/** Which events have been kept, exactly and for ever. The newest in memory (the journal has them too), the rest in files. */
export interface Seen {
  has(words: Uint32Array, at: number): boolean;
  add(words: Uint32Array, at: number): void;
  /** Keys that only memory and the journal have. */
  readonly recent: number;
  /** Begins a new table; `write` puts the old one into a file, after which journal segments up to `segment` are no longer needed here. Again after a failure: the same. */
  freeze(segment: number): void;
  /** Writes what was frozen and merges files that are alike in size, so that their number grows with the logarithm of the keys. */
  persist(): Promise<void>;
  /**
   * Forgets the keys in these files, as far as they are in files here. `commit` is called once with what the manifest must say of it, for it to say it with what else must be true at
   * the same time; throws having forgotten nothing where that throws.
   */
  without(
    keys: readonly string[],
    commit: (change: Required<Pick<Change, 'addSeen' | 'dropSeen'>>) => void,
  ): Promise<void>;
  /** Is a file missing that could not be read? Then repeats of its events would be kept until it is made up for. */
  readonly hasLost: boolean;
  /** The same for ids of these journal segments, which are not all there though their events are in the lake. */
  lose(segments: readonly number[]): void;
  /** What was in the files that could not be read has been added again: they are set aside. */
  madeUp(): void;
  close(): void;
}

const recentKeys = 1 << 17;
const alike = 4;

/** The index of event ids in this folder. */
export const openSeen = (folder: Folder, manifest: Manifest, log: Log): Seen => {
  const files = new Map<SeenFile, KeyFile>();
  const lost: SeenFile[] = [];
  let isShort = false;
  for (const file of manifest.seen()) {
    const path = join(folder.seen, file.path);
    try {
      files.set(file, openKeyFile(path));
    } catch (error) {
      if (shortageOf(error) !== undefined) throw error;
      log.error(
        'a file of event ids cannot be read: its ids are read from the events again, which takes a while',
        { file: file.path, error: String(error) },
      );
      lost.push(file);
    }
  }
  const unread = new Set<SeenFile>();
  /** While a file cannot be read, nobody can say whether its events come again, so this throws. Its name goes: the next start reads its ids from the events. */
  const holds = (file: SeenFile, keys: KeyFile, words: Uint32Array, at: number): boolean => {
    try {
      return keys.has(words, at);
    } catch (error) {
      if (shortageOf(error) === undefined && !unread.has(file)) {
        unread.add(file);
        log.error(
          'a file of event ids cannot be read: events that may be in it are refused; the next start reads its ids from the events again',
          {
            file: file.path,
            error: String(error),
          },
        );
        renameSync(join(folder.seen, file.path), join(folder.aside, file.path));
      }
      throw error;
    }
  };
  const mergeable = () => alikeAmong([...files.keys()].filter((file) => !unread.has(file)));
  let recent = keyTable(recentKeys);
  let frozen: { table: KeyTable; segment: number } | undefined;

  const write = async (
    count: number,
    pieces: AsyncIterable<Uint32Array> | Iterable<Uint32Array>,
  ): Promise<SeenFile> => {
    const id = manifest.nextId();
    const path = `${id}.keys`;
    try {
      await writeKeyFile(join(folder.temp, path), count, pieces);
      await rename(join(folder.temp, path), join(folder.seen, path));
    } catch (error) {
      await rm(join(folder.temp, path), { force: true });
      throw error;
    }
    await syncDirectory(folder.seen);
    return { id, path, keys: count };
  };
  const swap = (added: SeenFile, dropped: readonly SeenFile[], seenUpTo: number | undefined) => {
    swapAll([added], dropped, (change) =>
      manifest.change({ ...change, ...(seenUpTo === undefined ? {} : { seenUpTo }) }),
    );
  };
  const swapAll = (
    added: readonly SeenFile[],
    dropped: readonly SeenFile[],
    commit: Parameters<Seen['without']>[1],
  ) => {
    const opened = added.map((file) => [file, openKeyFile(join(folder.seen, file.path))] as const);
    try {
      commit({ addSeen: added, dropSeen: dropped });
    } catch (error) {
      for (const [, keys] of opened) keys.close();
      throw error;
    }
    for (const [file, keys] of opened) files.set(file, keys);
    for (const file of dropped) {
      files.get(file)?.close();
      files.delete(file);
      rmSync(join(folder.seen, file.path), { force: true });
    }
  };

  return {
    has: (words, at) => {
      if (recent.has(words, at) || frozen?.table.has(words, at)) return true;
      for (const [file, keys] of files) if (holds(file, keys, words, at)) return true;
      return false;
    },
    add: (words, at) => {
      recent.add(words, at);
    },
    get recent() {
      return recent.size;
    },
    freeze: (segment) => {
      if (frozen !== undefined) return;
      frozen = { table: recent, segment };
      recent = keyTable(recentKeys);
    },
    persist: async () => {
      if (frozen !== undefined) {
        const { table, segment } = frozen;
        if (table.size === 0) manifest.change({ seenUpTo: segment });
        else swap(await write(table.size, [table.sorted()]), [], segment);
        frozen = undefined;
      }
      for (let group = mergeable(); group !== undefined; group = mergeable()) {
        const paths = group.map((file) => join(folder.seen, file.path));
        const keys = group.reduce((sum, file) => sum + file.keys, 0);
        swap(await write(keys, mergeKeyFiles(paths)), group, undefined);
      }
    },
    without: async (gone, commit) => {
      const added: SeenFile[] = [];
      const dropped: SeenFile[] = [];
      try {
        for (const file of files.keys()) {
          const path = join(folder.seen, file.path);
          let left = 0;
          for await (const piece of keysWithout(path, gone)) left += piece.length / keyWords;
          if (left === file.keys) continue;
          dropped.push(file);
          if (left > 0) added.push(await write(left, keysWithout(path, gone)));
        }
        swapAll(added, dropped, commit);
      } catch (error) {
        for (const { path } of added) rmSync(join(folder.seen, path), { force: true });
        throw error;
      }
    },
    get hasLost() {
      return lost.length > 0 || isShort;
    },
    lose: (segments) => {
      isShort = true;
      log.error(
        'event ids are missing from the journal: they are read from the events again, which takes a while',
        {
          segments: segments.length,
        },
      );
    },
    madeUp: () => {
      isShort = false;
      // Until here the manifest names them, so that a start that is cut short begins again.
      manifest.change({ dropSeen: lost });
      for (const { path } of lost.splice(0))
        if (existsSync(join(folder.seen, path)))
          renameSync(join(folder.seen, path), join(folder.aside, path));
    },
    close: () => {
      for (const file of files.values()) file.close();
    },
  };
};

/** Some files of like size, once there are enough of them. */
function alikeAmong(files: readonly SeenFile[]): readonly SeenFile[] | undefined {
  const tiers = Map.groupBy(files, (file) =>
    Math.floor(Math.log(Math.max(file.keys, recentKeys / 4)) / Math.log(alike)),
  );
  return [...tiers.values()].find((tier) => tier.length >= alike);
}
