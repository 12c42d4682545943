import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Log } from '../../ports.ts';
import { name, type Sql, sql } from '../../sql/sql.ts';
import { removeAll, stretchInto } from '../disk/copy-range.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { type Leases, turns } from '../disk/serial.ts';
import type { Journal } from '../journal/journal.ts';
import { all, definitions, linesOf } from '../parquet/relations.ts';

/** What the tail is made of. */
export interface TailParts {
  readonly connection: DuckDBConnection;
  readonly folder: Folder;
  readonly journal: Journal;
  readonly readers: Leases;
  /** Closes the journal segment being written, so that it is whole. */
  readonly seal: () => Promise<void>;
  /** Segments up to this one are in the lake. */
  readonly flushed: () => number;
  readonly log: Log;
}

/** The events that are not yet Parquet, as relations of the engine that answers questions. */
export interface Tail {
  /** Makes all that was acknowledged until now part of the tail, without waiting for anything. */
  reach(): void;
  /** Can all of the tail be read? If not, `load` first. */
  readonly readable: boolean;
  /** Brings what is still text into tables, where it is read faster. */
  load(): Promise<void>;
  /** The same, when it is worth it and while nobody waits. */
  settle(): void;
  /** The rows of segments after `flushed`, as pieces of a union, some of them copies of text. Take it in the same breath as `readable` and the list of files. */
  after(flushed: number): {
    readonly pieces: readonly Sql[];
    /** The same rows with `overrules`: is a browser’s copy of it kept too? */
    readonly marked: readonly Sql[];
    readonly copies: readonly string[];
    readonly bytes: number;
  };
  /** Has somebody removed one of these copies? Then the journal is read anew. */
  lost(copies: readonly string[]): boolean;
  /** What comes from now on goes to a table of its own, so that the ones before can be dropped whole. */
  cut(): void;
  /** Drops what holds nothing after `flushed`, once nobody reads it. */
  drop(flushed: number): void;
  /** Resolves when nothing is under way; nothing may be asked of it afterwards. */
  close(): Promise<void>;
}

/** Bytes of one journal segment that became part of the tail together. */
interface Piece {
  readonly number: number;
  readonly segment: number;
  readonly bytes: number;
  /** A file with these lines alone. */
  readonly path: string;
  /** Is it a file of the tail’s? Otherwise it is the journal’s, may go at any time, and no question reads it. */
  readonly own: boolean;
  loaded: boolean;
}

interface Table {
  readonly name: string;
  /** Pieces up to here can be read. */
  upTo: number;
  /** Segments up to here are in it or on their way. */
  reach: number;
}

/** So much text is read by questions as it is; more becomes a table’s rows. */
const mostText = { bytes: 512 << 10, pieces: 12 };
/** So long after a question the next one is expected, and what comes until then becomes rows before it asks; not where more comes than can be read beside it. */
const expecting = { lookEveryMs: 50, looks: 60, mostBytes: 4 << 20 };

/** What the journal acknowledged and the lake lacks: first as text, which costs a question little, soon as tables. */
export const openTail = ({ connection, folder, journal, readers, seal, flushed, log }: TailParts): Tail => {
  const turn = turns();
  const place = join(folder.temp, 'tail');
  mkdirSync(place, { recursive: true });
  /** Those of segments that are not flushed, ascending. */
  let pieces: readonly Piece[] = [];
  let tables: readonly Table[] = [];
  /** How far into the journal the pieces go. */
  let reached = { segment: 0, bytes: 0 };
  let stuck = false;
  let settling = false;
  let fresh = true;
  let count = 0;
  let looks = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const asText = () => pieces.filter(({ loaded }) => !loaded);
  const release = (old: readonly Table[], read: readonly Piece[]) => {
    readers.afterwards(() => {
      removeAll(read.flatMap(({ own, path }) => (own ? [path] : [])));
      for (const table of old)
        void turn(() => connection.run(sql`drop table if exists memory.main.${name(table.name)}`.text)).catch(
          () => undefined,
        );
    });
  };
  const lost = (copies: readonly string[]): boolean => {
    const isGone = (path: string) => !existsSync(path);
    stuck ||= asText().some(({ own, path }) => own && isGone(path));
    return copies.some(isGone);
  };
  const into = async (): Promise<Table> => {
    const last = tables.at(-1);
    if (!fresh && last !== undefined) return last;
    const table = { name: `tail_${++count}`, upTo: 0, reach: 0 };
    await connection.run(
      sql`create table memory.main.${name(table.name)} (piece bigint, ${definitions}, overrules boolean)`
        .text,
    );
    tables = [...tables, table];
    fresh = false;
    return table;
  };
  /** Without room for copies, the segments themselves are loaded, each from its beginning. */
  const startOver = async () => {
    await seal();
    release(tables, asText());
    tables = [];
    fresh = true;
    stuck = false;
    pieces = journal
      .segments()
      .filter(({ number }) => number > flushed())
      .map(({ number, path, bytes }) => ({
        number: ++count,
        segment: number,
        bytes,
        path,
        own: false,
        loaded: false,
      }));
    const last = journal.segments().at(-1);
    if (last !== undefined) reached = { segment: last.number, bytes: last.bytes };
  };
  const load = () =>
    turn(async () => {
      if (stuck) await startOver();
      for (const [segment, some] of Map.groupBy(asText(), (piece) => piece.segment)) {
        if (segment <= flushed()) continue;
        const number = some.at(-1)?.number ?? 0;
        const table = await into();
        table.reach = segment;
        try {
          const lines = linesOf(
            some.map(({ path }) => path),
            true,
          );
          await connection.run(
            sql`insert into memory.main.${name(table.name)} select ${number}, ${all}, overrules from (${lines}) as lines`
              .text,
          );
        } catch (error) {
          // Flushed and removed meanwhile.
          if (segment <= flushed() || lost(some.map(({ path }) => path))) continue;
          throw error;
        }
        table.upTo = number;
        for (const piece of some) piece.loaded = true;
        release([], some);
      }
    });

  /** Where the journal goes on beyond the pieces. */
  const beyond = () => {
    const writing = journal.writing();
    return [...journal.segments(), ...(writing === undefined ? [] : [writing])].flatMap(
      ({ number, path, bytes }) => {
        const from = number === reached.segment ? reached.bytes : 0;
        return number < reached.segment || number <= flushed() || bytes <= from
          ? []
          : [{ number, path, from, bytes, whole: number !== writing?.number }];
      },
    );
  };
  const reach = () => {
    if (stuck) return;
    try {
      for (const { number, path, from, bytes, whole } of beyond()) {
        const own = join(place, `${++count}.ndjson`);
        stretchInto(own, path, from, bytes, whole);
        pieces = [
          ...pieces,
          { number: count, segment: number, bytes: bytes - from, path: own, own: true, loaded: false },
        ];
        reached = { segment: number, bytes };
      }
    } catch (error) {
      log.warn(
        'the newest events could not be copied for questions; the journal itself is read, which is slower',
        { error: String(error) },
      );
      stuck = true;
    }
  };
  const settle = () => {
    const waiting = asText();
    if (
      settling ||
      (waiting.length < mostText.pieces &&
        waiting.reduce((sum, { bytes }) => sum + bytes, 0) < mostText.bytes)
    )
      return;
    settling = true;
    load()
      .catch((error: unknown) =>
        log.warn('the newest events could not be loaded; questions read them as text', {
          error: String(error),
        }),
      )
      .finally(() => {
        settling = false;
      });
  };
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = () => {
    if (looks-- <= 0) return rest();
    if (stuck || settling) return;
    const text = asText().reduce((sum, { bytes }) => sum + bytes, 0);
    const waiting = beyond().reduce((sum, { from, bytes }) => sum + bytes - from, text);
    if (waiting < mostText.bytes || waiting > expecting.mostBytes) return;
    reach();
    settle();
  };

  return {
    reach: () => {
      looks = expecting.looks;
      timer ??= setInterval(look, expecting.lookEveryMs).unref();
      reach();
    },
    get readable() {
      return !stuck && asText().every(({ own, segment }) => own || segment <= flushed());
    },
    load,
    settle,
    after: (flushed) => {
      const held = pieces.filter(({ segment }) => segment > flushed);
      const first = held[0]?.number ?? Number.POSITIVE_INFINITY;
      const copies = held.flatMap(({ loaded, own, path }) => (!loaded && own ? [path] : []));
      const rows = (marked: boolean) => [
        ...tables
          .filter(({ upTo }) => upTo >= first)
          .map(
            (table) =>
              sql`select ${all}${marked ? sql`, overrules` : sql``} from memory.main.${name(table.name)} where piece >= ${first} and piece <= ${table.upTo}`,
          ),
        ...(copies.length === 0 ? [] : [linesOf(copies, marked)]),
      ];
      return {
        pieces: rows(false),
        marked: rows(true),
        copies,
        bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    lost,
    cut: () => {
      fresh = true;
    },
    drop: (flushed) => {
      const old = tables.filter(({ reach }) => reach <= flushed);
      tables = tables.filter(({ reach }) => reach > flushed);
      if (tables.length === 0) fresh = true;
      const gone = asText().filter(({ segment }) => segment <= flushed);
      pieces = pieces.filter(({ segment }) => segment > flushed);
      release(old, gone);
    },
    close: () => {
      rest();
      return turn(() => undefined);
    },
  };
};
