const written = /^(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const shortOffset = /([+-]\d\d)$/;
const leapSecond = /(:\d\d):60(?=[.,zZ+-])/;
/** The first and the last instant an event may have, ms since 1970: years that four digits can write. */
export const earliest = Date.parse('0001-01-01T00:00:00Z');
export const latest = Date.parse('9999-12-31T23:59:59.999Z');
/** How far ahead of its arrival an event may say it happened, ms; more becomes arrival (contract §3, `timestamp`). */
export const aheadMs = 5 * 60_000;

/** The milliseconds since 1970 of an ISO 8601 date and time with a zone, years 1 to 9999; null when it is none. Digits beyond milliseconds are dropped; a 60th second, as in a leap second’s 23:59:60, is the one after it, as in logs. */
export const instant = (text: string): number | null => {
  const [, year, month, day] = written.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  // The language’s own reader wraps 30 February to March; a date that does not exist is a mistake.
  if (Number(day) > daysIn(Number(year), Number(month))) return null;
  const isLeap = leapSecond.test(text);
  const read = Date.parse(
    (isLeap ? text.replace(leapSecond, '$1:59') : text)
      .replace(' ', 'T')
      .replace(',', '.')
      .replace(shortOffset, '$1:00')
      .toUpperCase(),
  );
  const ms = isLeap ? read + 1000 : read;
  return ms >= earliest && ms <= latest ? ms : null;
};

const daysIn = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;
