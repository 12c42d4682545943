/** One line of an Apache or nginx log in the `combined` format. Text is unescaped; `-` is kept where it stands for “nothing”. */
export interface LogLine {
  /** The client: an address, or a name where the server looks names up. */
  readonly address: string;
  /** Milliseconds since 1970, whatever the line’s zone. */
  readonly at: number;
  /** `-` with an empty target where the request was no HTTP request (a port scan, a client that said nothing). */
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly referrer: string;
  readonly userAgent: string;
}

/** A line as what it says, or undefined where it is none of this format: `address ident user [time] "request" status bytes "referrer" "user agent"`, more after that is ignored. */
export const parseCombined = (line: string): LogLine | undefined => {
  const address = line.slice(0, Math.max(0, line.indexOf(' ')));
  const timeStart = line.indexOf(' [', address.length);
  const timeEnd = line.indexOf('] "', timeStart);
  if (address === '' || timeStart === -1 || timeEnd === -1) return undefined;
  const at = instant(line.slice(timeStart + 2, timeEnd));
  const requestEnd = closingQuote(line, timeEnd + 3);
  if (at === undefined || requestEnd === -1) return undefined;
  const numbersEnd = line.indexOf(' "', requestEnd + 1);
  const numbers = /^ ([1-9]\d\d) (?:\d+|-)$/.exec(line.slice(requestEnd + 1, Math.max(0, numbersEnd)));
  if (numbersEnd === -1 || numbers === null) return undefined;
  const referrerEnd = closingQuote(line, numbersEnd + 2);
  if (referrerEnd === -1 || line.charAt(referrerEnd + 1) !== ' ' || line.charAt(referrerEnd + 2) !== '"')
    return undefined;
  const agentEnd = closingQuote(line, referrerEnd + 3);
  if (agentEnd === -1 || (agentEnd + 1 < line.length && line.charAt(agentEnd + 1) !== ' ')) return undefined;
  const [method, target] = request(unescaped(line.slice(timeEnd + 3, requestEnd)));
  return {
    address,
    at,
    method,
    target,
    status: Number(numbers[1]),
    referrer: unescaped(line.slice(numbersEnd + 2, referrerEnd)),
    userAgent: unescaped(line.slice(referrerEnd + 3, agentEnd)),
  };
};

/** Where the quoted text that begins at `from` ends; -1 if it does not. A quote after an odd number of backslashes is part of the text. */
function closingQuote(line: string, from: number): number {
  for (let quote = line.indexOf('"', from); quote !== -1; quote = line.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (quote - slashes > from && line.charAt(quote - slashes - 1) === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}

/** `GET /a HTTP/1.1` as [GET, /a]. A target may hold spaces: the protocol is what stands last. */
function request(text: string): readonly [string, string] {
  const [, method, target] = /^([A-Za-z_-]{1,32}) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/s.exec(text) ?? [];
  return method === undefined || target === undefined || method === '-' ? ['-', ''] : [method, target];
}

const letters: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v', f: '\f' };

/** Undoes the server’s escapes: `\"`, `\\`, `\t` …, and runs of `\xhh`, which are bytes: UTF-8 where they are, else one character each. */
function unescaped(text: string): string {
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
function instant(text: string): number | undefined {
  const [, day, monthName, year, hour, minute, second, sign, zoneHours, zoneMinutes] = shape.exec(text) ?? [];
  const month = months[monthName ?? ''];
  if (month === undefined) return undefined;
  const midnight = Date.UTC(Number(year), month, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return undefined;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - zone;
}
