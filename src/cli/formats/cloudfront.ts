import { isoInstant, requestLine } from './fields.ts';
import type { LogFormat } from './log-line.ts';
import { directed, targetOf } from './w3c.ts';

/** CloudFront’s standard logs: tabs between, values percent-encoded. */
export const cloudfront: LogFormat = {
  of: 'CloudFront standard logs (tabs, `.gz` as they lie in the bucket)',
  lines: directed('\t', (row) =>
    requestLine({
      address: row('c-ip'),
      forwarded: decoded(row('x-forwarded-for')),
      host: row('x-host-header') ?? row('cs(host)'),
      scheme: row('cs-protocol'),
      at: isoInstant(`${row('date')}T${row('time')}Z`),
      method: row('cs-method'),
      target: targetOf(row('cs-uri-stem'), row('cs-uri-query')),
      status: row('sc-status'),
      referrer: decoded(row('cs(referer)')),
      userAgent: decoded(row('cs(user-agent)', '-')),
    }),
  ),
};

/** Without the percent signs CloudFront adds; old logs have them twice. */
function decoded(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes('%')) return text;
  try {
    return decodeURIComponent(text.replaceAll('%25', '%'));
  } catch {
    return text.replaceAll('%20', ' ');
  }
}
