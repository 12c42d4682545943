import { Problem } from '../../problems.ts';

/** Seats for questions. Those who wait are served round robin by group, so that a project that asks much delays only itself. */
export interface Queue<Seat> {
  /** Rejects with the signal's reason when it aborts first, with `rate_limited` when as many of the group wait as may. */
  take(group: string, signal: AbortSignal): Promise<Seat>;
  give(seat: Seat): void;
}

/** So many questions of one project may wait, each with its text; who asks more is told to come back. */
const longestLine = 64;
/** Most questions take less. */
const comeBackS = 2;

/**
 * Seats handed out in turn between groups, so that one with many questions does not hold up the others. No group takes the last seat while it has another: whoever comes next
 * finds a place at once.
 */
export const fairQueue = <Seat>(seats: readonly Seat[]): Queue<Seat> => {
  const free = [...seats];
  const taken = new Map<Seat, string>();
  /** Groups in the order of their turn; each with those who wait, first come first. */
  const waiting = new Map<string, ((seat: Seat) => void)[]>();

  const may = (group: string): boolean =>
    free.length > 1 || (free.length === 1 && ![...taken.values()].includes(group));

  const serve = () => {
    for (const [group, line] of waiting) {
      if (!may(group)) continue;
      const [first, seat] = [line.shift(), free.pop()];
      waiting.delete(group);
      if (line.length > 0) waiting.set(group, line);
      if (first === undefined || seat === undefined) return;
      taken.set(seat, group);
      first(seat);
      return serve();
    }
  };

  return {
    take: (group, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const line = waiting.get(group) ?? [];
        if (line.length >= longestLine) return reject(tooManyWait());
        waiting.set(group, line);
        const leave = () => {
          const place = line.indexOf(sit);
          if (place !== -1) line.splice(place, 1);
          if (line.length === 0 && waiting.get(group) === line) waiting.delete(group);
          reject(signal.reason);
        };
        const sit = (given: Seat) => {
          signal.removeEventListener('abort', leave);
          resolve(given);
        };
        line.push(sit);
        signal.addEventListener('abort', leave, { once: true });
        serve();
      }),
    give: (seat) => {
      taken.delete(seat);
      free.push(seat);
      serve();
    },
  };
};

const tooManyWait = (): Problem =>
  new Problem(
    'rate_limited',
    `${longestLine} questions of this project are waiting already, so this one was not taken. Ask it again in ${comeBackS} seconds, and fewer at once.`,
    { headers: { 'Retry-After': String(comeBackS) }, details: { retry_after_s: comeBackS } },
  );
