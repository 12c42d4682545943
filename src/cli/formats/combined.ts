import { headOf, tailOf } from './clf.ts';
import type { LogFormat, LogLine } from './log-line.ts';

/** A line of a combined log, or undefined where it is none: `address ident user [time] "request" status bytes "referrer" "user agent"`; of more after that only an X-Forwarded-For in quotes is read. */
export const parseCombined = (whole: string): LogLine | undefined => {
  const head = headOf(whole);
  if (head === undefined) return undefined;
  const { line, end, ...said } = head;
  const tail = tailOf(line, end);
  if (tail === undefined) return undefined;
  return { ...said, ...tail, forwarded: tail.forwarded.length > 0 ? tail.forwarded : said.forwarded };
};

/** Also nginx’s `main`, and Traefik’s common log: what they add stands behind. */
export const combined: LogFormat = {
  of: 'Apache and nginx `combined`, nginx `main` (with the forwarded visitor), Traefik `common`',
  lines: () => parseCombined,
};
