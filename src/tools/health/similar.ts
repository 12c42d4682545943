/** Shorter names differ by a letter as a rule. */
const shortest = 5;

/** Pairs of names, as `a ~ b`, that differ by case, blanks, `_` and `-` alone, or by one letter in a long name. */
export function nearlySame(names: readonly string[]): readonly string[] {
  const plain = names.map((name) => ({ name, bare: name.toLowerCase().replace(/[\s_-]/g, '') }));
  const holes = new Map<string, { readonly name: string; readonly bare: string }[]>();
  const pairs = new Set<string>();
  for (const one of plain) {
    for (const hole of holesOf(one.bare)) {
      const others = holes.get(hole) ?? [];
      for (const other of others)
        if (other.name !== one.name && within(other.bare, one.bare)) pairs.add(`${other.name} ~ ${one.name}`);
      holes.set(hole, [...others, one]);
    }
  }
  return [...pairs].toSorted();
}

/** The name and, where it is long, the name without each of its letters: who is one edit away shares one of these. */
const holesOf = (bare: string): readonly string[] =>
  bare.length < shortest
    ? [bare]
    : [...new Set([bare, ...Array.from(bare, (_, i) => bare.slice(0, i) + bare.slice(i + 1))])];

/** The same, or one letter more, less or other; a digit tells names apart on purpose. */
function within(a: string, b: string): boolean {
  if (a === b) return true;
  let from = 0;
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  const changed = a.slice(from, endA) + b.slice(from, endB);
  return endA - from <= 1 && endB - from <= 1 && !/\d/.test(changed);
}
