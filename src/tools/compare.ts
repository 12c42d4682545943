import type { Period } from '../lake/events-of.ts';
import type { Cell, Reads, Row } from '../ports.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { bucketsOf } from './fill.ts';
import type { OtherPeriod } from './other-period.ts';
import { type AnswerColumn, type Asking, measures, type Question, type Shaped } from './question.ts';
import { judgedIn, readsOf } from './relations.ts';
import type { Resolved } from './resolve.ts';

/** Of the other period so many groups are looked at, whatever `limit` says: one that is large now may have been small. */
const mostGroups = 20_000;

type Any = Asking<Parameters<Question['ask']>[0]['own']>;

/** The same question about the other period. */
const askingOf = (question: Question, asking: Any, { from, to }: OtherPeriod): Any => {
  const { whole } = question;
  const other = {
    ...asking,
    own: {
      ...(whole === undefined ? asking.own : whole(asking.own)),
      ...('limit' in asking.own ? { limit: mostGroups } : {}),
    },
    period: { from, to },
    after: null,
  };
  return { ...other, judged: judgedIn(question, other) };
};

/** What an engine must hold for the question, of both periods where two are compared. */
export function readsOver(
  question: Question,
  { asking, before }: Pick<Resolved, 'asking' | 'before'>,
): Reads {
  const both = [asking, ...(before === null ? [] : [askingOf(question, asking, before)])].map(readsOf);
  const period: Period = {
    from: Math.min(...both.map((one) => one.period.from)),
    to: Math.max(...both.map((one) => one.period.to)),
  };
  return { reading: asking.reading, period };
}

/** Both periods in one statement: the rows of `ask` with `side` (0 is the period that was asked for) and `nth`, their place in its order. */
export function comparison(question: Question, asking: Any, before: OtherPeriod): Sql {
  const other = askingOf(question, asking, before);
  const side = (n: number, of: Any): Sql =>
    sql`select *, ${n} as side, row_number() over (order by ${orderOf(question, of)}) as nth from (${question.ask(of)}) as asked`;
  return sql`select * from (${side(0, asking)} union all ${side(1, other)}) as compared order by side, nth`;
}

function orderOf(question: Question, asking: Any): Sql {
  if (question.order === undefined) throw new Error(`${question.name} is compared and has no order`);
  return question.order(asking);
}

/** Counts of what did not happen are 0; anything else that was not measured is not known. */
const counted: ReadonlySet<AnswerColumn['unit']> = new Set(['events', 'people', 'visitors', 'sessions']);

/**
 * What the question says of its period, each measure x with `x_before` and `x_change`: (x − before) ÷ before, null where
 * before is 0 or not known. Rows are the same by what names them, buckets by their number in their period.
 */
export function compared(
  question: Question,
  asking: Any,
  before: OtherPeriod,
  rows: readonly Row[],
  completeUntil: number,
): Shaped {
  const other = askingOf(question, asking, before);
  const of = (n: number): readonly Row[] =>
    rows.filter(({ side }) => side === n).map(({ side: _, nth: __, ...row }) => row);
  const now = question.shape(of(0), asking, completeUntil);
  const then = question.shape(of(1), other, completeUntil);
  const columns = question.columns(asking);
  const nameIn = namesOf(columns, asking);
  const found = new Map(then.rows.map((row) => [namesOf(columns, other)(row), row]));
  const missing = (column: AnswerColumn): Cell =>
    then.truncated === undefined && (column.role === 'total' || counted.has(column.unit)) ? 0 : null;
  const named = new Set(now.rows.map(nameIn));
  const gone = now.truncated !== undefined ? 0 : [...found.keys()].filter((key) => !named.has(key)).length;
  return {
    ...now,
    rows: now.rows.map((row) => {
      const same = found.get(nameIn(row));
      return Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => {
          const column = columns.find((one) => one.name === name);
          if (column === undefined || !measures(column)) return [[name, value]];
          const was = same === undefined ? missing(column) : (same[name] ?? null);
          return [
            [name, value],
            [`${name}_before`, was],
            [`${name}_change`, changed(value, was)],
          ];
        }),
      );
    }),
    notes: [
      compares(before),
      ...(now.notes ?? []),
      ...(gone === 0 ? [] : [`${gone} rows of the other period have no like in this one and are left out.`]),
      ...(then.truncated === undefined
        ? []
        : ['The other period has more groups than were looked at: where x_before is null it is not known.']),
    ],
  };
}

/** The columns of such an answer. */
export const comparedColumns = (columns: readonly AnswerColumn[]): readonly AnswerColumn[] =>
  columns.flatMap((column) =>
    measures(column)
      ? [
          column,
          { ...column, name: `${column.name}_before` },
          { name: `${column.name}_change`, type: 'number', unit: 'share' },
        ]
      : [column],
  );

/** What names a row, as text; a time stands for the number of its bucket. */
function namesOf(columns: readonly AnswerColumn[], asking: Any): (row: Row) => string {
  const names = columns.filter((column) => !measures(column));
  const buckets = names.some(({ type }) => type === 'time')
    ? bucketsOf({ ...asking, interval: asking.interval ?? 'day' })
    : [];
  const numbers = new Map(buckets.map((start, n) => [start, n]));
  const cell = (value: Cell): Cell => (typeof value === 'string' ? (numbers.get(value) ?? value) : value);
  return (row) =>
    JSON.stringify(
      names.map(({ name, type }) => (type === 'time' ? cell(row[name] ?? null) : (row[name] ?? null))),
    );
}

const changed = (now: Cell | undefined, before: Cell): Cell =>
  typeof now === 'number' && typeof before === 'number' && before !== 0 ? (now - before) / before : null;

const compares = ({ from, to, cut }: OtherPeriod): string => {
  const period = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  return cut
    ? `x_before is of ${period}: this period is still running, so the equally long part of the other one is compared, through the same time of day.`
    : `x_before is of ${period}.`;
};
