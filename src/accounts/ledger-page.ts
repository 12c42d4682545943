import * as z from 'zod/mini';
import type { LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';

/** How many items a page of the ledger holds unless its caller says otherwise. */
export const ledgerPageLength = 100;

const place = z.tuple([z.string(), z.string()]);

/** The items of a page, given one more than it holds where there are more; `next` leads to those behind it. */
export const ledgerPage = (
  items: readonly LedgerItem[],
  limit: number,
): { readonly items: readonly LedgerItem[]; readonly next?: string } => {
  const last = items[limit - 1];
  return items.length > limit && last !== undefined
    ? { items: items.slice(0, limit), next: cursorAt(last) }
    : { items };
};

const cursorAt = ({ at = '', id }: LedgerItem): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** The `at` and id that a `next` stands for. Throws `invalid_params` on a text that is none. */
export const ledgerPlace = (cursor: string): readonly [at: string, id: string] => {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new Problem(
      'invalid_params',
      'The cursor is not one of ours; send back `next` of the page before, unchanged.',
      { cause },
    );
  }
};
