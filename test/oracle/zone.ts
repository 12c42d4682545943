/** How get_stats cuts time. */
export type Interval = 'hour' | 'day' | 'week' | 'month';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const formats = new Map<string, Intl.DateTimeFormat>();
const seen = new Map<string, { readonly date: string; readonly hour: string; readonly offset: number }>();
const starts = new Map<string, number>();

/** What a clock on the wall there shows at that minute, and how far it is ahead of UTC in ms. */
export const wall = (
  ms: number,
  tz: string,
): { readonly date: string; readonly hour: string; readonly offset: number } => {
  const at = Math.floor(ms / minute) * minute;
  const key = `${tz} ${at}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(tz) ??
    new Intl.DateTimeFormat('en-US-u-ca-iso8601', { timeZone: tz, hourCycle: 'h23', ...shown });
  formats.set(tz, format);
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value.padStart(2, '0')]));
  const date = `${(part.get('year') ?? '').padStart(4, '0')}-${part.get('month')}-${part.get('day')}`;
  const offset = Date.parse(`${date}T${part.get('hour')}:${part.get('minute')}:${part.get('second')}Z`) - at;
  const read = { date, hour: part.get('hour') ?? '', offset };
  seen.set(key, read);
  return read;
};

const shown = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

/** When the bucket starts (ms since 1970) that this instant falls into. Source: decision 2, Buckets. */
export const bucketOf = (ms: number, tz: string, interval: Interval): number =>
  interval === 'hour' ? hourOf(ms, tz) : calendarOf(ms, tz, interval);

/** The starts of the buckets that reach beyond [from, to): the instant just before it or the first after it lies in them too. Source: decision 2, Buckets. */
export const cutBuckets = (from: number, to: number, tz: string, interval: Interval): readonly number[] => {
  const beyond = [from - 1, to].map((ms) => bucketOf(ms, tz, interval));
  return [...new Set([from, to - 1].map((ms) => bucketOf(ms, tz, interval)))].filter((start) =>
    beyond.includes(start),
  );
};

/** Back minute by minute while the clock shows the same hour of the same day and has not been changed. */
function hourOf(ms: number, tz: string): number {
  const { date, hour, offset } = wall(ms, tz);
  let start = Math.floor(ms / minute) * minute;
  for (
    let before = wall(start - minute, tz);
    before.date === date && before.hour === hour && before.offset === offset;
    before = wall(start - minute, tz)
  ) {
    start -= minute;
  }
  return start;
}

/** The first quarter of an hour at which the calendar there shows a date of that day, week or month. */
function calendarOf(ms: number, tz: string, interval: 'day' | 'week' | 'month'): number {
  const first = firstDateOf(wall(ms, tz).date, interval);
  const key = `${tz} ${interval} ${first}`;
  const start =
    starts.get(key) ??
    scan(Date.parse(first) - 26 * hour, (at) => firstDateOf(wall(at, tz).date, interval) === first);
  starts.set(key, start);
  return start;
}

const firstDateOf = (date: string, interval: 'day' | 'week' | 'month'): string => {
  if (interval === 'day') return date;
  if (interval === 'month') return `${date.slice(0, 8)}01`;
  const at = Date.parse(date);
  return new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10);
};

/** The first instant (ms since 1970) whose date there is this one, or a later one where this one never was. */
export const midnight = (date: string, tz: string): number =>
  scan(Date.parse(date) - 26 * hour, (at) => wall(at, tz).date >= date);

/** Clocks are changed at full quarters of an hour, at least in this century. */
function scan(from: number, found: (at: number) => boolean): number {
  let at = from;
  while (!found(at)) at += 15 * minute;
  return at;
}

/** The starts of all buckets that hold some of [from, to), ascending. */
export const bucketsIn = (
  { from, to }: { readonly from: number; readonly to: number },
  tz: string,
  interval: Interval,
): readonly number[] => {
  const starts: number[] = [];
  // The next bucket begins where a quarter of an hour first lies in another one; a day is looked through by hours.
  for (let start = bucketOf(from, tz, interval); start < to; ) {
    starts.push(start);
    const known = start;
    const step = interval === 'hour' ? 15 * minute : hour;
    let at = start + step;
    while (bucketOf(at, tz, interval) === known) at += step;
    start = bucketOf(at, tz, interval);
  }
  return starts;
};
