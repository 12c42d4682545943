/** Longer words are compared by their beginning. */
const compared = 64;

/** Up to `most` of `names` that look like `word`, nearest first: by edit distance without case and punctuation, or one inside the other. */
export function nearest(word: string, names: readonly string[], most = 3): readonly string[] {
  const wanted = plain(word.slice(0, 4 * compared)).slice(0, compared);
  return names
    .flatMap((name) => {
      const whole = plain(name);
      const length = Math.max(wanted.length, whole.length);
      const allowed = Math.max(length > 4 ? 2 : 1, Math.floor(length / 3));
      const far =
        wanted !== '' && whole.includes(wanted) ? 1 : distance(wanted, whole.slice(0, compared), allowed);
      return far <= allowed ? [{ name, far }] : [];
    })
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Edits (insert, drop, replace, swap neighbours) from one text to the other: the optimal string alignment distance. Beyond `allowed` it is only said to be more, which the lengths
 * or the first few letters mostly show.
 */
function distance(a: string, b: string, allowed: number): number {
  if (Math.abs(a.length - b.length) > allowed) return Number.POSITIVE_INFINITY;
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  let least = 0;
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let lowest = i;
    for (let j = 1; j <= b.length; j++) {
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? Number.POSITIVE_INFINITY) + 1
          : Number.POSITIVE_INFINITY;
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edits = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped);
      next.push(edits);
      if (edits < lowest) lowest = edits;
    }
    // A swap reaches back two rows, so only two rows beyond what is allowed leave no way back.
    if (lowest > allowed && least > allowed) return Number.POSITIVE_INFINITY;
    least = lowest;
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
