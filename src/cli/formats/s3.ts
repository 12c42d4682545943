import { clfInstant, closingQuote, requestOf, unescaped } from './clf.ts';
import { requestLine } from './fields.ts';
import type { LogFormat } from './log-line.ts';

const head = /^\S+ \S+ \[([^\]]+)\] (\S+) \S+ \S+ ([A-Z]+\.[A-Z0-9._]+) \S+ (?:-|")/;
const numbers = / (\d{3}|-) \S+ \S+ \S+ \S+ \S+ "/y;

/** Amazon S3’s server access logs. What asked for no object (lists, locations, lifecycle) is no request of a visitor. */
export const s3Log: LogFormat = {
  of: 'Amazon S3 server access logs',
  lines: () => (line) => {
    const [start, time = '', address, operation = ''] = head.exec(line) ?? [];
    if (start === undefined) return undefined;
    if (!/^(?:REST|WEBSITE)\.(?:GET|HEAD)\.OBJECT$/.test(operation)) return 'no request';
    const requestEnd = closingQuote(line, start.length);
    numbers.lastIndex = requestEnd + 1;
    const [, status] = (requestEnd === -1 ? null : numbers.exec(line)) ?? [];
    if (status === undefined) return undefined;
    const referrerStart = numbers.lastIndex;
    const referrerEnd = closingQuote(line, referrerStart);
    if (referrerEnd === -1 || !line.startsWith('" "', referrerEnd)) return undefined;
    const agentEnd = closingQuote(line, referrerEnd + 3);
    if (agentEnd === -1) return undefined;
    const [method, target] = requestOf(unescaped(line.slice(start.length, requestEnd)));
    // Behind the user agent: version, host id, signature, cipher, authentication, then the Host header.
    const host = line.slice(agentEnd + 2).split(' ')[5];
    return requestLine({
      address,
      host,
      at: clfInstant(time),
      method,
      target,
      status: status === '-' ? 0 : status,
      referrer: unescaped(line.slice(referrerStart, referrerEnd)),
      userAgent: unescaped(line.slice(referrerEnd + 3, agentEnd)),
    });
  },
};
