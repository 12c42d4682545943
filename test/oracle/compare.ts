import type { Event } from '../../src/events/columns.ts';
import type { Cell, Row } from '../../src/ports.ts';
import type { Asking } from './oracle.ts';
import type { Context } from './stored.ts';
import { oracles, type QuestionName, truth } from './truth.ts';
import { bucketsIn, type Interval, midnight, wall } from './zone.ts';

const minute = 60_000;
const day = 86_400_000;

type Raw = Readonly<Record<string, unknown>>;
interface Period {
  readonly from: number;
  readonly to: number;
}

/** What the clock there shows, as if it were UTC. */
const wallMs = (at: number, tz: string): number => at + wall(at, tz).offset;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const dayBefore = (date: string, days: number): string => dateOf(Date.parse(date) - days * day);

/** The first instant at which the clock there shows this time, or a later one where it is skipped: quarter by quarter of an hour. */
function instantAt(shown: number, tz: string): number {
  let at = midnight(dateOf(shown), tz);
  while (wallMs(at + 15 * minute, tz) <= shown) at += 15 * minute;
  return Math.max(at, at + shown - wallMs(at, tz));
}

/** Both periods that a comparison means. Source: decision 23. */
export function periodsOf(
  question: QuestionName,
  raw: Raw,
  manner: 'contract' | 'whole-days',
  asking: Asking,
): { readonly now: Period; readonly before: Period } {
  const { compare } = raw;
  const plain = oracles[question].period(without(without(raw, 'compare'), 'interval'), asking);
  const tz = typeof raw.tz === 'string' ? raw.tz : asking.timezone;
  const [, count, unit] = /^last:(\d+)([hdw])$/.exec(String(raw.from ?? 'last:7d')) ?? [];
  const zone = manner === 'whole-days' || raw.tz !== undefined || count !== undefined ? tz : 'UTC';
  const wholeDays = (): number => {
    const days = Number(count) * (unit === 'w' ? 7 : 1);
    return midnight(dayBefore(wall(plain.to - 1, tz).date, days - 1), tz);
  };
  const from =
    count === undefined ? plain.from : unit === 'h' ? plain.to - Number(count) * 60 * minute : wholeDays();
  const now = { from, to: plain.to };
  const starts = (at: number): boolean => midnight(wall(at, zone).date, zone) === at;
  const today = wall(asking.now, zone).date;
  const end = raw.to === undefined && starts(now.from) ? midnight(dayBefore(today, -1), zone) : now.to;
  const other = (): Period => {
    if (typeof compare === 'object')
      return oracles[question].period(
        { ...without(without(raw, 'compare'), 'interval'), ...compare },
        asking,
      );
    if (compare === 'year') return { from: yearEarlier(now.from, zone), to: yearEarlier(end - 1, zone) + 1 };
    const length = Date.parse(wall(end, zone).date) - Date.parse(wall(now.from, zone).date);
    const days = midnight(dateOf(Date.parse(wall(now.from, zone).date) - length), zone);
    return starts(now.from) && starts(end) && days < now.from
      ? { from: days, to: now.from }
      : { from: now.from - (end - now.from), to: now.from };
  };
  const before = other();
  if (now.from > asking.now || end <= asking.now + 1) return { now, before };
  const passed = wallMs(asking.now + 1, zone) - wallMs(now.from, zone);
  const cut = instantAt(wallMs(before.from, zone) + passed, zone);
  return { now, before: { from: before.from, to: Math.min(before.to, cut) } };
}

function yearEarlier(at: number, tz: string): number {
  const shown = new Date(wallMs(at, tz)).toISOString();
  const date = shown.slice(5, 10) === '02-29' ? '02-28' : shown.slice(5, 10);
  const year = String(Number(shown.slice(0, 4)) - 1).padStart(4, '0');
  return instantAt(Date.parse(`${year}-${date}${shown.slice(10)}`), tz);
}

const without = (raw: Raw, name: string): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => key !== name));

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
