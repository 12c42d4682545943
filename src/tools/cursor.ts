import * as z from 'zod/mini';
import type { Cell } from '../ports.ts';
import type { Problem } from '../problems.ts';
import { invalidParam } from './refusal.ts';
import { mostLevels, shallow } from './shallow.ts';

/** Where a page ended, and the question it belongs to. */
export interface Cursor {
  readonly tool: string;
  /** The arguments as the caller gave them first, and with all defaults applied. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly resolved: Readonly<Record<string, unknown>>;
  /** Rows to skip, or the place below which to go on. */
  readonly skip: number;
  readonly after: readonly Cell[] | null;
  /** When the first page was asked (ms since 1970), where the next ones leave out what arrived since. */
  readonly until?: number | undefined;
}

const anything = z.looseObject({});
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const shape = z.object({
  tool: z.string(),
  given: anything,
  resolved: anything,
  skip: z.int().check(z.minimum(0)),
  after: z.nullable(z.array(cell)),
  until: z.optional(z.int()),
});

/** A cursor as opaque text: base64url of its JSON. */
export const cursorText = (cursor: Cursor): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(cursor))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** The cursor again; Problem `invalid_params` when it is none of ours. It is only arguments, so a forged one gains nothing. */
export function cursorFrom(text: string): Cursor {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!shallow(read, mostLevels)) throw strangeCursor();
    return shape.parse(read);
  } catch {
    throw strangeCursor();
  }
}

/** A cursor that none of our answers carried. */
export const strangeCursor = (): Problem =>
  invalidParam(
    'cursor',
    'cursor: not one of ours; send next_cursor of the previous answer unchanged, or leave it out to start again',
  );
