import type { Period } from '../lake/events-of.ts';
import { Problem } from '../problems.ts';
import { firstInstantOf, type Interval, isTimeZone, nextStart, startOf } from '../sql/zone.ts';

/** A period as asked for, and how its ends were read. */
export interface AskedPeriod extends Period {
  /** Was `to` a date alone that stands for its whole day? */
  readonly wholeLastDay: boolean;
}

const hour = 3_600_000;
const spans = { h: hour, d: 24 * hour, w: 168 * hour } as const;
const isSpan = (letter: string): letter is keyof typeof spans => Object.hasOwn(spans, letter);
const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const moment = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$/i;

const refuse = (input: 'from' | 'to' | 'tz', message: string): Problem =>
  new Problem('invalid_params', message, { details: { formErrors: [], fieldErrors: { [input]: [message] } } });

/** A zone’s name as given, or a problem that says what is wanted. */
export const timeZoneFrom = (tz: string): string => {
  if (isTimeZone(tz)) return tz;
  throw refuse('tz', `tz: no time zone ${JSON.stringify(tz)}; use an IANA name such as UTC, Europe/Berlin or America/New_York`);
};

/**
 * The two instants of `from` and `to` (ISO 8601, or `last:<n>h|d|w` in `from`), read as decision 2 says. `zone` is where times without an offset are.
 * Problem `invalid_params` when one cannot be read or nothing lies between them.
 */
export function periodFrom(
  { from, to }: { readonly from: string; readonly to?: string | undefined },
  now: number,
  zone: string,
  dates: 'contract' | 'whole-days',
): AskedPeriod {
  const wholeLastDay = to !== undefined && dates === 'whole-days' && date.test(to);
  const until = to === undefined ? now + 1 : instantFrom('to', to, zone, wholeLastDay ? spans.d : 0);
  const relative = /^last:([1-9]\d{0,4})([a-z]+)$/.exec(from);
  const unit = relative?.[2] ?? '';
  if (relative !== null && !isSpan(unit)) throw refuse('from', `from: last: takes h, d or w, e.g. last:24h, last:7d, last:4w; got ${JSON.stringify(from)}`);
  const start = relative !== null && isSpan(unit) ? until - Number(relative[1]) * spans[unit] : instantFrom('from', from, zone);
  if (start >= until)
    throw refuse('from', `from must lie before to: from is ${new Date(start).toISOString()}, to is ${new Date(until).toISOString()} (exclusive)`);
  return { from: start, to: until, wholeLastDay };
}

/** `later`: so many ms further on the zone’s clock (a day that never was must not take the next with it). */
function instantFrom(input: 'from' | 'to', text: string, zone: string, later = 0): number {
  const wrong = () =>
    refuse(input, `${input}: cannot read ${JSON.stringify(text)}; use ISO 8601 (2026-05-01 or 2026-05-01T08:00:00Z)${input === 'from' ? ' or last:7d' : ''}`);
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = '', offset] = moment.exec(text) ?? date.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) throw wrong();
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  const real = new Date(wall).toISOString().slice(0, 10) === `${year}-${month}-${day}` || Number(hours) === 24;
  if (!real || Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 59) throw wrong();
  if (offset === undefined) return firstInstantOf(zone, wall + later);
  if (offset.toUpperCase() === 'Z') return wall;
  const shift = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return wall - (offset.startsWith('-') ? -shift : shift) * 60_000;
}

/** The starts (ISO, UTC) of the first and last bucket where they are not wholly inside the period. */
export function partialBuckets({ from, to }: Period, tz: string, interval: Interval | null): readonly string[] {
  if (interval === null) return [];
  const first = startOf(tz, interval, from);
  const last = startOf(tz, interval, to - 1);
  return [...(first < from ? [first] : []), ...(nextStart(tz, interval, last) > to && !(first < from && first === last) ? [last] : [])].map((at) =>
    new Date(at).toISOString(),
  );
}
