/** Up to `most` of `names` that look like `word`, nearest first: by edit distance without case and punctuation, or one inside the other. */
export function nearest(word: string, names: readonly string[], most = 3): readonly string[] {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const wanted = plain(word).slice(0, 64);
  return names
    .map((name) => ({
      name,
      far: wanted !== '' && plain(name).includes(wanted) ? 1 : distance(wanted, plain(name).slice(0, 64)),
    }))
    .filter(({ name, far }) => {
      const length = Math.max(wanted.length, plain(name).length);
      return far <= Math.max(length > 4 ? 2 : 1, Math.floor(length / 3));
    })
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Edits (insert, drop, replace, swap neighbours) from one text to the other: the optimal string alignment distance. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? Number.POSITIVE_INFINITY) + 1
          : Number.POSITIVE_INFINITY;
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
