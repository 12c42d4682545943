import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Period } from '../lake/events-of.ts';
import type { Answer, Engine, Log, Row } from '../ports.ts';
import { Problem } from '../problems.ts';
import { join, materialized, type Sql, sql } from '../sql/sql.ts';
import type { Folder } from './disk/lake-folder.ts';
import type { Leases } from './disk/serial.ts';
import { throwShortage } from './disk/shortage.ts';
import type { Checker } from './parquet/check.ts';
import type { LakeFile, Manifest } from './parquet/manifest.ts';
import { filesOf } from './parquet/relations.ts';
import { rowsFrom } from './query/cells.ts';
import { fairQueue } from './query/queue.ts';
import type { Tail } from './query/unflushed.ts';

/** What the engine reads and how it learns that there is more. */
export interface EngineParts {
  readonly connections: readonly DuckDBConnection[];
  readonly folder: Folder;
  readonly manifest: Manifest;
  readonly tail: Tail;
  readonly checker: Checker;
  readonly readers: Leases;
  /** What every answer has to say of losses that are in no list. */
  readonly losses: readonly string[];
  readonly clock: () => number;
  readonly log: Log;
}

type Reads = Parameters<Engine['ask']>[1];

/** The relations of one moment: nothing in them is seen twice and nothing acknowledged before it is missed. */
interface Snapshot {
  readonly files: readonly LakeFile[];
  /** The question with what it reads. */
  readonly whole: Sql;
  /** Files besides the lake’s that it reads. */
  readonly copies: readonly string[];
  readonly bytes: number;
  readonly notes: readonly string[];
}

/** An engine that lets go: stops what runs and resolves once nothing does, so that its connections may be closed. */
export interface LocalEngine extends Engine {
  readonly close: () => Promise<void>;
}

/** Questions on DuckDB over exactly the files of their projects and days, and what is not yet in files. */
export const openEngine = (parts: EngineParts): LocalEngine => {
  const { tail, checker, readers, clock, log } = parts;
  const seats = fairQueue(parts.connections);
  const running = new Map<Promise<unknown>, (reason: Problem) => void>();

  const answer = async (
    connection: DuckDBConnection,
    question: Sql,
    reads: Reads,
    ends: AbortSignal,
  ): Promise<Omit<Answer, 'cost'> & { readonly bytes: number }> => {
    // A file that turns out to be bad is set aside and the question put again; each round has fewer files.
    for (;;) {
      const completeUntil = clock();
      tail.reach();
      while (!tail.readable) await reachable(tail.load, log);
      // From here to the snapshot nothing waits.
      const end = readers.take();
      try {
        const snapshot = look(parts, question, reads);
        if ((await checker.glance(snapshot.files)).length > 0) continue;
        const asked = await run(connection, snapshot.whole, ends).catch(async (error: unknown) => {
          ends.throwIfAborted();
          throwShortage(error);
          if (tail.lost(snapshot.copies) || (await checker.inspect(snapshot.files)).length > 0)
            return undefined;
          throw error;
        });
        if (asked !== undefined)
          return { rows: asked, completeUntil, bytes: snapshot.bytes, notes: snapshot.notes };
      } finally {
        end();
        tail.settle();
      }
    }
  };

  const asked = async (
    question: Sql,
    reads: Reads,
    { ends, done }: Pick<ReturnType<typeof deadline>, 'ends' | 'done'>,
  ): Promise<Answer> => {
    const began = performance.now();
    try {
      const connection = await seats.take(reads.reading.projects[0] ?? '', ends);
      try {
        const { bytes, ...answered } = await answer(connection, question, reads, ends);
        return {
          ...answered,
          cost: { bytes, ms: Math.round((performance.now() - began) * 1000) / 1000, cached: false },
        };
      } finally {
        seats.give(connection);
      }
    } finally {
      done();
    }
  };

  return {
    ask: (question, reads, limits) => {
      const { cut, ...until } = deadline(limits);
      const asking = asked(question, reads, until);
      const settled = asking.then(
        () => undefined,
        () => undefined,
      );
      running.set(settled, cut);
      settled.then(() => running.delete(settled));
      return asking;
    },
    close: async () => {
      const reason = new Problem('upstream_failed', 'The server is stopping. Ask again in a moment.');
      for (const cut of running.values()) cut(reason);
      await Promise.all(running.keys());
    },
  };
};

/** One signal for both ways a question may be cut short; its reason is what the caller gets. */
function deadline({ timeMs, signal }: Parameters<Engine['ask']>[2]): {
  readonly ends: AbortSignal;
  readonly cut: (reason: Problem) => void;
  readonly done: () => void;
} {
  const cut = new AbortController();
  const timer = setTimeout(() => {
    cut.abort(
      new Problem(
        'query_timeout',
        `The question took longer than ${timeMs / 1000} s: ask for a shorter period or fewer groups.`,
        {
          details: { limit_ms: timeMs },
        },
      ),
    );
  }, timeMs);
  const abort = () => cut.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    ends: cut.signal,
    cut: (reason) => cut.abort(reason),
    done: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Runs a statement and gives its rows. When `ends` aborts the engine is stopped first, so that it is free when this rejects. */
async function run(connection: DuckDBConnection, statement: Sql, ends: AbortSignal): Promise<readonly Row[]> {
  ends.throwIfAborted();
  let again: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    connection.interrupt();
    // An interrupt before the engine has begun is lost.
    again = setInterval(() => connection.interrupt(), 20);
  };
  ends.addEventListener('abort', stop, { once: true });
  try {
    const result = await connection.run(statement.text);
    ends.throwIfAborted();
    return rowsFrom(result);
  } catch (error) {
    if (ends.aborted) throw ends.reason;
    if (!/^Out of Memory/.test(String(error instanceof Error ? error.message : error))) throw error;
    throw new Problem(
      'upstream_failed',
      'The question needs more memory than the engine may use: ask for a shorter period, fewer groups or fewer projects.',
      {
        cause: error,
      },
    );
  } finally {
    ends.removeEventListener('abort', stop);
    clearInterval(again);
  }
}

const reachable = async (work: () => Promise<void>, log: Log): Promise<void> => {
  try {
    await work();
  } catch (error) {
    log.error('the journal cannot be read', { error: String(error) });
    throwShortage(error);
    throw new Problem(
      'upstream_failed',
      'The newest events cannot be read, so no answer would be complete. Try again later.',
      { cause: error },
    );
  }
};

/** What a question would read now. Nothing here waits, so the files and the tail are of one moment. */
function look(
  { manifest, folder, tail, losses }: EngineParts,
  question: Sql,
  { reading, period }: Reads,
): Snapshot {
  const text = materialized(question);
  const words = question.text.toLowerCase();
  const kinds = (['events', 'identifies'] as const).filter((kind) => words.includes(kind));
  const wanted = (file: LakeFile): boolean => kinds.includes(file.kind) && isRead(file, period);
  // Newest first: a question for the newest rows has them before it opens older files, and then skips those.
  const files = [...manifest.holding(reading.projects)].filter(wanted).toSorted((a, b) => b.maxTs - a.maxTs);
  const journal = tail.after(manifest.flushed);
  const relations = kinds.map((kind) => {
    const own = files
      .filter((file) => file.kind === kind)
      .map((file) => ({ ...file, path: joinPath(folder.lake, file.path) }));
    const rest =
      kind === 'events'
        ? journal.pieces
        : journal.pieces.map((piece) => sql`select * from (${piece}) as late where event_name = '$identify'`);
    const rows = join(own.length === 0 && rest.length > 0 ? rest : [filesOf(own), ...rest], ' union all ');
    return sql`${kind === 'events' ? sql`events` : sql`identifies`} as not materialized (${rows})`;
  });
  return {
    files,
    // One statement, because the engine looks at every name in a view once when it is made and again when it is used.
    whole: relations.length === 0 ? text : sql`with ${join(relations)} (${text})`,
    copies: journal.copies,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0) + journal.bytes,
    notes: [
      ...losses,
      ...[...manifest.aside()]
        .filter((file) => wanted(file) && file.projects.some((project) => reading.projects.includes(project)))
        .map(missing),
    ],
  };
}

/** Identifications count at any time, events in the period. */
const isRead = ({ kind, minTs, maxTs }: LakeFile, { from, to }: Period): boolean =>
  kind === 'identifies' || (maxTs >= from && minTs < to);

const missing = (file: LakeFile): string =>
  `The file ${file.path.split('/').at(-1)} could not be read and was set aside: up to ${file.rows} ${file.kind === 'events' ? 'events' : 'identifications'} are missing from this answer.`;
