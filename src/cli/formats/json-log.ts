import { parsedJson } from '../parsed-json.ts';
import { clfInstant, requestOf } from './clf.ts';
import { isoInstant, requestLine } from './fields.ts';
import type { LogFormat, Said } from './log-line.ts';

/** Text of a JSON line by the dotted path to it: `request.headers.User-Agent`; of a list the first element. */
export type Look = (path: string) => string | undefined;

/** A line that is a JSON object, to be looked into; undefined where it is none. */
export const looking = (line: string): Look | undefined => {
  const whole = line.startsWith('{') ? parsedJson(line) : undefined;
  return whole === undefined ? undefined : (path) => textAt(whole, path);
};

function textAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  const first = Array.isArray(found) ? found[0] : found;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' ? first : undefined;
}

/** A name may hold dots itself: the whole of it is looked for first. */
function valueAt(value: unknown, path: string): unknown {
  if (!isRecord(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  const dot = path.indexOf('.');
  if (dot === -1) return undefined;
  const step = path.slice(0, dot);
  return Object.hasOwn(value, step) ? valueAt(value[step], path.slice(dot + 1)) : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `--fields` maps, and the names under which such logs mostly have it. */
export const usualNames: Readonly<Record<string, readonly string[]>> = {
  time: ['time_iso8601', 'time_local', 'msec', '@timestamp', 'timestamp', 'ts', 'time'],
  ip: ['remote_addr', 'realip_remote_addr', 'remote_ip', 'client_ip', 'clientip', 'ip', 'client', 'remote'],
  forwarded: ['http_x_forwarded_for', 'x_forwarded_for', 'xff', 'forwarded_for'],
  host: ['http_host', 'host', 'server_name', 'vhost'],
  scheme: ['scheme'],
  request: ['request'],
  method: ['request_method', 'method', 'verb'],
  path: ['request_uri', 'uri', 'path', 'url'],
  query: ['args', 'query_string'],
  status: ['status', 'status_code', 'response'],
  referrer: ['http_referer', 'http_referrer', 'referer', 'referrer'],
  user_agent: ['http_user_agent', 'user_agent', 'useragent', 'agent'],
};

/** nginx’s `escape=json` formats and others that write a JSON object a line. */
export const jsonLog: LogFormat = {
  of: 'nginx and other JSON logs, one object a line; `--fields time=ts,ip=client` where their names are their own',
  lines: (own) => {
    const names = new Map(
      Object.entries(usualNames).map(([what, usual]) => [
        what,
        own[what] === undefined ? usual : [own[what]],
      ]),
    );
    return (line) => {
      const look = looking(line);
      if (look === undefined) return undefined;
      const said = (what: string): string | undefined => {
        const texts = (names.get(what) ?? []).map(look);
        const found = texts.find((text) => text !== undefined && text !== '-' && text !== '');
        // Who says no user agent hides it; a log without that field says nothing about it.
        return found ?? (what === 'user_agent' && texts.some((text) => text !== undefined) ? '-' : undefined);
      };
      return requestIn(said);
    };
  },
};

function requestIn(said: Look): Said {
  const request = said('request');
  const [method, target] = request === undefined ? [said('method'), said('path')] : requestOf(request);
  const query = said('query');
  if (target === undefined && method === undefined) return undefined;
  return requestLine({
    address: said('ip'),
    forwarded: said('forwarded'),
    host: said('host'),
    scheme: said('scheme'),
    at: timeOf(said('time') ?? ''),
    method: method ?? 'GET',
    target: query !== undefined && target?.includes('?') === false ? `${target}?${query}` : target,
    status: said('status'),
    referrer: said('referrer'),
    userAgent: said('user_agent'),
  });
}

/** Seconds (as nginx’s “$msec” and Caddy’s `ts`), milliseconds, ISO 8601, or a common log’s time. */
export const timeOf = (text: string): number | undefined => {
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return Math.floor(Number(text) * 1000);
  if (/^\d{12,13}(?:\.\d+)?$/.test(text)) return Math.floor(Number(text));
  return isoInstant(text) ?? clfInstant(text);
};
