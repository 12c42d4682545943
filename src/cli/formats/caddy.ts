import { requestLine } from './fields.ts';
import { looking, timeOf } from './json-log.ts';
import type { LogFormat } from './log-line.ts';

/** Caddy’s JSON: what is logged beside its access log is no request. */
export const caddy: LogFormat = {
  of: 'Caddy’s JSON access logs',
  lines: () => (line) => {
    const look = looking(line);
    if (look === undefined) return undefined;
    if (look('request.uri') === undefined)
      return look('logger') !== undefined && look('msg') !== undefined && look('level') !== undefined
        ? 'no request'
        : undefined;
    return requestLine({
      address: look('request.client_ip') ?? look('request.remote_ip') ?? look('request.remote_addr'),
      forwarded: look('request.headers.X-Forwarded-For'),
      host: look('request.host'),
      // Without `tls` a proxy before it may have spoken it.
      scheme: look('request.tls.version') === undefined ? undefined : 'https',
      at: timeOf(look('ts') ?? ''),
      method: look('request.method'),
      target: look('request.uri'),
      status: look('status'),
      referrer: look('request.headers.Referer'),
      userAgent: look('request.headers.User-Agent') ?? '-',
    });
  },
};
