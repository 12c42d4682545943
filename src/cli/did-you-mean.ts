import { nearest } from '../tools/nearest.ts';

/** ` Did you mean …?` with the known word nearest to a mistyped one; empty where none is near. */
export const didYouMean = (typed: string, words: readonly string[], prefix = ''): string => {
  const [near] = nearest(typed, words, 1);
  return near === undefined ? '' : ` Did you mean \`${prefix}${near}\`?`;
};
