/** Seats for questions. Those who wait are served round robin by group, so that a project that asks much delays only itself. */
export interface Queue<Seat> {
  /** Rejects with the signal's reason when it aborts first. */
  take(group: string, signal: AbortSignal): Promise<Seat>;
  give(seat: Seat): void;
}

/** Seats handed out in turn between projects, so that one with many questions does not hold up the others. */
export const fairQueue = <Seat>(seats: readonly Seat[]): Queue<Seat> => {
  const free = [...seats];
  /** Groups in the order of their turn; each with those who wait, first come first. */
  const waiting = new Map<string, ((seat: Seat) => void)[]>();

  const serve = (seat: Seat) => {
    const [next] = waiting;
    if (next === undefined) {
      free.push(seat);
      return;
    }
    const [group, line] = next;
    const first = line.shift();
    waiting.delete(group);
    if (line.length > 0) waiting.set(group, line);
    if (first === undefined) serve(seat);
    else first(seat);
  };

  return {
    take: (group, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const seat = free.pop();
        if (seat !== undefined) return resolve(seat);
        const line = waiting.get(group) ?? [];
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
      }),
    give: serve,
  };
};
