import { closingQuote, requestOf, unescaped } from './clf.ts';
import { isoInstant, requestLine } from './fields.ts';
import type { LogFormat } from './log-line.ts';

const head =
  /^(?:(?:https?|h2|grpcs|wss?) )?(\d{4}-\d\d-\d\dT\S+Z) \S+ (\S+) \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ (\d{3}|-) (?:\d{3}|-) \d+ \d+ "/;

/** AWS’s application load balancers and the classic ones: one has the kind of the request before, the other not. */
export const elb: LogFormat = {
  of: 'AWS load balancers (ALB and classic ELB): no referrers',
  lines: () => (line) => {
    const [start, time = '', client, status] = head.exec(line) ?? [];
    if (start === undefined) return undefined;
    const requestEnd = closingQuote(line, start.length);
    if (requestEnd === -1 || !line.startsWith('" "', requestEnd)) return undefined;
    const agentEnd = closingQuote(line, requestEnd + 3);
    if (agentEnd === -1) return undefined;
    const [method, target] = requestOf(unescaped(line.slice(start.length, requestEnd)));
    return requestLine({
      address: client,
      at: isoInstant(time),
      method,
      target: target.replace(
        /^(https:\/\/[^/?#]*?):443(?=[/?#]|$)|^(http:\/\/[^/?#]*?):80(?=[/?#]|$)/i,
        '$1$2',
      ),
      status: status === '-' ? 0 : status,
      userAgent: unescaped(line.slice(requestEnd + 3, agentEnd)),
    });
  },
};
