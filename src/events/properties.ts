import { came } from './came.ts';
import { exactJson } from './exact-json.ts';

/** The most bytes (UTF-8) that `properties` or `traits` may have as JSON text (contract §3). */
export const propertiesBytes = 8192;
/** The most levels of lists and objects in one another; readers of JSON in the engines give up at 1,000. */
const propertiesLevels = 100;

/** What a caller’s `properties` (as `exactJson` reads them) are kept as: their JSON text, numbers as they were sent, NUL and lone surrogates replaced by U+FFFD; or what is wrong with them. */
export const propertiesText = (value: unknown): { readonly text: string } | { readonly wrong: string } => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || JSON.isRawJSON(value))
    return { wrong: `must be a JSON object; ${came(value)}` };
  if (deeper(value, propertiesLevels))
    return { wrong: `must not nest deeper than ${propertiesLevels} levels; flatten what is inside` };
  const text = JSON.stringify(value);
  // A character has at most three bytes per UTF-16 unit: most texts need not be counted.
  const bytes = text.length * 3 <= propertiesBytes ? 0 : Buffer.byteLength(text);
  if (bytes > propertiesBytes)
    return {
      wrong: `must be at most ${propertiesBytes} bytes as JSON; ${bytes} bytes came. Send ids instead of whole records`,
    };
  return { text: unstorable.test(text) ? cleaned(text) : text };
};

const deeper = (value: object, left: number): boolean => {
  if (left === 0) return true;
  for (const inside of Object.values(value))
    if (typeof inside === 'object' && inside !== null && !JSON.isRawJSON(inside) && deeper(inside, left - 1))
      return true;
  return false;
};

// JSON.stringify writes NUL and lone surrogates as escapes, and every backslash doubled; so escapes are read in pairs, from the left.
const unstorable = /\\u(?:0000|d[89a-f])/;
const escapes = /\\(?:u0000|ud[89a-f][\da-f]{2}|.)/g;

/** Read and written again because two keys may have become one. */
const cleaned = (text: string): string =>
  JSON.stringify(exactJson(text.replace(escapes, (pair) => (unstorable.test(pair) ? '\ufffd' : pair))));
