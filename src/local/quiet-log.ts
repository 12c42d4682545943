import type { Log } from '../ports.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How often what came is said, ms. */
const everyMs = 1_000;
/** The most routes that one line names. */
const named = 3;

/**
 * A log for a person at a terminal: one line a second in which requests came, with how many of which and how many were refused; everything else at once, a line of words each.
 * `flush` writes what waits.
 */
export const openQuietLog = (
  write: (text: string) => void,
  clock: () => number,
): Log & { readonly flush: () => void } => {
  let routes = new Map<string, number>();
  let refused = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const say = (text: string) => write(`${timeOf(clock())}  ${text}\n`);
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (routes.size === 0) return;
    say(`${listed(routes)}${refused.size === 0 ? '' : `; refused: ${listed(refused)}`}`);
    routes = new Map();
    refused = new Map();
  };
  const count = ({ method, route, status }: Fields) => {
    // The page at / asks every two seconds for as long as it is open.
    if (route === '/' && status === 200) return;
    one(routes, `${method} ${route ?? '(no route)'}`);
    if (Number(status) >= 400) one(refused, String(status));
    timer ??= setTimeout(flush, everyMs).unref();
  };
  const line =
    (level: string) =>
    (message: string, fields: Fields = {}) => {
      if (message === 'request') return count(fields);
      flush();
      say(`${level}${message}${words(fields)}`);
    };
  return { info: line(''), warn: line('warning: '), error: line('error: '), flush };
};

const one = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

/** The most frequent first. */
const listed = (counts: ReadonlyMap<string, number>): string => {
  const all = [...counts].toSorted(([, a], [, b]) => b - a);
  const rest = all.slice(named).reduce((sum, [, n]) => sum + n, 0);
  return [
    ...all.slice(0, named).map(([name, n]) => `${n} × ${name}`),
    ...(rest > 0 ? [`${rest} others`] : []),
  ].join(', ');
};

const words = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');

/** The time of day here, to the second. */
const timeOf = (ms: number): string => {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
};
