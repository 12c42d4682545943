import type { Period } from '../lake/events-of.ts';
import { narrowedEvents, narrowReach } from '../people/narrow.ts';
import type { Cell, Reads, Row } from '../ports.ts';
import { type Field, textOf } from '../sql/field.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import type { AnswerColumn, Asking, Question } from './question.ts';

/** What the conditions of a question are judged by: its period, and all that it looks at. */
export const judgedIn = (
  question: Question,
  asking: Parameters<NonNullable<Question['reaches']>>[0],
): Asking<unknown>['judged'] => ({
  period: asking.period,
  reach: question.reaches?.(asking) ?? asking.period,
  now: asking.now,
});

/** What a relation of asked events is made of. */
type Read = Pick<Asking<unknown>, 'reading' | 'period' | 'where' | 'judged'>;

/** The events a question counts: scoped, in the period, narrowed by `where`. Columns as in `columns`. */
export const askedEvents = (asking: Read, within: Period = asking.period): Sql =>
  narrowedEvents(asking.where, within, asking.reading, asking.judged);

/** What an engine must hold so that the question can be answered. */
export const readsOf = (asking: Read): Reads => ({
  reading: asking.reading,
  period: narrowReach(asking.where, asking.judged),
});

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
