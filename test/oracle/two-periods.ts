import type { Asking } from './oracle.ts';
import { midnight, wall } from './zone.ts';

const minute = 60_000;
const day = 86_400_000;

/** Arguments as they are sent. */
export type Raw = Readonly<Record<string, unknown>>;
/** From inclusive, to exclusive, in ms since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Arguments without one of them. */
export const without = (raw: Raw, name: string): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => key !== name));

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
  periodIn: (raw: Raw) => Period,
  raw: Raw,
  manner: 'contract' | 'whole-days',
  asking: Asking,
): { readonly now: Period; readonly before: Period } {
  const { compare } = raw;
  const plain = periodIn(without(without(raw, 'compare'), 'interval'));
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
      return periodIn({ ...without(without(raw, 'compare'), 'interval'), ...compare });
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
  const sameTime = instantAt(wallMs(before.from, zone) + passed, zone);
  const cut = sameTime > before.from ? sameTime : before.from + asking.now + 1 - now.from;
  return { now, before: { from: before.from, to: Math.min(before.to, cut) } };
}

function yearEarlier(at: number, tz: string): number {
  const shown = new Date(wallMs(at, tz)).toISOString();
  const date = shown.slice(5, 10) === '02-29' ? '02-28' : shown.slice(5, 10);
  const year = String(Number(shown.slice(0, 4)) - 1).padStart(4, '0');
  return instantAt(Date.parse(`${year}-${date}${shown.slice(10)}`), tz);
}
