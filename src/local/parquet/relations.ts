import { type ColumnName, columnNames, columns } from '../../events/columns.ts';
import { remember } from '../../events/remember.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { overrulesAt } from '../journal/format.ts';

/** How DuckDB keeps each type of the table of columns in memory. */
const inMemory: Readonly<Record<(typeof columns)[ColumnName]['type'], Sql>> = {
  varchar: sql`varchar`,
  'timestamp(3)': sql`timestamp`,
  bigint: sql`bigint`,
  boolean: sql`boolean`,
};
/** The columns that a file written now has. */
export const currentColumns = columnNames.join(',');

/** All columns, as questions see them. */
export const all = join(columnNames.map(name));

/** What a row takes beside its texts, bytes, on the generous side. */
const rowBytes = 200;

/** About how many bytes a row takes where it is sorted. */
export const weight = sql`${rowBytes} + ${join(
  columnNames.flatMap((column) =>
    columns[column].type === 'varchar' ? [sql`coalesce(strlen(${name(column)}), 0)`] : [],
  ),
  ' + ',
)}`;

/** A row of nothing, with every column. */
export const noRows = sql`select ${join(columnNames.map((column) => sql`cast(null as ${inMemory[columns[column].type]}) as ${name(column)}`))} where false`;

/** Column definitions of a table of events. */
export const definitions = join(
  columnNames.map((column) => sql`${name(column)} ${inMemory[columns[column].type]}`),
);

const fromLine = join(
  columnNames.map((column, i) => {
    const value = sql`line[${i + 1}]`;
    const { type } = columns[column];
    if (type === 'varchar') return sql`${value} as ${name(column)}`;
    // A question's own conditions may be looked at before ours, and the names are no numbers.
    const read = sql`try_cast(${value} as ${type === 'timestamp(3)' ? sql`bigint` : inMemory[type]})`;
    return type === 'timestamp(3)'
      ? sql`epoch_ms(${read}) as ${name(column)}`
      : sql`${read} as ${name(column)}`;
  }),
);
/** True of an event, false of the line with the columns’ names. */
const isEvent = sql`line[${columnNames.indexOf('ts') + 1}] <> 'ts'`;

/** Above any line; the engine's buffers are twice as large, so a small bound makes small segments cheap to load. */
const lineBytes = 1 << 20;

/** The events of journal segments, at these paths; `marked`: with `overrules`, is a browser’s copy of it kept too? */
export const linesOf = (paths: readonly string[], marked = false): Sql =>
  sql`select ${fromLine}${marked ? sql`, line[${overrulesAt}] = '1' as overrules` : sql``} from read_json([${join(paths)}], format = 'newline_delimited', records = false, maximum_object_size = ${lineBytes}, columns = {line: 'VARCHAR[]'}) where ${isEvent}`;

/** The events of Parquet files that all have these columns; a column they lack reads as the table says, else null. */
export const parquetOf = (paths: readonly string[], has: string): Sql =>
  sql`select ${pickedOf(has)} from read_parquet([${join(paths)}], hive_partitioning = false)`;

const absent = (column: ColumnName): Sql => {
  const about = columns[column];
  return 'absent' in about ? sql`${about.absent}` : sql`null`;
};

/** All columns, as far as files with these have them: one text for each version that wrote files. */
const pickedOf = remember(
  (has: string) => {
    const held = new Set(has.split(','));
    return join(
      columnNames.map((column) =>
        held.has(column)
          ? name(column)
          : sql`cast(${absent(column)} as ${inMemory[columns[column].type]}) as ${name(column)}`,
      ),
    );
  },
  { entries: 100, longest: 10_000 },
);

/** The events of files of any age together; of no files, no rows. */
export const filesOf = (files: readonly { readonly path: string; readonly columns: string }[]): Sql => {
  const ages = [...Map.groupBy(files, ({ columns: held }) => held)];
  return ages.length === 0
    ? noRows
    : join(
        ages.map(([held, alike]) =>
          parquetOf(
            alike.map(({ path }) => path),
            held,
          ),
        ),
        ' union all ',
      );
};
