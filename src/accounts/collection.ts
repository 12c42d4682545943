import type * as z from 'zod/mini';
import { itemsOf } from '../access/items.ts';
import type { Ledger, LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';

/** A row and the version that a change of it may name. */
export interface Versioned<T> {
  readonly row: T;
  readonly version: number;
}

/** A page of rows; `next` is `after` of the page behind it. */
export interface RowPage<T> {
  readonly rows: readonly Versioned<T>[];
  readonly next?: string;
}

/** Which page. */
export interface PageAt {
  readonly after?: string;
  readonly limit?: number;
}

/** Rows of one kind in the ledger. */
export interface Collection<T> {
  read(id: string): Promise<Versioned<T> | undefined>;
  /** Keeps a new row, listed under `group` in the order of `at`; false where one has this id. */
  create(id: string, row: T, place: { readonly group: string; readonly at: string }): Promise<boolean>;
  /**
   * Replaces a row by what `edit` makes of it; of several at once none is lost. With `ifVersion` it is changed only while it has that version, else `conflict` with the row as it is.
   * `edit` gives the very row back where there is nothing to change. Undefined where nothing has this id.
   */
  change(
    id: string,
    edit: (row: T) => T | Promise<T>,
    ifVersion?: number,
  ): Promise<{ readonly before: T; readonly after: Versioned<T> } | undefined>;
  /** A group’s rows, in their order. */
  list(group: string, page?: PageAt): Promise<RowPage<T>>;
  /** All of them, a page read at a time. */
  all(group: string): AsyncGenerator<T>;
}

/** The rows of one kind: read by `schema`, so what an older version wrote gets the defaults of this one; kept under `<prefix>#<id>`. */
export const collection = <S extends z.ZodMiniType<Record<string, unknown>>>(
  ledger: Ledger,
  prefix: string,
  schema: S,
): Collection<z.output<S>> => {
  type T = z.output<S>;
  const idOf = (id: string): string => `${prefix}#${id}`;
  const kept = ({ data, version }: LedgerItem): Versioned<T> => ({ row: schema.parse(data), version });
  const self: Collection<T> = {
    read: async (id) => {
      const item = await ledger.read(idOf(id));
      return item && kept(item);
    },
    create: (id, row, place) => ledger.write({ id: idOf(id), ...place, data: { ...row } }, 0),
    change: async (id, edit, ifVersion) => {
      const item = await ledger.read(idOf(id));
      if (item === undefined) return undefined;
      const { version, ...place } = item;
      const before = schema.parse(item.data);
      if (ifVersion !== undefined && ifVersion !== version) throw changed(before, version);
      const row = await edit(before);
      if (row === before) return { before, after: { row, version } };
      return (await ledger.write({ ...place, data: { ...row } }, version))
        ? { before, after: { row, version: version + 1 } }
        : self.change(id, edit, ifVersion);
    },
    list: async (group, page) => {
      const { items, next } = await ledger.list(group, page);
      return { rows: items.map(kept), ...(next === undefined ? {} : { next }) };
    },
    all: async function* (group) {
      for await (const { data } of itemsOf(ledger, group)) yield schema.parse(data);
    },
  };
  return self;
};

const changed = (current: object, version: number): Problem =>
  new Problem(
    'conflict',
    `It was changed meanwhile and is version ${version} now (details.current): look at it, then send the change with If-Match: "${version}".`,
    { details: { current: { ...current, version } } },
  );
