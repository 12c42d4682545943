import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { remember } from '../events/remember.ts';
import { isPrivate } from './formats/client.ts';
import type { LogLine, Said } from './formats/log-line.ts';
import { shortened } from './printable.ts';
import {
  cutToLength,
  type LineReading,
  lengths,
  lineNames,
  type ReaderSettings,
  type VisitorChoice,
} from './reading.ts';
import { isEvent, outcomeOf } from './rules.ts';

const visitorsKept = 20_000;

/** Reads the lines of one log as the events they are. `name`: of the format, for the reason why a line is none. */
export const logReader = (
  name: string,
  said: (line: string) => Said,
  { site, shiftMs, visitorKey, visitor }: ReaderSettings,
): ((line: string) => LineReading) => {
  const nameLine = lineNames();
  const visitorOf = remember(
    (who) => createHmac('sha256', visitorKey).update(who).digest('hex').slice(0, 32),
    { entries: visitorsKept },
  );
  return (line) => {
    const read = said(line);
    if (read === undefined) return { skip: 'unparseable', why: `not a whole line of the ${name} format` };
    if (read === 'no request') return { skip: 'no request', why: '', what: line };
    const { gives, extension } = outcomeOf(read);
    if (!isEvent(gives)) return skipped(gives, read, extension);
    const address = clientOf(read, visitor);
    const { id, equal } = nameLine(line);
    const body: Record<string, unknown> = {
      event: gives,
      event_id: id,
      timestamp: new Date(read.at + shiftMs).toISOString(),
      anonymous_id: visitorOf(`${address} ${read.userAgent ?? ''}`),
      ...place(read, site),
      ...(read.referrer === '-' || read.referrer === '' ? {} : { referrer: read.referrer }),
      ...(isIP(address) === 0 || address.includes('%') ? {} : { ip: address }),
      // Left out, nothing is known of the visitor; empty, it would be a bot that hides.
      ...(read.userAgent === undefined ? {} : { user_agent: read.userAgent }),
      ...(gives === 'file_download' ? { properties: { extension } } : {}),
      ...(gives === 'request_failed' ? { properties: { status: read.status, method: read.method } } : {}),
    };
    const cut = cutToLength(body);
    return { event: gives, json: JSON.stringify(body), shortened: cut, equal };
  };
};

function skipped(
  reason: string,
  { method, target, status }: LogLine,
  extension: string | undefined,
): LineReading {
  if (reason === 'asset') return { skip: reason, why: '', what: target, ...(extension && { extension }) };
  return { skip: reason, why: '', what: `${method} ${target} ${status}` };
}

/** The visitor’s address. The last forwarded one is the last that is not of a network of one’s own: a second proxy of ours is no visitor either. */
export const clientOf = ({ address, forwarded }: LogLine, visitor: VisitorChoice): string => {
  if (visitor === 'address' || forwarded.length === 0) return address;
  return (
    (visitor === 'first-forwarded' ? forwarded[0] : forwarded.findLast((one) => !isPrivate(one))) ??
    forwarded.at(-1) ??
    address
  );
};

/** Where on the site: a target that is a whole address (sent to a proxy) names its own site, else the line’s host does, else `--site`; one that is neither (`*`, `host:443`) names no page. */
function place({ target, host, scheme }: LogLine, site: string | undefined): { url?: string; path?: string } {
  if (/^https?:\/\//i.test(target))
    return URL.canParse(shortened(target, lengths.url)) ? { url: target } : {};
  if (!target.startsWith('/')) return {};
  const origin =
    host === undefined ? site : `${scheme ?? (site?.startsWith('http:') ? 'http' : 'https')}://${host}`;
  return origin === undefined ? { path: target.replace(/[?#].*$/s, '') } : { url: origin + target };
}
