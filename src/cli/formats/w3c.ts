import { isoInstant, requestLine } from './fields.ts';
import type { LogFormat, Said } from './log-line.ts';

/** Values by the names of a `#Fields:` line; `-` is nothing, or what is asked for instead. */
type Row = (name: string, nothing?: string) => string | undefined;

/** Reads lines below a `#Fields:` line, which says what they hold; another such line may follow. */
export const directed =
  (separator: string | RegExp, read: (row: Row) => Said) => (): ((line: string) => Said) => {
    let places: ReadonlyMap<string, number> | undefined;
    return (line) => {
      if (line.startsWith('#')) {
        const named = /^#Fields:\s*(.*)$/i.exec(line)?.[1];
        if (named !== undefined)
          places = new Map(named.split(/\s+/).map((name, i) => [name.toLowerCase(), i]));
        return 'no request';
      }
      if (places === undefined) return undefined;
      const known = places;
      const values = line.split(separator);
      return read((name, nothing) => {
        const value = values[known.get(name) ?? -1];
        return value === '-' || value === '' ? nothing : value;
      });
    };
  };

/** A query put behind its path again. */
export const targetOf = (stem: string | undefined, query: string | undefined): string | undefined =>
  stem === undefined || query === undefined ? stem : `${stem}?${query}`;

const spaced = (text: string | undefined): string | undefined => text?.replaceAll('+', ' ');

/** Microsoft’s IIS and others that follow the W3C draft: UTC, blanks in values written as `+`. */
export const w3c: LogFormat = {
  of: 'IIS and other W3C extended logs, by their `#Fields` line',
  lines: directed(' ', (row) =>
    requestLine({
      address: row('c-ip'),
      forwarded: spaced(row('x-forwarded-for') ?? row('cs(x-forwarded-for)')),
      host: row('cs-host') ?? row('cs(host)'),
      scheme: row('s-port') === '443' ? 'https' : row('s-port') === '80' ? 'http' : undefined,
      at: isoInstant(`${row('date')}T${row('time')}Z`),
      method: row('cs-method'),
      target: targetOf(row('cs-uri-stem'), row('cs-uri-query')) ?? row('cs-uri'),
      status: row('sc-status'),
      referrer: row('cs(referer)'),
      userAgent: spaced(row('cs(user-agent)', '-')),
    }),
  ),
};
