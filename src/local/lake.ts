import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Engine, Eraser, Log, Sink } from '../ports.ts';
import { keyOf, openSeen } from './dedup/dedup-index.ts';
import { keyWords } from './dedup/key-table.ts';
import { leftovers, seeAgain } from './dedup/rebuild.ts';
import { claimLakeFolder, makeFolder } from './disk/lake-folder.ts';
import { leases, turns } from './disk/serial.ts';
import { openLocalEngine } from './engine.ts';
import { openEraser } from './erase.ts';
import { isOverruling } from './journal/format.ts';
import { openJournal } from './journal/journal.ts';
import { openKeeper } from './maintenance.ts';
import { adopt } from './parquet/adopt.ts';
import { checker as openChecker } from './parquet/check.ts';
import { openDuck } from './parquet/duckdb.ts';
import { knownRows } from './parquet/known-rows.ts';
import { openManifest } from './parquet/manifest.ts';
import { perConnection, prelude } from './query/prelude.ts';
import { openTail } from './query/unflushed.ts';
import { openLocalSink } from './sink.ts';
import { lossesIn, sweep } from './sweep.ts';

/** Where a lake lives and what it may use. */
export interface LakeSettings {
  /** The lake’s own folder: absent, empty, or made by an earlier run. */
  readonly dir: string;
  /** The data folder it lies in, as messages name it; left out: its own. */
  readonly knownAs?: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** What questions may use together, MB; more goes to disk. */
  readonly questionMemoryMb?: number;
}

/** Events in one folder. */
export interface Lake {
  readonly sink: Sink;
  readonly engine: Engine;
  readonly eraser: Eraser;
  /** Brings all that was acknowledged from the journal into Parquet. */
  flush(): Promise<void>;
  /** Flushes, and merges to one file per project and day; a very large day is several, days with few events share one. */
  compact(): Promise<void>;
  /** Finishes what was accepted. Nothing may be asked or kept afterwards. */
  close(): Promise<void>;
}

const keepingMemoryMb = 64;
const questionMemoryMb = 384;

/** Opens the lake in a folder and mends what a crash left. Throws an Error with one clear sentence when the folder is not ours, newer than us, or in use. */
export const openLake = async ({ dir, knownAs, log, clock, ...more }: LakeSettings): Promise<Lake> => {
  const folder = claimLakeFolder(dir);
  mkdirSync(folder.root, { recursive: true });
  const manifest = openManifest(folder, log, knownAs);
  const opened: (() => void)[] = [() => manifest.close()];
  const release = () => {
    for (const close of opened.splice(0).reverse()) close();
  };
  try {
    makeFolder(folder);
    sweep(folder, manifest, log);
    const seen = openSeen(folder, manifest, log);
    opened.push(() => seen.close());
    const words = new Uint32Array(keyWords);
    const contested = new Set<string>();
    const { flushed, seenUpTo } = manifest;
    const journal = openJournal(
      folder,
      { forgotten: Math.min(flushed, seenUpTo), flushed, lowest: Math.max(flushed, seenUpTo) },
      clock,
      log,
      (event, segment) => {
        if (isOverruling(event)) contested.add(String(event('project_id')));
        const event_id = event('event_id');
        if ((segment <= seenUpTo && !seen.hasLost) || typeof event_id !== 'string') return;
        const [project_id = '', env = '', key_kind = ''] = [
          event('project_id'),
          event('env'),
          event('key_kind'),
        ].map(String);
        keyOf({ project_id, env, event_id, key_kind }, words, 0);
        seen.add(words, 0);
      },
    );
    const rowsOf = new Map(journal.segments().map(({ number, rows }) => [number, rows]));
    const short = [...manifest.segments].filter(([number, rows]) => (rowsOf.get(number) ?? 0) < rows);
    if (short.length > 0) seen.lose(short.map(([number]) => number));

    const directories = [folder.journal, folder.lake, folder.temp];
    // Two at least, since one project never holds the last.
    const seats = Math.max(
      2,
      Math.min(availableParallelism(), Number(process.env.UV_THREADPOOL_SIZE ?? 4) - 2),
    );
    const asking = await openDuck({
      directories,
      temp: join(folder.temp, 'asking'),
      memoryMb: more.questionMemoryMb ?? questionMemoryMb,
      threads: availableParallelism(),
      connections: seats + 1,
      rereads: true,
      prelude,
      perConnection,
    });
    opened.push(() => asking.close());
    const keeping = await openDuck({
      directories,
      temp: join(folder.temp, 'keeping'),
      memoryMb: keepingMemoryMb,
      threads: 1,
      connections: 1,
      rereads: false,
    });
    opened.push(() => keeping.close());
    const [loading, ...connections] = asking.connections;
    const [connection] = keeping.connections;
    if (loading === undefined || connection === undefined) throw new Error('DuckDB gave no connection');
    const known = knownRows(connection, folder, manifest, journal.segments);
    const taken = await adopt({
      connection,
      folder,
      manifest,
      checker: openChecker(folder, manifest, log),
      known,
      log,
    });
    const checker = openChecker(folder, manifest, log);
    await checker.restore(
      'everything',
      async (file, path) => (await known.missing([{ ...file, path }]))[0] ?? 0,
    );
    await seeAgain(connection, folder, manifest, seen, taken, log);
    await leftovers(folder, manifest, seen, log);

    const turn = turns();
    const readers = leases();
    const tail = openTail({
      connection: loading,
      folder,
      journal,
      readers,
      seal: () => turn(journal.seal),
      flushed: () => manifest.flushed,
      log,
    });
    const keeper = openKeeper({
      connection,
      folder,
      manifest,
      journal,
      seen,
      tail,
      contested,
      checker,
      readers,
      turn,
      clock,
      log,
    });
    await keeper.begin();
    const sink = openLocalSink(journal, seen, contested, turn, keeper.room);
    const { troubles } = keeper;
    const engine = openLocalEngine({
      connections,
      folder,
      manifest,
      tail,
      contested,
      checker,
      readers,
      losses: lossesIn(folder),
      troubles,
      clock,
      log,
    });
    return {
      sink: { keep: sink.keep },
      engine,
      eraser: openEraser({ connection, folder, manifest, seen, keeper, contested, log }),
      flush: keeper.flush,
      compact: keeper.compact,
      close: async () => {
        await engine.close();
        await sink.idle();
        await keeper.close();
        await tail.close();
        await turn(journal.close);
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
};
