import { earliest, instant, latest } from '../events/instant.ts';
import type { Period } from '../lake/events-of.ts';
import { bucketsIn } from '../sql/buckets.ts';
import {
  firstInstantOf,
  type Interval,
  isTimeZone,
  nextStart,
  startOf,
  wallDayOf,
  wallOf,
} from '../sql/zone.ts';
import { nearest } from './nearest.ts';
import { invalidParam } from './refusal.ts';

/** A period as asked for, and how its ends were read. */
export interface AskedPeriod extends Period {
  /** Was `to` a date alone that stands for its whole day? */
  readonly wholeLastDay: boolean;
}

const hour = 3_600_000;
const spans = { h: hour, d: 24 * hour, w: 168 * hour } as const;
const isSpan = (letter: string): letter is keyof typeof spans => Object.hasOwn(spans, letter);
const dateAlone = /^\d{4}-\d\d-\d\d$/;

/** Is it a date without a time? */
export const isDate = (text: string): boolean => dateAlone.test(text);

/** What people write for a zone and JavaScript does not know, each with the zone it mostly is: the letters alone are several. */
const shorthands: Readonly<Record<string, string>> = {
  bst: 'Europe/London',
  west: 'Europe/Lisbon',
  cest: 'Europe/Berlin',
  mesz: 'Europe/Berlin',
  mez: 'Europe/Berlin',
  eest: 'Europe/Athens',
  msk: 'Europe/Moscow',
  edt: 'America/New_York',
  et: 'America/New_York',
  cdt: 'America/Chicago',
  cst: 'America/Chicago',
  mdt: 'America/Denver',
  pdt: 'America/Los_Angeles',
  pst: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  ist: 'Asia/Kolkata',
  jst: 'Asia/Tokyo',
  kst: 'Asia/Seoul',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
};

/** A zone’s name as given, `Z` as UTC, `UTC+2`, `GMT-5`, `+0530` as the offset they are; or a problem that says what is wanted. */
export const timeZoneFrom = (tz: string): string => {
  if (isTimeZone(tz)) return tz;
  const meant = offsetZone(tz);
  if (meant !== undefined) return meant;
  const close = nearestZone(tz);
  throw invalidParam(
    'tz',
    `tz: no time zone ${JSON.stringify(tz)}; use an IANA name such as UTC or Europe/Berlin, or an offset such as +02:00${close === undefined ? '' : `; nearest: ${close}`}`,
  );
};

function offsetZone(tz: string): string | undefined {
  if (/^\s*z(?:ulu)?\s*$/i.test(tz)) return 'UTC';
  const [, sign, hours = '', minutes = '00'] =
    /^\s*(?:(?:utc|gmt)\s*)?([+-\u2212])\s*(\d{1,2})(?::?([0-5]\d))?\s*$/i.exec(tz) ?? [];
  if (sign === undefined) return undefined;
  const offset = `${sign === '+' ? '+' : '-'}${hours.padStart(2, '0')}:${minutes}`;
  return isTimeZone(offset) ? offset : undefined;
}

/** The zone somebody means by letters, by a city, or by a name that is nearly one. */
function nearestZone(tz: string): string | undefined {
  const typed = tz.trim().toLowerCase().replaceAll(' ', '_');
  const known = Object.hasOwn(shorthands, typed) ? shorthands[typed] : undefined;
  if (known !== undefined) return known;
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    zones.find((zone) => zone.toLowerCase().split('/').at(-1) === typed) ??
    (typed.length < 4 ? undefined : nearest(tz, zones, 1)[0])
  );
}

/** How a period’s ends are read: dates as decision 2 says, `last:7d` as so many whole days of a zone (decision 23), and what the inputs are called. */
export interface Manner {
  readonly dates: 'contract' | 'whole-days';
  readonly daysIn?: string | undefined;
  /** The argument that holds `from` and `to`, where they are none themselves. */
  readonly inside?: string;
}

/**
 * The two instants of `from` and `to` (ISO 8601, or `last:<n>h|d|w` in `from`). `zone` is where times without an offset are.
 * What lies outside the years an event may have is cut off. Problem `invalid_params` when one cannot be read or nothing lies between them.
 */
export function periodFrom(
  { from, to }: { readonly from: string; readonly to?: string | undefined },
  now: number,
  zone: string,
  { dates, daysIn, inside }: Manner,
): AskedPeriod {
  const at = (input: 'from' | 'to'): Place =>
    inside === undefined
      ? { argument: input, name: input }
      : { argument: inside, name: `${inside}.${input}` };
  const wholeLastDay = to !== undefined && dates === 'whole-days' && isDate(to);
  const until = Math.min(
    latest,
    to === undefined ? now + 1 : instantFrom(at('to'), to, zone, wholeLastDay ? spans.d : 0),
  );
  const start = Math.max(earliest, startFrom(at('from'), from, until, zone, daysIn));
  if (start >= until)
    throw invalidParam(
      at('from').argument,
      `${at('from').name} must lie before to: from is ${new Date(start).toISOString()}, to is ${new Date(until).toISOString()} (exclusive)${[from, to].map((text) => skippedBy(text, zone)).join('')}`,
    );
  return { from: start, to: until, wholeLastDay };
}

/** Where an instant was sent: the argument, and what it is called inside it. */
interface Place {
  readonly argument: string;
  readonly name: string;
}

function startFrom(place: Place, text: string, until: number, zone: string, daysIn?: string): number {
  const [, count, unit] = /^last:([1-9]\d{0,4})([a-z]+)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return instantFrom(place, text, zone);
  if (isSpan(unit)) {
    const length = Number(count) * spans[unit];
    return daysIn === undefined || unit === 'h'
      ? until - length
      : firstInstantOf(daysIn, wallDayOf(daysIn, until - 1) + spans.d - length);
  }
  throw invalidParam(
    place.argument,
    `${place.name}: last: takes h, d or w, e.g. last:24h, last:7d, last:4w; got ${JSON.stringify(text)}`,
  );
}

/** A clock time that a zone skips in spring is read as the first one after it: said where nothing is left of a period for that. */
function skippedBy(text: string | undefined, zone: string): string {
  const wall = text === undefined || instant(text) !== null ? null : instant(`${text}Z`);
  if (wall === null) return '';
  const at = firstInstantOf(zone, wall);
  const shown = wallOf(zone, at);
  return shown === wall
    ? ''
    : `; the clock of ${zone} skips ${text} and goes on at ${new Date(shown).toISOString().slice(0, 16)}`;
}

/** `later`: so many ms further on the zone’s clock (a day that never was must not take the next with it). */
function instantFrom({ argument, name }: Place, text: string, zone: string, later = 0): number {
  const fixed = instant(text);
  if (fixed !== null) return fixed;
  const wall = instant(isDate(text) ? `${text}T00:00Z` : `${text}Z`);
  if (wall !== null) return firstInstantOf(zone, wall + later);
  const also = `${name === 'from' ? ' or last:7d' : ''}${/ \d\d:?\d\d$/.test(text) ? '; in a URL the + of a zone is written %2B' : ''}`;
  throw invalidParam(
    argument,
    `${name}: cannot read ${JSON.stringify(text)}; use ISO 8601 (2026-05-01 or 2026-05-01T08:00:00Z)${also}`,
  );
}

/**
 * The starts (ISO, UTC) of the buckets that are not wholly inside the period or not wholly known: `now` is the present,
 * `known` the instant (both ms since 1970) up to which everything that arrived is in the answer.
 */
export function partialBuckets(
  { from, to }: Period,
  tz: string,
  interval: Interval | null,
  { now, known }: { readonly now: number; readonly known: number },
): readonly string[] {
  const begun = Math.min(to, now + 1);
  if (interval === null || begun <= from) return [];
  const first = startOf(tz, interval, from);
  const sure = Math.max(from, Math.min(begun, known));
  const unsure = bucketsIn({ from: Math.max(from, sure - 1), to: begun }, tz, interval, mostUnsure).filter(
    (start) => nextStart(tz, interval, start) > sure,
  );
  return [...new Set([...(first < from ? [first] : []), ...unsure])].map((at) => new Date(at).toISOString());
}

/** Where nothing is known for so many buckets, no list of them helps. */
const mostUnsure = 1000;

/**
 * How far a period reaches that is cut into buckets: not beyond the one that the present lies in, for nothing has begun
 * there. Where a clock goes back over midnight the next day has begun before the present, which is in the period still.
 */
export const begunOf = ({ from, to }: Period, tz: string, interval: Interval | null, now: number): number => {
  const end =
    interval === null || to <= now + 1 ? to : Math.min(to, Math.max(now + 1, nextStart(tz, interval, now)));
  return end > from ? end : to;
};
