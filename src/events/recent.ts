/** A map that forgets: an entry is there for at least `keeps` later new ones, for at most twice as many. Memory stays flat however much passes through. */
export interface Recent<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Two generations: when the young one is full it becomes the old one, and what was old is forgotten; what is read again is young again. */
export const recent = <V>(keeps: number): Recent<V> => {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const set = (key: string, value: V): void => {
    if (young.size >= keeps && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
};
