import type { DuckDBConnection } from '@duckdb/node-api';
import type { Log } from '../ports.ts';
import type { Seen } from './dedup/dedup-index.ts';
import type { Folder } from './disk/lake-folder.ts';
import { type Leases, type Turn, turns } from './disk/serial.ts';
import type { Journal, Segment } from './journal/journal.ts';
import type { Keeper } from './keeper.ts';
import type { Checker } from './parquet/check.ts';
import { compactOnce, isCrowded } from './parquet/compaction.ts';
import { flushSegments } from './parquet/flush.ts';
import { type LakeFile, lakeKinds } from './parquet/kinds.ts';
import type { Manifest } from './parquet/manifest.ts';
import { discard } from './parquet/write.ts';
import type { Tail } from './query/unflushed.ts';

/** What the background work of a lake needs. */
export interface KeeperParts {
  readonly connection: DuckDBConnection;
  readonly folder: Folder;
  readonly manifest: Manifest;
  readonly journal: Journal;
  readonly seen: Seen;
  readonly tail: Tail;
  /** Projects of which the journal may hold what overrules a browser’s copy. */
  readonly contested: ReadonlySet<string>;
  readonly checker: Checker;
  readonly readers: Leases;
  /** Shared with the sink: the journal is written by one at a time. */
  readonly turn: Turn;
  readonly clock: () => number;
  readonly log: Log;
}

const lookEveryMs = 250;
/** The journal is flushed when so much waits, or its oldest event is so old. */
const flushBytes = 10 << 20;
const flushAgeMs = 10_000;
const flushAtOnceBytes = 14 << 20;
/** While more than this waits, each group of requests waits for a flush, or so long. */
const mostWaitingBytes = 48 << 20;
const roomMs = 250;
/** New files are sorted into days when there are so many, or when nothing came for a while. */
const youngFiles = 16;
/** While events come faster than this, the processor is theirs: new files may be more before they are sorted. */
const hotBytesPerMs = 9_000;
const youngFilesWhenHot = 128;
const quietMs = 20_000;
const recentKeys = 100_000;
/** Flushed segments are kept until the event ids in them are in a file: at most so many bytes, and none while nothing comes. */
const journalBytes = 64 << 20;
const journalFiles = 256;
const restMs = 5_000;
const restAfterFailureMs = 5_000;
const lookAgainMs = 60_000;

/** Flushes and merges in the background, and on request. */
export const openKeeper = (parts: KeeperParts): Keeper => {
  const { connection, folder, manifest, journal, seen, tail, contested, checker, readers, turn, clock, log } =
    parts;
  const work = turns();
  const remembering = turns();
  let closing = false;
  let restUntil = 0;
  let lookedAgain = clock();
  let lastFlush = { at: clock(), hot: false };
  let busy = false;
  let crowded = { of: '', is: false };
  let removing: Promise<unknown> = Promise.resolve();
  /** Flushes that failed since the last that did not. */
  let failures = 0;
  const waitingForRoom: (() => void)[] = [];
  /** While a failed change is in doubt, its files stay and no others are made. */
  const certain = () => discard(folder, manifest.certain());

  const unflushed = () => journal.segments().filter(({ number }) => number > manifest.flushed);
  const waitingBytes = () =>
    unflushed().reduce((sum, { bytes }) => sum + bytes, journal.writing()?.bytes ?? 0);
  const forget = () => journal.forget(Math.min(manifest.flushed, manifest.seenUpTo));

  const flushAll = async () => {
    await turn(journal.seal);
    const until = journal.sealedUpTo;
    while (manifest.flushed < until) {
      const some = upTo(flushAtOnceBytes, unflushed());
      tail.cut();
      if (some.length === 0) break;
      await certain();
      await flushSegments(connection, folder, manifest, some, contested.size > 0);
      tail.drop(manifest.flushed);
      forget();
      const bytes = some.reduce((sum, segment) => sum + segment.bytes, 0);
      lastFlush = { at: clock(), hot: bytes / Math.max(1, Math.abs(clock() - lastFlush.at)) > hotBytesPerMs };
      failures = 0;
      for (const resolve of waitingForRoom.splice(0)) resolve();
    }
  };
  const flush = async () => {
    try {
      await flushAll();
    } catch (error) {
      failures++;
      throw error;
    }
  };
  const isDue = (): boolean => {
    const bytes = waitingBytes();
    const now = clock();
    const since = unflushed()[0]?.since ?? journal.writing()?.since ?? now;
    // A clock set back must not stop flushing.
    return bytes >= flushBytes || (bytes > 0 && Math.abs(now - since) >= flushAgeMs);
  };
  /** Between two files of a pass: what is acknowledged meanwhile does not wait for all of it. */
  const between = async (): Promise<boolean> => {
    if (!closing && !isResting() && isDue()) await flush().catch(flushFailed);
    return !closing;
  };
  const remember = async () => {
    await turn(async () => {
      await journal.seal();
      seen.freeze(journal.sealedUpTo);
    });
    await certain();
    await seen.persist();
    forget();
  };
  /** One pass over the files of a kind; false when nothing is left to do. Journal and other kinds get their turn between passes. */
  const pass = (kind: LakeFile['kind'], whole: (dt: string) => boolean): Promise<boolean> =>
    work(async () => {
      if (closing) return false;
      await certain();
      const dropped = await compactOnce(connection, folder, manifest, { kind, whole, between }).catch(
        async (error: unknown) => {
          // A file that cannot be read must not stop the others for ever.
          if (!closing) await checker.inspect([...manifest.files()].filter((file) => file.kind === kind));
          throw error;
        },
      );
      if (dropped.length > 0) {
        readers.afterwards(() => {
          removing = removing.then(() => discard(folder, dropped));
        });
      }
      return dropped.length > 0;
    });

  const today = () => new Date(clock()).toISOString().split('T')[0] ?? '';
  const isPast = (dt: string) => dt < today();
  /** Looking through all files takes milliseconds in which no question is answered, so it is done once for each state of the lake and day. */
  const isUntidy = () => {
    const [of, before] = [`${manifest.changes} ${today()}`, today()];
    if (crowded.of !== of) crowded = { of, is: isCrowded(manifest.files(), (dt) => dt < before) };
    return crowded.is;
  };
  const tidy = async () => {
    const now = clock();
    if (Math.abs(now - lookedAgain) >= lookAgainMs) {
      lookedAgain = now;
      await work(() => checker.restore('unread'));
    }
    const empty = waitingBytes() === 0;
    const idle = empty && Math.abs(now - lastFlush.at) >= restMs;
    const flushed = journal.segments().filter(({ number }) => number <= manifest.flushed);
    const kept = flushed.reduce((sum, { bytes }) => sum + bytes, 0);
    const tooMuch = kept >= journalBytes || flushed.length >= journalFiles || (idle && kept > 0);
    if (seen.recent >= recentKeys || tooMuch) {
      void remembering(remember).catch((error: unknown) =>
        failed('event ids could not be written to a file', error),
      );
    }
    if (isDue()) {
      await work(flush).catch(flushFailed);
      if (failures > 0) return;
    }
    const quiet = empty && Math.abs(now - lastFlush.at) >= quietMs;
    for (const kind of lakeKinds) {
      const young = count(manifest.files(), (file) => file.kind === kind && file.level === 0);
      if (young >= (lastFlush.hot ? youngFilesWhenHot : youngFiles)) await pass(kind, () => false);
      else if (quiet && (young > 1 || isUntidy())) await pass(kind, isPast);
    }
  };
  const isResting = () => clock() < restUntil && clock() > restUntil - 2 * restAfterFailureMs;
  const failed = (what: string, thrown: unknown) => {
    restUntil = clock() + restAfterFailureMs;
    if (closing) return;
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    log.warn(`${what}; it will be tried again`, { error });
  };
  const flushFailed = (thrown: unknown) => {
    if (failures < 2) return failed('the journal could not be brought to the lake', thrown);
    restUntil = clock() + restAfterFailureMs;
    if (closing) return;
    log.error(
      'the journal could not be brought to the lake again; nothing is lost and answers have its events, but it grows and slows them down: see that the disk has room and can be written, then start again; if it stays so, report this line',
      {
        error: thrown instanceof Error ? thrown.message : String(thrown),
        times: failures,
        waiting_bytes: waitingBytes(),
      },
    );
  };
  const timer = setInterval(() => {
    if (busy || closing || isResting()) return;
    busy = true;
    tidy()
      .catch((error: unknown) => failed('files of the lake could not be merged', error))
      .finally(() => {
        busy = false;
      });
  }, lookEveryMs);
  timer.unref();

  return {
    begin: async () => {
      const waiting = waitingBytes();
      if (waiting <= mostWaitingBytes) return;
      log.info('the journal is long and is brought to the lake first', { waiting_bytes: waiting });
      await work(flush).catch(flushFailed);
    },
    flush: () => work(flush),
    compact: async () => {
      await work(flush);
      for (const kind of lakeKinds) for (const whole of [false, true]) while (await pass(kind, () => whole));
      await removing;
    },
    part: async (project) => {
      await work(flush);
      const mixed = [...manifest.holding([project])].filter(({ level }) => level === 0);
      const left = () => new Set(manifest.files());
      for (const kind of lakeKinds)
        while (mixed.some((file) => file.kind === kind && left().has(file)))
          if (!(await pass(kind, () => false))) throw new Error('the server is stopping');
    },
    alone: (act) =>
      work(() =>
        act({
          remembered: (then) =>
            remembering(async () => {
              while (manifest.seenUpTo < manifest.flushed) await remember();
              return then();
            }),
          settled: async () => {
            await new Promise<void>((resolve) => readers.afterwards(resolve));
            await removing;
          },
        }),
      ),
    room: () => {
      if (closing || failures > 0 || waitingBytes() < mostWaitingBytes) return undefined;
      return new Promise((resolve) => {
        waitingForRoom.push(resolve);
        setTimeout(resolve, roomMs);
      });
    },
    troubles: () =>
      failures < 2
        ? []
        : [
            `The newest events could not be brought into files ${failures} times in a row; they are safe and in this answer, but answers become slower until that works: the operator finds why in the log.`,
          ],
    close: async () => {
      clearInterval(timer);
      closing = true;
      // The journal keeps what is not flushed; a small rest is worth a quick next start.
      await work(async () => {
        const small = unflushed().reduce((sum, { bytes }) => sum + bytes, 0) <= 2 * flushAtOnceBytes;
        if (small) await flush();
      }).catch((error: unknown) =>
        log.warn('the journal stays for the next start', { error: String(error) }),
      );
      await remembering(remember).catch((error: unknown) =>
        log.warn('event ids stay in the journal for the next start', { error: String(error) }),
      );
      await removing;
    },
  };
};

/** From the first on, as many as fit into this many bytes; at least one. */
function upTo(bytes: number, segments: readonly Segment[]): readonly Segment[] {
  let end = 0;
  for (let sum = 0; end < segments.length && (end === 0 || sum + (segments[end]?.bytes ?? 0) <= bytes); end++)
    sum += segments[end]?.bytes ?? 0;
  return segments.slice(0, end);
}

function count<T>(items: Iterable<T>, is: (item: T) => boolean): number {
  let n = 0;
  for (const item of items) if (is(item)) n++;
  return n;
}
