/** One at a time, in the order asked: each work starts when the one before has ended, well or badly. */
export type Turn = <T>(work: () => T | Promise<T>) => Promise<T>;

/** Work that waits for the work before it. */
export const turns = (): Turn => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
};

/** Who still reads. What is no longer wanted goes when the last question that could have seen it has ended. */
export interface Leases {
  /** Called by a question; the answer ends the lease, once. */
  take(): () => void;
  /** Runs `action` when every lease taken before now has ended. */
  afterwards(action: () => void): void;
}

/** Readers that must end before what they read may go. */
export const leases = (): Leases => {
  let next = 0;
  const held = new Set<number>();
  let waiting: { readonly before: number; readonly action: () => void }[] = [];
  const settle = () => {
    const oldest = held.size === 0 ? Number.POSITIVE_INFINITY : Math.min(...held);
    const due = waiting.filter(({ before }) => before <= oldest);
    waiting = waiting.filter(({ before }) => before > oldest);
    for (const { action } of due) action();
  };
  return {
    take: () => {
      const mine = next++;
      held.add(mine);
      return () => {
        if (held.delete(mine)) settle();
      };
    },
    afterwards: (action) => {
      waiting.push({ before: next, action });
      settle();
    },
  };
};
