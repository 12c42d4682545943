import type { Event } from '../../src/events/columns.ts';
import type { Cell, Row } from '../../src/ports.ts';
import type { Asking } from './oracle.ts';
import type { Context } from './stored.ts';
import { oracles, type QuestionName, truth } from './truth.ts';
import { type Period, type Raw, without } from './two-periods.ts';
import { bucketsIn, type Interval } from './zone.ts';

/** The columns that are measured, and those of them that are 0 where nothing happened. */
interface Measured {
  readonly measures: ReadonlySet<string>;
  readonly counts: ReadonlySet<string>;
}

/** What must come out: both periods answered, row by row beside each other. */
export function comparedTruth(
  question: QuestionName,
  stored: readonly Event[],
  raw: Raw,
  { now, before }: { readonly now: Period; readonly before: Period },
  { measures, counts }: Measured,
  context: Context,
  asking: Asking,
): readonly Row[] {
  const interval = oracles[question].every?.(raw) ?? intervals.find((one) => one === raw.interval);
  const tz = typeof raw.tz === 'string' ? raw.tz : asking.timezone;
  const of = (period: Period, more: Raw, whole = raw): readonly Row[] => {
    const ends = { from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() };
    return truth(question, stored, { ...without(whole, 'compare'), ...ends, ...more }, context, asking);
  };
  const isMeasure = (name: string): boolean => measures.has(name);
  const named = (period: Period): ((row: Row) => string) => {
    const buckets = interval === undefined ? [] : bucketsIn(period, tz, interval);
    const numbers = new Map(buckets.map((start, n) => [start, n]));
    return (row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name]) => !isMeasure(name))
          .map(([name, cell]) => [
            name,
            (name === 'bucket' || name === 'cohort') && cell !== null
              ? (numbers.get(Date.parse(String(cell))) ?? -1)
              : cell,
          ]),
      );
  };
  const [nameNow, nameBefore] = [named(now), named(before)];
  const all = raw.min_visitors === undefined ? {} : { min_visitors: 1 };
  const limited = oracles[question].limited;
  const then = of(before, { ...all, ...(limited ? { limit: 20_000 } : {}) });
  const groups = limited ? of(before, { ...all, limit: 1e9 }, without(raw, 'interval')) : [];
  const buckets = interval === undefined ? 1 : bucketsIn(before, tz, interval).length;
  const whole = !oracles[question].filled || groups.length <= Math.max(1, Math.floor(20_000 / buckets));
  const found = new Map(then.map((row) => [nameBefore(row), row]));
  return of(now, {}).map((row) => {
    const same = found.get(nameNow(row));
    return Object.fromEntries(
      Object.entries(row).flatMap(([name, cell]): [string, Cell][] => {
        if (!isMeasure(name)) return [[name, cell]];
        const was = same === undefined ? (whole && counts.has(name) ? 0 : null) : (same[name] ?? null);
        const change =
          typeof cell === 'number' && typeof was === 'number' && was !== 0 ? (cell - was) / was : null;
        return [
          [name, cell],
          [`${name}_before`, was],
          [`${name}_change`, change],
        ];
      }),
    );
  });
}

const intervals: readonly Interval[] = ['hour', 'day', 'week', 'month'];
