import type { Phrase } from './phrase.ts';
import { aggregatesPhrases } from './phrases/aggregates.ts';
import { constructsPhrases } from './phrases/constructs.ts';
import { jsonPhrases } from './phrases/json.ts';
import { numbersPhrases } from './phrases/numbers.ts';
import { textPhrases } from './phrases/text.ts';
import { timePhrases } from './phrases/time.ts';
import { windowsPhrases } from './phrases/windows.ts';

/** Every function and construct our SQL may use, with what it means on every engine. */
export const phrasebook: readonly Phrase[] = [
  ...constructsPhrases,
  ...textPhrases,
  ...jsonPhrases,
  ...timePhrases,
  ...numbersPhrases,
  ...aggregatesPhrases,
  ...windowsPhrases,
];

/** The functions that questions may call. */
export const words: ReadonlySet<string> = new Set(
  phrasebook.map(({ word }) => word).filter((word) => /^[a-z_0-9]+$/.test(word)),
);

/** SQL words that stand before a parenthesis and call nothing. */
const grammar = new Set(
  'all and any as between by cast distinct else end except exists filter from group having in intersect is join lateral like not on or over partition select sets some then try_cast union unnest using values when where with'.split(
    ' ',
  ),
);
/** They take no parentheses, and their answer depends on when one asks. */
const clocks = /\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b/gi;

/** The functions a text calls that are not in the phrasebook, and the clocks it reads: an answer must follow from its arguments. Empty: all is well. */
export function unknownWords(sqlText: string): readonly string[] {
  const bare = sqlText
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll('"', '')
    .toLowerCase();
  const calls = [...bare.matchAll(/(\bas\s+)?\b([a-z_][a-z0-9_]*)\s*\(/g)]
    // `as timestamp(3)` and `as t(x)` are a type and a name.
    .filter(([, as]) => as === undefined)
    .map(([, , called]) => called ?? '');
  const unknown = calls.filter((called) => !words.has(called) && !grammar.has(called));
  return [...new Set([...unknown, ...[...bare.matchAll(clocks)].map(([clock]) => clock)])];
}
