import { createHmac, hash } from 'node:crypto';
import { isIP } from 'node:net';
import * as z from 'zod';
import { recent } from '../events/recent.ts';
import { remember } from '../events/remember.ts';
import { parseCombined } from './combined.ts';
import { parsedJson } from './parsed-json.ts';
import { shortened } from './printable.ts';
import { isEvent, outcomeOf } from './rules.ts';

/** What one line comes to: a track body as JSON text, or the reason why it is none. */
export type Reading =
  | { readonly event: string; readonly json: string; readonly shortened: number; readonly equal: boolean }
  | { readonly skip: string; readonly why: string };

/** What a reader needs to know beside the lines. */
export interface Settings {
  /** Origin of the site the log is of; undefined: events carry a path and no url. */
  readonly site: string | undefined;
  /** Added to every timestamp. */
  readonly shiftMs: number;
  /** Visitors’ ids are made with it. */
  readonly visitorKey: Uint8Array;
}

/** A format we read. A reader is made anew for each file, because lines are told apart within their file. */
export interface Format {
  readonly reader: (settings: Settings) => (line: string) => Reading;
  /** When the line says it happened; undefined where it does not. */
  readonly at: (line: string) => number | undefined;
}

/** The contract’s lengths of what may be cut without changing who did what. */
const lengths = { url: 2048, path: 2048, referrer: 2048, user_agent: 1024 } as const;

/** How many different lines may lie between two equal ones that are still told apart. */
const equalWithin = 100_000;
const visitorsKept = 20_000;

const combined: Format = {
  at: (line) => parseCombined(line)?.at,
  reader: ({ site, shiftMs, visitorKey }) => {
    const nameLine = lineNames();
    const visitorOf = remember(
      (who) => createHmac('sha256', visitorKey).update(who).digest('hex').slice(0, 32),
      { entries: visitorsKept },
    );
    return (line) => {
      const said = parseCombined(line);
      if (said === undefined) return { skip: 'unparseable', why: 'not a whole line of the combined format' };
      const { gives, extension } = outcomeOf(said);
      if (!isEvent(gives)) return { skip: gives, why: '' };
      const { id, equal } = nameLine(line);
      const body: Record<string, unknown> = {
        event: gives,
        event_id: id,
        timestamp: new Date(said.at + shiftMs).toISOString(),
        anonymous_id: visitorOf(`${said.address} ${said.userAgent}`),
        ...place(said.target, site),
        ...(said.referrer === '-' || said.referrer === '' ? {} : { referrer: said.referrer }),
        ...(isIP(said.address) === 0 || said.address.includes('%') ? {} : { ip: said.address }),
        user_agent: said.userAgent,
        ...(gives === 'file_download' ? { properties: { extension } } : {}),
        ...(gives === 'request_failed' ? { properties: { status: said.status, method: said.method } } : {}),
      };
      const cut = cutToLength(body);
      return { event: gives, json: JSON.stringify(body), shortened: cut, equal };
    };
  },
};

const trackLine = z.looseObject({ event: z.string() });

const ndjson: Format = {
  at: (line) => {
    const at = Date.parse(
      z.object({ timestamp: z.string() }).safeParse(parsedJson(line)).data?.timestamp ?? '',
    );
    return Number.isNaN(at) ? undefined : at;
  },
  reader: ({ shiftMs }) => {
    const nameLine = lineNames();
    return (line) => {
      const read = trackLine.safeParse(parsedJson(line));
      if (!read.success) return { skip: 'unparseable', why: 'not a JSON object with an `event`' };
      const body: Record<string, unknown> = { ...read.data };
      const named = body.event_id === undefined ? nameLine(line) : undefined;
      if (named !== undefined) body.event_id = named.id;
      const at = typeof body.timestamp === 'string' ? Date.parse(body.timestamp) : Number.NaN;
      if (shiftMs !== 0 && !Number.isNaN(at)) body.timestamp = new Date(at + shiftMs).toISOString();
      const cut = cutToLength(body);
      const json = written(body);
      if (json === undefined) return { skip: 'unparseable', why: 'nested too deep' };
      return { event: read.data.event, json, shortened: cut, equal: named?.equal ?? false };
    };
  },
};

/** JSON text; undefined where a value is nested deeper than the language’s own writer can follow. */
function written(body: Record<string, unknown>): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}

/** The formats by name. */
export const formats = { combined, ndjson } as const satisfies Record<string, Format>;
export type FormatName = keyof typeof formats;

/** The format a file’s first line is in. */
export const formatOf = (firstLine: string): FormatName =>
  firstLine.trimStart().startsWith('{') ? 'ndjson' : 'combined';

/** Names each line by its content, equal ones by their number too: the same file gives the same names again, so sending it twice adds nothing. */
function lineNames(): (line: string) => { readonly id: string; readonly equal: boolean } {
  const seen = recent<number>(equalWithin);
  return (line) => {
    const content = hash('sha256', line, 'base64url').slice(0, 32);
    const occurrence = (seen.get(content) ?? 0) + 1;
    seen.set(content, occurrence);
    return { id: `line_${content}_${occurrence}`, equal: occurrence > 1 };
  };
}

/** Where on the site: a target that is a whole address (sent to a proxy) names its own site; one that is neither (`*`, `host:443`) names no page. */
function place(target: string, site: string | undefined): { url?: string; path?: string } {
  if (/^https?:\/\//i.test(target))
    return URL.canParse(shortened(target, lengths.url)) ? { url: target } : {};
  if (!target.startsWith('/')) return {};
  return site === undefined ? { path: target.replace(/[?#].*$/s, '') } : { url: site + target };
}

function cutToLength(body: Record<string, unknown>): number {
  let cut = 0;
  for (const [field, longest] of Object.entries(lengths)) {
    const value = body[field];
    if (typeof value !== 'string' || value.length <= longest) continue;
    body[field] = shortened(value, longest);
    cut++;
  }
  return cut;
}
