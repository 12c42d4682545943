/**
 * Words that programs send as an id where they have none: what a language prints for nothing, what a template leaves, what a form prefills. Gathered from what Mixpanel, PostHog and
 * Segment refuse or warn of.
 */
const words = [
  'undefined',
  'null',
  'nil',
  'none',
  'NaN',
  'n/a',
  'na',
  'empty',
  'unknown',
  'not set',
  'not_authenticated',
  'anonymous',
  'anon',
  'guest',
  'user',
  'visitor',
  'email',
  'id',
  'user_id',
  'userId',
  'anonymous_id',
  'anonymousId',
  'distinct_id',
  'distinctId',
  'true',
  'false',
  '[object Object]',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '00000000000000000000000000000000',
];
const signs = ['0', '0.0', '-1', '-', '?', ' ', '[]', '{}', '""', '<nil>', '(none)', '(null)', '(not set)'];
/** As it is, and small, large, and with a large first letter. */
const cases = (word: string): readonly string[] => {
  const small = word.toLowerCase();
  return [word, small, word.toUpperCase(), `${small.charAt(0).toUpperCase()}${small.slice(1)}`];
};

/** Ids that stand for “none”, each spelling by itself: two people who share one are not the same person. Compared as they are, which costs a question nothing. */
export const placeholderIds: readonly string[] = [...new Set([...words.flatMap(cases), ...signs])];

const known = new Set(placeholderIds);

/** Does this id stand for “none”? Then it is kept as text, and joins nobody with anybody (contract §3, identify). */
export const isPlaceholder = (id: string): boolean => known.has(id);
