import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Period } from '../lake/events-of.ts';
import type { Answer, Engine, Log, Row } from '../ports.ts';
import { Problem } from '../problems.ts';
import { tooSlow } from '../serve/time-left.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import type { Folder } from './disk/lake-folder.ts';
import type { Leases } from './disk/serial.ts';
import { throwShortage } from './disk/shortage.ts';
import type { Checker } from './parquet/check.ts';
import type { LakeFile, LakeKind } from './parquet/kinds.ts';
import type { Manifest } from './parquet/manifest.ts';
import { all, filesOf } from './parquet/relations.ts';
import { isOutOfMemory } from './parquet/write.ts';
import { rowsFrom } from './query/cells.ts';
import { fairQueue } from './query/queue.ts';
import type { Tail } from './query/unflushed.ts';

/** What the engine reads and how it learns that there is more. */
export interface EngineParts {
  readonly connections: readonly DuckDBConnection[];
  readonly folder: Folder;
  readonly manifest: Manifest;
  readonly tail: Tail;
  /** Projects of which the tail may hold what overrules a browser’s copy. */
  readonly contested: ReadonlySet<string>;
  readonly checker: Checker;
  readonly readers: Leases;
  /** What each answer must say of the lake’s own work. */
  readonly troubles: () => readonly string[];
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
export const openLocalEngine = (parts: EngineParts): LocalEngine => {
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
    cut.abort(tooSlow(timeMs));
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
    const result = await connection.run(statement.planned);
    ends.throwIfAborted();
    return rowsFrom(result);
  } catch (error) {
    if (ends.aborted) throw ends.reason;
    if (!isOutOfMemory(error)) throw error;
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
  { manifest, folder, tail, contested, losses, troubles }: EngineParts,
  question: Sql,
  { reading, period }: Reads,
): Snapshot {
  const named = (['events', 'identifies'] as const).filter((kind) => question.reads.has(kind));
  const kinds: readonly LakeKind[] = named.length === 0 ? [] : [...named, 'overrules'];
  const wanted = (file: LakeFile): boolean => kinds.includes(file.kind) && isRead(file, period);
  // Newest first: a question for the newest rows has them before it opens older files, and then skips those.
  const files = [...manifest.holding(reading.projects)].filter(wanted).toSorted((a, b) => b.maxTs - a.maxTs);
  const journal = tail.after(manifest.flushed);
  const at = (kind: LakeKind) =>
    files
      .filter((file) => file.kind === kind)
      .map((file) => ({ ...file, path: joinPath(folder.lake, file.path) }));
  const overruling = [
    ...(at('overrules').length === 0 ? [] : [filesOf(at('overrules'))]),
    ...(reading.projects.some((project) => contested.has(project))
      ? journal.marked.map((rows) => sql`select * exclude (overrules) from (${rows}) as late where overrules`)
      : []),
  ];
  const relations = named.map((kind) => {
    const own = at(kind);
    const rest =
      kind === 'events'
        ? journal.pieces
        : journal.pieces.map((piece) => sql`select * from (${piece}) as late where event_name = '$identify'`);
    const rows = join(own.length === 0 && rest.length > 0 ? rest : [filesOf(own), ...rest], ' union all ');
    const counting = overruling.length === 0 ? rows : withoutOverruled(rows);
    return sql`${kind === 'events' ? sql`events` : sql`identifies`} as not materialized (${counting})`;
  });
  return {
    files,
    // One statement, because the engine looks at every name in a view once when it is made and again when it is used.
    whole:
      relations.length === 0
        ? question
        : sql`with ${join([...(overruling.length === 0 ? [] : [overruledBy(overruling)]), ...relations])} (${question})`,
    copies: journal.copies,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0) + journal.bytes,
    notes: [
      ...losses,
      ...[...manifest.aside()]
        .filter((file) => wanted(file) && file.projects.some((project) => reading.projects.includes(project)))
        .map(missing),
      ...troubles(),
    ],
  };
}

/** The browsers’ copies that a secret key’s overrule, by what makes events the same. */
const overruledBy = (overruling: readonly Sql[]): Sql =>
  sql`overruled as materialized (select project_id, env, event_id, 'pk' as key_kind from (${join(overruling, ' union all ')}) as said)`;

const withoutOverruled = (rows: Sql): Sql =>
  sql`select ${all} from (${rows}) as kept anti join overruled using (project_id, env, event_id, key_kind)`;

/** Events in the period; identifications, and what overrules a copy of whatever time, always. */
const isRead = ({ kind, minTs, maxTs }: LakeFile, { from, to }: Period): boolean =>
  kind !== 'events' || (maxTs >= from && minTs < to);

const missing = ({ kind, path, rows }: LakeFile): string =>
  `The file ${path.split('/').at(-1)} could not be read and was set aside: up to ${rows} ${whatOf[kind]} this answer.`;

const whatOf: Readonly<Record<LakeKind, string>> = {
  events: 'events are missing from',
  identifies: 'identifications are missing from',
  overrules: 'events count twice, as a browser’s key and as a secret key sent them, in',
};
