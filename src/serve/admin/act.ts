import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { type Account, accountOf } from '../../accounts/accounts.ts';
import type { Books } from '../../accounts/books.ts';
import type { PageAt, Versioned } from '../../accounts/collection.ts';
import type { Counters, Eraser } from '../../ports.ts';
import { Problem } from '../../problems.ts';
import type { Deed } from '../../routes.ts';

/** A request of administration, by whom, and on what. */
export interface Act {
  /** With the chance of this request, and the name of the key for the audit. */
  readonly books: Books;
  readonly counters: Counters;
  /** Undefined where events of a project cannot be removed at once. */
  readonly eraser: Eraser | undefined;
  /** The account of the key that asks. */
  readonly own: string;
  /** Does it run the whole installation? */
  readonly operator: boolean;
  /** From the path; empty where it has none, or none that anything could have. */
  readonly id: string;
  readonly ifVersion: number | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What was done: the row to show, with its version where it has one. */
export interface Done {
  readonly row: object;
  readonly version?: number;
}

/** The deeds of one kind of thing. */
export type Deeds = Readonly<Partial<Record<Deed, (act: Act) => Promise<Done>>>>;

const text = z.string().check(z.minLength(1), z.maxLength(1024));
const day = z
  .string()
  .check(
    z.refine(
      (said) => /^\d{4}-\d\d-\d\d$/.test(said) && new Date(`${said}T00:00:00Z`).toJSON()?.startsWith(said),
      'Use a UTC day such as 2026-12-05.',
    ),
  );
const paged = {
  limit: z.exactOptional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'Use a number from 1 to 100.'))),
  cursor: z.exactOptional(text),
};
/** The parameters of a list, of one thing, and of lists that narrow. */
export const queries = {
  list: z.strictObject(paged),
  ofAccount: z.strictObject({ ...paged, account_id: z.exactOptional(text) }),
  projects: z.strictObject({
    ...paged,
    account_id: z.exactOptional(text),
    archived: z.exactOptional(z.enum(['true', 'false'])),
  }),
  keys: z.strictObject({ ...paged, account_id: z.exactOptional(text), project_id: z.exactOptional(text) }),
  usage: z.strictObject({
    account_id: z.exactOptional(text),
    project_id: z.exactOptional(text),
    from: z.exactOptional(day),
    to: z.exactOptional(day),
  }),
  one: z.strictObject({ account_id: z.exactOptional(text) }),
  none: z.strictObject({}),
} as const;

/** The query by this schema; throws `invalid_params` with each parameter. */
export const queryOf = <S extends z.ZodMiniType>(schema: S, { query }: Act): z.output<S> => {
  const read = schema.safeParse(query, { error: en().localeError });
  if (read.success) return read.data;
  const first = read.error.issues[0];
  throw new Problem(
    'invalid_params',
    `The query string does not fit: ${(first?.path.join('.') ?? '').slice(0, 64)} ${(first?.message ?? '').slice(0, 300)}`,
    { details: z.flattenError(read.error) },
  );
};

const usual = 50;

/** Which page a query asks for. */
export const requestedPage = ({
  cursor,
  limit,
}: {
  readonly cursor?: string;
  readonly limit?: string;
}): PageAt => ({
  limit: limit === undefined ? usual : Number(limit),
  ...(cursor !== undefined && { after: cursor }),
});

/** A page as it is answered. */
export const pageAnswer = (rows: readonly object[], next: string | undefined): Done => ({
  row: { rows, next_cursor: next ?? null },
});

/** A row with its version. */
export const withVersion = ({ row, version }: Versioned<object>): Done => ({
  row: { ...row, version },
  version,
});

/**
 * The account that is meant: the key’s own, or, for the operator, whichever is named. Another one is answered as one that is not there, so nobody can find out which there are.
 */
export const accountFor = async ({ books, own, operator }: Act, wanted = own): Promise<Account> => {
  const account = wanted === own || operator ? await accountOf(books, wanted) : undefined;
  if (account === undefined)
    throw new Problem(
      'not_found',
      `No account with the id ${JSON.stringify(wanted.slice(0, 64))} is visible to this key.`,
    );
  return account;
};

/** Throws unless the key runs the whole installation. */
export const mustOperate = ({ operator }: Act, deed: string): void => {
  if (!operator)
    throw new Problem(
      'insufficient_scope',
      `Only keys of the account that runs this installation may ${deed}; this key administers its own account.`,
    );
};
