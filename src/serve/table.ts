import type { AnswerColumn } from '../tools/question.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Rows as lists of their cells in the order of the columns, which are said once beside them. */
export const asLists = (
  rows: readonly Fields[],
  columns: readonly Pick<AnswerColumn, 'name'>[],
): readonly (readonly unknown[])[] => rows.map((row) => columns.map(({ name }) => row[name] ?? null));
