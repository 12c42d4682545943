import { headOf, tailOf } from './clf.ts';
import type { LogFormat, LogLine } from './log-line.ts';

/** A line of a combined log, or undefined where it is none: `address ident user [time] "request" status bytes "referrer" "user agent"`; of more after that only an X-Forwarded-For in quotes is read. */
export const parseCombined = (whole: string): LogLine | undefined => {
  const head = headOf(whole);
  if (head === undefined) return undefined;
  const { client, at, method, target, status } = head;
  const tail = tailOf(head.line, head.end);
  if (tail === undefined) return undefined;
  // Written out: copying objects is a tenth of the time a line takes.
  return {
    address: client.address,
    forwarded: tail.forwarded.length > 0 ? tail.forwarded : client.forwarded,
    host: client.host,
    scheme: client.scheme,
    at,
    method,
    target,
    status,
    referrer: tail.referrer,
    userAgent: tail.userAgent,
  };
};

/** Also nginx’s `main`, and Traefik’s common log: what they add stands behind. */
export const combined: LogFormat = {
  of: 'Apache and nginx `combined`, nginx `main` (with the forwarded visitor), Traefik `common`',
  lines: () => parseCombined,
};
