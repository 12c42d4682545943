import { instant } from '../events/instant.ts';
import type { Cell } from '../ports.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { strangeCursor } from './cursor.ts';

/** A column that rows are ordered by, where a page ended in it, and which way it goes. */
export interface CursorColumn {
  readonly column: Sql;
  readonly at: Sql;
  readonly up?: boolean;
}

/** Strictly below a place in the order; spelled out since row comparison differs between engines. */
export const below = (place: readonly CursorColumn[]): Sql => {
  const levels = place.map(({ column, at, up = false }, i) =>
    join(
      [
        ...place.slice(0, i).map((same) => sql`${same.column} = ${same.at}`),
        sql`${column} ${up ? sql`>` : sql`<`} ${at}`,
      ],
      ' and ',
    ),
  );
  return sql`(${join(
    levels.map((level) => sql`(${level})`),
    ' or ',
  )})`;
};

/** A cursor is the caller’s to forge, so its cells are read, not believed. Each throws the Problem of a strange cursor. */
export const placed = {
  moment: (cell: Cell | undefined): Sql => {
    const ms = typeof cell === 'string' ? instant(cell) : null;
    if (ms === null) throw strangeCursor();
    return sql`${new Date(ms)}`;
  },
  number: (cell: Cell | undefined): Sql => {
    if (typeof cell !== 'number') throw strangeCursor();
    return sql`${cell}`;
  },
  text: (cell: Cell | undefined): Sql => {
    if (typeof cell !== 'string') throw strangeCursor();
    return sql`${cell}`;
  },
} as const;
