import { addressesIn, type Client, clientIn, unprefixed } from './client.ts';

/** What a line says up to the size of the answer, and where the rest of it begins. */
export interface LineHead {
  readonly client: Client;
  readonly at: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** The line without what stood before it. */
  readonly line: string;
  readonly end: number;
}

/** `address ident user [time] "request" status bytes`, with whatever containers, syslog or a virtual host put before; undefined where it is not. */
export const headOf = (whole: string): LineHead | undefined => {
  const line = unprefixed(whole);
  const timeEnd = line.indexOf('] "');
  const timeStart = line.lastIndexOf(' [', timeEnd);
  if (timeEnd === -1 || timeStart === -1) return undefined;
  const client = clientIn(line.slice(0, timeStart));
  const at = clfInstant(line.slice(timeStart + 2, timeEnd));
  const requestEnd = closingQuote(line, timeEnd + 3);
  if (client === undefined || at === undefined || requestEnd === -1) return undefined;
  numbers.lastIndex = requestEnd + 1;
  const found = numbers.exec(line);
  if (found === null) return undefined;
  const [method, target] = requestOf(unescaped(line.slice(timeEnd + 3, requestEnd)));
  return { client, at, method, target, status: Number(found[1]), line, end: numbers.lastIndex };
};

const numbers = / ([1-9]\d\d) (?:\d+|-)(?= |$)/y;

/** The two quoted texts after the numbers, referrer and user agent, and the addresses of an X-Forwarded-For that stands last in quotes; undefined where the texts are not whole. */
export const tailOf = (
  line: string,
  from: number,
):
  | { readonly referrer: string; readonly userAgent: string; readonly forwarded: readonly string[] }
  | undefined => {
  if (!line.startsWith(' "', from)) return undefined;
  const referrerEnd = closingQuote(line, from + 2);
  if (referrerEnd === -1 || !line.startsWith('" "', referrerEnd)) return undefined;
  const agentEnd = closingQuote(line, referrerEnd + 3);
  if (agentEnd === -1 || (agentEnd + 1 < line.length && line.charAt(agentEnd + 1) !== ' ')) return undefined;
  return {
    referrer: unescaped(line.slice(from + 2, referrerEnd)),
    userAgent: unescaped(line.slice(referrerEnd + 3, agentEnd)),
    forwarded: agentEnd + 1 < line.length ? forwardedIn(line.slice(agentEnd + 1)) : [],
  };
};

/** The addresses of the last quoted text that is a list of them. */
function forwardedIn(rest: string): readonly string[] {
  for (const [, list = ''] of [...rest.matchAll(/"([^"]*)"/g)].reverse()) {
    const addresses = addressesIn(list);
    if (addresses.length > 0) return addresses;
  }
  return [];
}

/** Where the quoted text that begins at `from` ends; -1 if it does not. A quote after an odd number of backslashes is part of the text. */
export function closingQuote(line: string, from: number): number {
  for (let quote = line.indexOf('"', from); quote !== -1; quote = line.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (quote - slashes > from && line.charAt(quote - slashes - 1) === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}

/** `GET /a HTTP/1.1` as [GET, /a]. A target may hold spaces: the protocol is what stands last. */
export function requestOf(text: string): readonly [string, string] {
  const [, method, target] = /^([A-Za-z_-]{1,32}) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/s.exec(text) ?? [];
  return method === undefined || target === undefined || method === '-' ? ['-', ''] : [method, target];
}

const letters: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v', f: '\f' };

/** Undoes the server’s escapes: `\"`, `\\`, `\t` …, and runs of `\xhh`, which are bytes: UTF-8 where they are, else one character each. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /((?:\\x[0-9A-Fa-f]{2})+)|\\(.)/gs,
    (_, bytes: string | undefined, sign: string | undefined) =>
      bytes === undefined
        ? (letters[sign ?? ''] ?? sign ?? '')
        : fromBytes(Buffer.from(bytes.replaceAll('\\x', ''), 'hex')),
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fromBytes(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

const months: Readonly<Record<string, number>> = {
  Jan: 0,
  Feb: 1,
  Mar: 2,
  Apr: 3,
  May: 4,
  Jun: 5,
  Jul: 6,
  Aug: 7,
  Sep: 8,
  Oct: 9,
  Nov: 10,
  Dec: 11,
};
const shape =
  /^(\d\d)\/([A-Z][a-z]{2})\/([1-9]\d{3}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])(0\d|1[0-4])([0-5]\d)$/;

/** `17/May/2015:10:05:03 +0200` as milliseconds since 1970; undefined where no such instant is. */
export function clfInstant(text: string): number | undefined {
  const [, day, monthName, year, hour, minute, second, sign, zoneHours, zoneMinutes] = shape.exec(text) ?? [];
  const month = months[monthName ?? ''];
  if (month === undefined) return undefined;
  const midnight = Date.UTC(Number(year), month, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return undefined;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - zone;
}
