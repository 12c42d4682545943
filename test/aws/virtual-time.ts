import { setImmediate } from 'node:timers/promises';

/** A clock that only moves when everybody waits: work of minutes is tried in moments, the same on any machine. */
export const virtualTime = () => {
  let now = 0;
  const due: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    clock: () => now,
    wait: (ms: number): Promise<void> =>
      new Promise((wake) => {
        due.push({ at: now + ms, wake });
      }),
    /** Does the work; time jumps to whoever wakes next whenever nothing else is left to do. */
    run: async <T>(work: Promise<T>): Promise<T> => {
      let done = false;
      const end = (): void => {
        done = true;
      };
      work.then(end, end);
      while (!done) {
        await setImmediate();
        const next = Math.min(...due.map(({ at }) => at));
        if (done || due.length === 0) continue;
        now = next;
        for (const { wake } of due.filter(({ at }) => at === now)) wake();
        for (let i = due.length - 1; i >= 0; i--) if (due[i]?.at === now) due.splice(i, 1);
      }
      return work;
    },
  };
};
