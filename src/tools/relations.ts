import { eventsOf, type Period } from '../lake/events-of.ts';
import type { Cell, Row } from '../ports.ts';
import { type Field, textOf } from '../sql/field.ts';
import { holds } from '../sql/filter.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import type { AnswerColumn, Asking } from './question.ts';

/** The events a question counts: scoped, in the period, filtered by `where`. Columns as in `columns`. */
export const askedEvents = (
  { reading, period, where }: Pick<Asking<unknown>, 'reading' | 'period' | 'where'>,
  within: Period = period,
): Sql =>
  where.length === 0
    ? eventsOf(reading, within)
    : sql`select * from (${eventsOf(reading, within)}) as scoped where ${holds(where)}`;

/** What rows are split by: an account key’s by project, before the groups that were asked for. */
type Split = Pick<Asking<unknown>, 'byProject' | 'groups'>;

/** The names of the group columns inside SQL: `project_id` first for account keys, then g_1, g_2, g_3. */
export const groupNames = ({ byProject, groups }: Split): readonly Sql[] => [
  ...(byProject ? [name('project_id')] : []),
  ...groups.map((_, i) => name(`g_${i + 1}`)),
];

/** `<field> as g_1, …, ` for a select list; ends with a comma where it is not empty. */
export const groupSelect = (byProject: boolean, fields: readonly Field[]): Sql =>
  join(
    [
      ...(byProject ? [sql`project_id, `] : []),
      ...fields.map((field, i) => sql`${textOf(field)} as ${name(`g_${i + 1}`)}, `),
    ],
    '',
  );

/** Pieces each followed by a comma, to stand before more of a list. */
export const each = (pieces: readonly Sql[]): Sql =>
  join(
    pieces.map((piece) => sql`${piece}, `),
    '',
  );

/** A row’s groups under the names they were asked by, `project_id` first for account keys. */
export const groupCells = (row: Row, { byProject, groups }: Split): Record<string, Cell> => ({
  ...(byProject ? { project_id: row.project_id ?? null } : {}),
  ...Object.fromEntries(groups.map((field, i) => [field.spelled, row[`g_${i + 1}`] ?? null])),
});

/** The group columns of an answer, in the same order. */
export const groupColumns = ({ byProject, groups }: Split): readonly AnswerColumn[] => [
  ...(byProject ? [{ name: 'project_id', type: 'text' } as const] : []),
  ...groups.map((field) => ({ name: field.spelled, type: 'text' }) as const),
];
