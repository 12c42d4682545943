import type { Log } from '../ports.ts';

/** A log of one JSON object a line. Lines of one turn of the event loop are written together; `flush` writes what waits. */
export const openLocalLog = (
  write: (text: string) => void,
  clock: () => number,
): Log & { readonly flush: () => void } => {
  let waiting: string[] = [];
  const flush = () => {
    const text = waiting.join('');
    waiting = [];
    if (text !== '') write(text);
  };
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(`${JSON.stringify({ time: new Date(clock()).toISOString(), level, message, ...fields })}\n`);
  };
  return { info: line('info'), warn: line('warn'), error: line('error'), flush };
};
