import { Problem } from '../../problems.ts';

/** What a process can run out of, by the words of the system and of those who pass them on. */
const shortages = [
  {
    words: /\b(?:EMFILE|ENFILE)\b|too many open files/i,
    what: 'too many files and connections are open on this machine',
  },
  {
    words: /\bENOMEM\b|cannot allocate memory|\bbad allocation\b|std::bad_alloc/i,
    what: 'this machine has no memory left',
  },
] as const;

/** What there is too little of, as the middle of a sentence; undefined where something else went wrong. A file that could not be opened for this is not a damaged one. */
export const shortageOf = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  const text = `${'code' in thrown ? String(thrown.code) : ''} ${thrown.message}`;
  return shortages.find(({ words }) => words.test(text))?.what ?? shortageOf(thrown.cause);
};

/** Throws a question's failure where there was too little of something; returns where something else went wrong. */
export const throwShortage = (thrown: unknown): void => {
  const what = shortageOf(thrown);
  if (what !== undefined)
    throw new Problem(
      'upstream_failed',
      `The question could not be answered: ${what}. No data is lost; ask again in a few seconds.`,
      { cause: thrown },
    );
};
