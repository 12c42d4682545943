/** Lines of a made-up web log, and what they hold. */
export interface WebLog {
  /** The next so many lines of the combined format, each with its end: four a second from 1 January 2025, no two alike. */
  next(count: number): string;
  readonly lines: number;
  readonly bytes: number;
  /** Lines by what an import makes of them: an event’s name, or the reason to leave them out. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Different visitors among those of kept lines. */
  readonly visitors: number;
  /** UTC days they lie on. */
  readonly days: number;
}

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
] as const;
const referrers = [
  '-',
  'https://www.google.com/',
  'https://news.ycombinator.com/item?id=40000001',
  'https://www.example.com/blog/',
] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const begin = Date.UTC(2025, 0, 1);
const people = 500_000;

/** Per thousand lines: what becomes of them, and how they ask. */
const mix = [
  [350, '$pageview', 'GET', '/articles/', 200],
  [370, 'file_download', 'GET', '/files/report.pdf', 200],
  [400, 'request_failed', 'GET', '/missing/', 404],
  [960, 'asset', 'GET', '/static/app.js', 200],
  [975, 'redirect', 'GET', '/old/', 301],
  [985, 'method', 'POST', '/form/', 200],
  [999, 'partial', 'GET', '/files/report.pdf', 206],
  [1_000, 'unparseable', 'GET', '/cut-short', 200],
] as const;

/** A log that is made from the numbers of its lines alone, so that any amount of it needs no disk. */
export const webLog = (): WebLog => {
  const kinds = new Map<string, number>();
  const seen = new Uint8Array(people);
  let [lines, bytes, visitors] = [0, 0, 0];
  const line = (): string => {
    const chance = mixed(lines + 1);
    const who = mixed(chance ^ 0x5bd1e995) % people;
    const [, kind, method, path, status] = mix.find(([below]) => chance % 1_000 < below) ?? mix[0];
    const head = `11.${who >>> 16}.${(who >>> 8) & 255}.${who & 255} - - [${stamp(begin + Math.floor(lines / 4) * 1_000)}] "${method} ${path}`;
    const target = `?utm_source=letter&utm_campaign=c${chance % 97}&session=${chance.toString(36)}&n=${lines}`;
    lines++;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kind === 'unparseable') return `${head}\n`;
    if (status !== 301 && kind !== 'asset' && kind !== 'method' && kind !== 'partial' && seen[who] === 0) {
      seen[who] = 1;
      visitors++;
    }
    return `${head}${target} HTTP/1.1" ${status} ${chance % 90_000} "${referrers[chance % referrers.length]}" "${agents[who % agents.length]}"\n`;
  };
  return {
    next: (count) => {
      const text = Array.from({ length: count }, line).join('');
      bytes += text.length;
      return text;
    },
    get lines() {
      return lines;
    },
    get bytes() {
      return bytes;
    },
    kinds,
    get visitors() {
      return visitors;
    },
    get days() {
      return Math.ceil(lines / 4 / 86_400);
    },
  };
};

const two = (value: number): string => String(value).padStart(2, '0');

const stamp = (ms: number): string => {
  const at = new Date(ms);
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${time} +0000`;
};

/** 32 bits that look like chance and are not. */
const mixed = (value: number): number => {
  let bits = value;
  for (let round = 0; round < 2; round++) bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
};
