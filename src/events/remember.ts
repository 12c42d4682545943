/** A function that keeps its last answers: at most twice `entries`, none for a text over `longest` characters, so that hostile input cannot fill the memory. `answer` must be pure. */
export const remember = <T>(
  answer: (text: string) => T,
  { entries, longest = 512 }: { readonly entries: number; readonly longest?: number },
): ((text: string) => T) => {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const keep = (text: string, found: T): T => {
    // Two generations instead of a list in order of use: an answer in use moves to the young one, the old one is dropped whole.
    if (young.size >= entries) {
      old = young;
      young = new Map();
    }
    young.set(text, found);
    return found;
  };
  return (text) => {
    const recent = young.get(text);
    if (recent !== undefined) return recent;
    const earlier = old.get(text);
    if (earlier !== undefined) return keep(text, earlier);
    const found = answer(text);
    return text.length > longest ? found : keep(text, found);
  };
};
