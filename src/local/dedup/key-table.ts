/** Words per key: a key is 128 bits of a hash, in four unsigned words at `words[at] … words[at + 3]`. */
export const keyWords = 4;

/** A set of keys in memory. */
export interface KeyTable {
  readonly size: number;
  has(words: Uint32Array, at: number): boolean;
  /** False when it was there already. */
  add(words: Uint32Array, at: number): boolean;
  /** All keys, ascending. */
  sorted(): Uint32Array;
}

/** An open-addressing table that places keys by their leading bits, so that walking it yields them nearly sorted. An all-zero slot is free (no hash is zero). */
export const keyTable = (expected: number): KeyTable => {
  let bits = Math.max(8, Math.ceil(Math.log2(expected * 2)));
  let slots = new Uint32Array(keyWords << bits);
  let size = 0;

  /** The slot that holds the key, or the free one where it belongs. */
  const find = (words: Uint32Array, at: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    const mask = slots.length - 1;
    let slot = (a >>> (32 - bits)) * keyWords;
    for (;;) {
      const word = slots[slot];
      if (word === a && slots[slot + 1] === b && slots[slot + 2] === c && slots[slot + 3] === d) return slot;
      if (word === 0 && slots[slot + 1] === 0 && slots[slot + 2] === 0 && slots[slot + 3] === 0) return slot;
      slot = (slot + keyWords) & mask;
    }
  };
  const isFree = (slot: number) =>
    slots[slot] === 0 && slots[slot + 1] === 0 && slots[slot + 2] === 0 && slots[slot + 3] === 0;
  const put = (words: Uint32Array, at: number): boolean => {
    const slot = find(words, at);
    if (!isFree(slot)) return false;
    for (let i = 0; i < keyWords; i++) slots[slot + i] = words[at + i] ?? 0;
    size++;
    return true;
  };
  const grow = () => {
    const old = slots;
    bits++;
    slots = new Uint32Array(keyWords << bits);
    size = 0;
    for (let at = 0; at < old.length; at += keyWords)
      if ((old[at] ?? 0) | (old[at + 1] ?? 0) | (old[at + 2] ?? 0) | (old[at + 3] ?? 0)) put(old, at);
  };

  return {
    get size() {
      return size;
    },
    has: (words, at) => !isFree(find(words, at)),
    add: (words, at) => {
      if (size * 2 * keyWords >= slots.length) grow();
      return put(words, at);
    },
    sorted: () => {
      const out = new Uint32Array(size * keyWords);
      let end = 0;
      // Keys that probed past the last slot stand at the start: they come last.
      for (const wrapped of [false, true])
        for (let slot = 0; slot < slots.length; slot += keyWords)
          if (!isFree(slot) && ((slots[slot] ?? 0) >>> (32 - bits)) * keyWords > slot === wrapped)
            end = insert(out, end, slots, slot);
      return out;
    },
  };
};

/** Puts one key in its place in the sorted keys before `end`, which is near their end. */
function insert(out: Uint32Array, end: number, words: Uint32Array, at: number): number {
  let place = end;
  while (place > 0 && compareKeys(out, place - keyWords, words, at) > 0) place -= keyWords;
  out.copyWithin(place + keyWords, place, end);
  out.set(words.subarray(at, at + keyWords), place);
  return end + keyWords;
}

/** Orders two keys by their words: negative, zero or positive. */
export const compareKeys = (left: Uint32Array, l: number, right: Uint32Array, r: number): number => {
  for (let i = 0; i < keyWords; i++) {
    const difference = (left[l + i] ?? 0) - (right[r + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
