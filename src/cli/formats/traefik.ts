import { isoInstant, requestLine } from './fields.ts';
import { looking } from './json-log.ts';
import type { LogFormat } from './log-line.ts';

/** Traefik’s JSON. Referrer and user agent stand in it where its headers are kept (its setting “accesslog.fields.headers”). */
export const traefik: LogFormat = {
  of: 'Traefik’s JSON access logs (keep the headers `User-Agent` and `Referer` in its settings)',
  lines: () => (line) => {
    const look = looking(line);
    if (look?.('RequestPath') === undefined) return undefined;
    return requestLine({
      address: look('ClientHost') ?? look('ClientAddr'),
      forwarded: look('request_X-Forwarded-For'),
      host: look('RequestAddr') ?? look('RequestHost'),
      scheme: look('RequestScheme'),
      at: isoInstant(look('StartUTC') ?? look('time') ?? ''),
      method: look('RequestMethod'),
      target: look('RequestPath'),
      status: look('DownstreamStatus'),
      referrer: look('request_Referer'),
      userAgent: look('request_User-Agent'),
    });
  },
};
