import * as z from 'zod/mini';
import { columnNames, dimensions } from '../events/columns.ts';
import { type Field, fieldFrom } from '../sql/field.ts';
import { nearest } from './nearest.ts';

/** What must hold of a value as a whole; not asked where a part of it was refused already, for what it would look into is not there. */
export const holding = <T>(
  test: (value: T) => boolean,
  error: string | ((issue: { readonly input?: unknown }) => string),
) => z.refine<T>(test, { error, when: ({ issues }) => issues.length === 0 });

/** The most of what a caller may send: characters of a field’s name, a value and a comma-separated list, entries of a list, values compared with in all. */
export const limits = { field: 300, value: 2048, entries: 20, list: 8192, values: 1000 } as const;

/** A groupable column or `properties.<key>`. */
export const field = z.pipe(
  z
    .string()
    .check(z.maxLength(limits.field, `a column’s name has at most ${limits.field} characters; more came`)),
  z.transform((text: string, { issues }): Field => {
    const read = fieldFrom(text);
    if (read !== undefined) return read;
    issues.push({
      code: 'custom',
      input: text,
      message: `unknown column ${JSON.stringify(text)}; allowed: ${dimensions.join(', ')}, or properties.<key>${hintAt(text)}`,
      params: { allowed: dimensions },
    });
    return z.NEVER;
  }),
);

function hintAt(word: string): string {
  const close = nearest(word, dimensions, 1)[0];
  if (close !== undefined) return `; nearest: ${close}`;
  if (columnNames.some((column) => column === word)) return `; ${word} is no column to group or filter by`;
  return /^\w{1,64}$/.test(word) ? `; a property is written properties.${word}` : '';
}

/** One event’s name. */
export const eventName = z.string().check(z.minLength(1), z.maxLength(128));
