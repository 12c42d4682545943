/** The units time is cut into. */
export type Interval = 'hour' | 'day' | 'week' | 'month';

/** A stretch of time in which a zone keeps one offset: wall clock = UTC + `offsetMs`. It lasts until the next one begins. */
export interface Span {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly offsetMs: number;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** A zone that is an offset by name keeps it for ever. */
  readonly fixed: boolean;
  readonly years: Map<number, readonly Span[]>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Beyond these years a zone keeps the offset it had at their edge: nobody’s events are there, and no question may search ten thousand years. */
const firstYear = 1900;
const lastYear = 2100;

/** By the one name that all spellings of a zone come to: there are some 500, and 2,878 offsets to the minute. */
const zones = new Map<string, Zone>();
/** By the spelling. */
const spelled = new Map<string, Zone>();

/** Is this a time zone that JavaScript knows: an IANA name in any case, or an offset such as `+05:30`? */
export const isTimeZone = (text: string): boolean => {
  try {
    zoneOf(text);
    return true;
  } catch {
    return false;
  }
};

/** The offsets of a zone over [from, to): the first span begins at `from`, each further one where the offset changes. Throws a RangeError where there is no such zone. */
export function offsetsOf(tz: string, from: number, to: number): readonly Span[] {
  const spans: Span[] = [];
  for (let year = yearOf(from); year <= yearOf(Math.max(from, to - 1)); year += 1) {
    for (const span of spansOf(zoneOf(tz), year)) {
      const last = spans.at(-1);
      if (last === undefined || span.from <= from) spans.splice(0, 1, { from, offsetMs: span.offsetMs });
      else if (span.from < to && span.offsetMs !== last.offsetMs) spans.push(span);
    }
  }
  return spans;
}

/** The first instant at which the zone’s clock shows `wall` (its date and time as if they were UTC, ms) or, where the clock skips it, the first after. */
export function firstInstantOf(tz: string, wall: number): number {
  // No offset is as long as a day, so the clock is before `wall` at the start of this stretch and after it at the end, a day skipped in between included.
  const spans = offsetsOf(tz, wall - dayMs, wall + 3 * dayMs);
  for (const [i, span] of spans.entries()) {
    const first = Math.max(span.from, wall - span.offsetMs);
    if (first < (spans[i + 1]?.from ?? Number.POSITIVE_INFINITY)) return first;
  }
  return wall;
}

/** What the zone’s clock shows at an instant, as if it were UTC, in ms. */
export const wallOf = (tz: string, instant: number): number =>
  instant + (offsetsOf(tz, instant, instant + 1)[0]?.offsetMs ?? 0);

/** The start of the date that the zone’s clock shows at an instant, on that clock. */
export const wallDayOf = (tz: string, instant: number): number => floorOf('day', wallOf(tz, instant));

/** When the hour, day, week (Monday) or month of the zone’s clock that holds `instant` began, in ms. An hour is cut where the offset changes. */
export function startOf(tz: string, unit: Interval, instant: number): number {
  const { from, offsetMs } = spanAt(tz, instant);
  const wall = floorOf(unit, instant + offsetMs);
  return unit === 'hour' ? Math.max(from, wall - offsetMs) : firstInstantOf(tz, wall);
}

/** When the next one begins. A day that never was (Apia, 30 December 2011) is passed over. */
export function nextStart(tz: string, unit: Interval, instant: number): number {
  const { offsetMs, to } = spanAt(tz, instant);
  const wall = nextOf(unit, floorOf(unit, instant + offsetMs));
  return unit === 'hour' ? Math.min(to, wall - offsetMs) : firstInstantOf(tz, wall);
}

/** Offsets are looked up for so long in advance. */
const aheadMs = 500 * dayMs;

/**
 * `nextStart` for starts that follow each other. While the offset stays as it is, which it mostly does for half a year,
 * the next one is counted on rather than looked up: ten thousand of them hold up nobody.
 */
export function followingStarts(tz: string, unit: Interval): (start: number) => number {
  let steady = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, offsetMs: 0 };
  return (start) => {
    if (start < steady.from || start >= steady.to) {
      const spans = offsetsOf(tz, start - dayMs, start + aheadMs);
      const after = spans.findIndex(({ from }) => from > start);
      const { from = start, offsetMs = 0 } = spans.at(after === -1 ? -1 : after - 1) ?? {};
      steady = { from, to: spans[after]?.from ?? start + aheadMs, offsetMs };
    }
    const next = nextOf(unit, floorOf(unit, start + steady.offsetMs)) - steady.offsetMs;
    return start - dayMs >= steady.from && next + dayMs < steady.to ? next : nextStart(tz, unit, start);
  };
}

/** What the zone’s clock showed when that hour, day, week or month began, as if it were UTC, in ms. */
export const wallStartOf = (tz: string, unit: Interval, instant: number): number =>
  floorOf(unit, instant + spanAt(tz, instant).offsetMs);

/** The days (their midnight as if in UTC, ms) that the zone’s calendar left out in [from, to). */
export const skippedDays = (tz: string, from: number, to: number): readonly number[] =>
  offsetsOf(tz, from, to).flatMap(({ from: change, offsetMs }, i, spans) => {
    const before = spans[i - 1];
    if (before === undefined) return [];
    const first = Math.ceil((change + before.offsetMs) / dayMs) * dayMs;
    const many = Math.max(0, Math.floor((change + offsetMs - first) / dayMs));
    return Array.from({ length: many }, (_, n) => first + n * dayMs);
  });

/** The span around an instant, as far as an hour to each side. */
function spanAt(tz: string, instant: number): Span & { readonly to: number } {
  const spans = offsetsOf(tz, instant - hourMs, instant + hourMs + 1);
  const after = spans.findIndex(({ from }) => from > instant);
  const span = spans.at(after === -1 ? -1 : after - 1);
  return {
    from: span?.from ?? instant,
    offsetMs: span?.offsetMs ?? 0,
    to: spans[after]?.from ?? Number.POSITIVE_INFINITY,
  };
}

function floorOf(unit: Interval, wall: number): number {
  if (unit === 'hour') return Math.floor(wall / hourMs) * hourMs;
  const date = new Date(wall);
  date.setUTCHours(0, 0, 0, 0);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (unit === 'month') date.setUTCDate(1);
  return date.getTime();
}

function nextOf(unit: Interval, start: number): number {
  if (unit !== 'month') return start + { hour: hourMs, day: dayMs, week: 7 * dayMs }[unit];
  const date = new Date(start);
  return date.setUTCMonth(date.getUTCMonth() + 1);
}

const yearOf = (instant: number): number =>
  Math.min(lastYear, Math.max(firstYear, new Date(instant).getUTCFullYear()));

function zoneOf(tz: string): Zone {
  const known = spelled.get(tz);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' });
  const { timeZone } = format.resolvedOptions();
  const zone = zones.get(timeZone) ?? { format, fixed: /^[+-]/.test(timeZone), years: new Map() };
  zones.set(timeZone, zone);
  // Spellings come from callers and any mixture of cases is one: the memory must not grow with them.
  if (spelled.size >= 1000) spelled.clear();
  spelled.set(tz, zone);
  return zone;
}

/** None of the zones ever kept an offset for less than a week (Boa Vista in October 2000, by an hour), so none is missed between two looks. */
const lookMs = 6 * dayMs;

/** A year’s spans, looked at every few days. */
function spansOf(zone: Zone, year: number): readonly Span[] {
  const known = zone.years.get(year);
  if (known !== undefined) return known;
  const start = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  if (zone.fixed) return [{ from: start, offsetMs: offsetAt(zone, start) }];
  const spans: Span[] = [{ from: start, offsetMs: offsetAt(zone, start) }];
  let last = spans[0]?.offsetMs;
  for (let look = start; look < end; ) {
    let before = look;
    look = Math.min(end, look + lookMs);
    const offsetMs = offsetAt(zone, look);
    if (offsetMs === last) continue;
    let from = look;
    while (from - before > 1) {
      const middle = Math.floor((before + from) / 2);
      if (offsetAt(zone, middle) === last) before = middle;
      else from = middle;
    }
    if (from < end) spans.push({ from, offsetMs });
    last = offsetMs;
  }
  zone.years.set(year, spans);
  return spans;
}

/** `11/21/2026, GMT-05:00` → -18,000,000; `GMT` alone is 0. */
function offsetAt({ format }: Zone, instant: number): number {
  const [, sign, hours, minutes, seconds = '0'] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(instant)) ?? [];
  return (
    (sign === '-' ? -1000 : 1000) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds))
  );
}
