import { recent } from './recent.ts';

/** A function that keeps its last answers: at most twice `entries`, none for a text over `longest` characters, so that hostile input cannot fill the memory. `answer` must be pure. */
export const remember = <T>(
  answer: (text: string) => T,
  { entries, longest = 512 }: { readonly entries: number; readonly longest?: number },
): ((text: string) => T) => {
  const answers = recent<T>(entries);
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const found = answer(text);
    if (text.length <= longest) answers.set(text, found);
    return found;
  };
};
