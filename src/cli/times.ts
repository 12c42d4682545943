/** How fine a time is shown: a bucket’s start needs no more than its bucket. */
export type Grain = 'instant' | 'hour' | 'day' | 'week' | 'month';

/** A writer of instants (ISO 8601) as the zone’s clock shows them: `2026-05`, `2026-05-17`, `2026-05-17 09:00`, `2026-05-17 09:00:03`. Where hours of both offsets of a clock change are among `all`, each says its own. Text that is no instant stays as it is. */
export const timeWriter = (
  zone: string | null | undefined,
  grain: Grain,
  all: readonly unknown[] = [],
): ((text: string) => string) => {
  const format = formatIn(zone ?? 'UTC');
  const partsOf = (at: number): Readonly<Record<string, string>> =>
    Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const offsetOf = (parts: Readonly<Record<string, string>>): string =>
    (parts.timeZoneName ?? '').replace(/^GMT$/, '+00:00').replace(/^GMT/, '');
  const offsets =
    grain === 'hour'
      ? new Set(all.flatMap((value) => (isInstant(value) ? [offsetOf(partsOf(Date.parse(value)))] : [])))
      : new Set();
  return (text) => {
    if (!isInstant(text)) return text;
    const at = Date.parse(text);
    const parts = partsOf(at);
    const { year = '', month, day, hour, minute, second } = parts;
    const date = `${year.padStart(4, '0')}-${month}-${day}`;
    if (grain === 'month') return date.slice(0, -3);
    if (grain !== 'instant' && grain !== 'hour') return date;
    const clock = `${date} ${hour}:${minute}`;
    if (grain === 'hour') return offsets.size > 1 ? `${clock} ${offsetOf(parts)}` : clock;
    const fraction = at % 1000 === 0 ? '' : `.${String(((at % 1000) + 1000) % 1000).padStart(3, '0')}`;
    return `${clock}:${second}${fraction}`;
  };
};

/** A period’s ends, as short as both can be said. */
export const periodText = (from: string, to: string, zone: string | null | undefined): string => {
  const ends = [from, to].map((end) => timeWriter(zone, 'instant')(end).replace(/\.\d+$/, ''));
  const midnight = ends.every((end) => end.endsWith(' 00:00:00'));
  const [start, end] = ends.map((one) => (midnight ? one.slice(0, 10) : one.replace(/:00$/, '')));
  return `${start} to ${end}${midnight ? ' (exclusive)' : ''}${zone ? `, ${zone}` : ''}`;
};

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value);

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}
