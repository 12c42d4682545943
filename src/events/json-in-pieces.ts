import { exactJson } from './exact-json.ts';

/** Text of so many characters is read at once, in a millisecond or two. */
const pieceChars = 64 << 10;
/** Between two pauses the brackets of so many characters are looked at, in about a millisecond. */
const lookedAtOnce = 512 << 10;
/** A text with more large objects and lists than this, each in the other, is read at once. */
const mostLarge = 1000;

/**
 * What `read` gives for the same text (`exactJson` unless another is named), read in pieces with `breathe` awaited
 * between them, so that a body of megabytes holds up nobody. Rejects with SyntaxError as `read` throws it; such a
 * text is read at once.
 */
export const jsonInPieces = async (
  text: string,
  breathe: () => Promise<void>,
  {
    read = exactJson,
    piece = pieceChars,
  }: { readonly read?: (text: string) => unknown; readonly piece?: number } = {},
): Promise<unknown> => {
  if (text.length <= piece) return read(text);
  const ends = await largeOnes(text, breathe, piece);
  const start = skipBlanks(text, 0);
  const end = ends?.get(start);
  if (ends === undefined || end === undefined || skipBlanks(text, end) !== text.length) return read(text);
  try {
    return await large({ text, read, ends, breathe, piece }, start, end);
  } catch (thrown) {
    // The whole text is read once more for the language's own message, with the position in the whole.
    if (thrown instanceof SyntaxError) return read(text);
    throw thrown;
  }
};

interface Reading {
  readonly text: string;
  readonly read: (text: string) => unknown;
  /** Start → end of each object and list that is longer than a piece. */
  readonly ends: ReadonlyMap<number, number>;
  readonly breathe: () => Promise<void>;
  readonly piece: number;
}

const quote = 34;
const backslash = 92;
const comma = 44;
const openList = 91;
const closeList = 93;
const openObject = 123;
const closeObject = 125;

/** Objects and lists longer than a piece, as start → end; undefined: brackets that do not match, or too many. */
const largeOnes = async (
  text: string,
  breathe: () => Promise<void>,
  piece: number,
): Promise<ReadonlyMap<number, number> | undefined> => {
  const ends = new Map<number, number>();
  const open: number[] = [];
  let pause = lookedAtOnce;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfText(text, at) - 1;
    else if (char === openList || char === openObject) open.push(at);
    else if (char === closeList || char === closeObject) {
      const start = open.pop();
      // Both closing brackets stand two places after their opening ones in Unicode.
      if (start === undefined || text.charCodeAt(start) !== char - 2) return undefined;
      if (at + 1 - start > piece) ends.set(start, at + 1);
      if (ends.size > mostLarge) return undefined;
    }
    if (at >= pause) {
      pause = at + lookedAtOnce;
      await breathe();
    }
  }
  return open.length === 0 ? ends : undefined;
};

/** Where the text that opens at `start` ends, past its quotation mark; the end of all where it never does. */
const endOfText = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === backslash) at++;
    else if (char === quote) return at + 1;
  }
  return text.length;
};

const space = 32;
const tab = 9;
const newline = 10;
const carriageReturn = 13;

const skipBlanks = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char !== space && char !== newline && char !== carriageReturn && char !== tab) return at;
  }
  return text.length;
};

/** No more than what JSON allows between two values; `trim` would take other blanks, which JSON refuses, for it. */
const isBlank = (text: string): boolean => skipBlanks(text, 0) === text.length;

/** An object or list longer than a piece: its members that are short are read together, a long one by itself. */
const large = async (reading: Reading, start: number, end: number): Promise<unknown> => {
  const { text, read, ends, breathe, piece } = reading;
  const isList = text.charCodeAt(start) === openList;
  const list: unknown[] = [];
  const object = {};
  /** Takes the members in whole, e.g. `1,2` or `"a":1`. */
  const take = (members: string): void => {
    if (isBlank(members)) throw new SyntaxError('A member is missing.');
    const taken = read(isList ? `[${members}]` : `{${members}}`);
    if (Array.isArray(taken)) for (const value of taken) list.push(value);
    else for (const [key, value] of Object.entries(Object(taken))) put(object, key, value);
  };
  /** Where what is not taken yet begins, and where its last member does. */
  let from = start + 1;
  let member = from;
  /** A large member that stands between `from` and the next comma. */
  let inner: { readonly at: number; readonly end: number } | undefined;
  for (let at = start + 1, depth = 0; at < end; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfText(text, at) - 1;
    else if (char === openList || char === openObject) {
      const past = ends.get(at);
      if (past === undefined) depth++;
      else {
        // Short members before it are taken first; what names it in an object stays.
        if (member > from) take(text.slice(from, member - 1));
        from = member;
        inner = { at, end: past };
        at = past - 1;
      }
    } else if (char === closeList || char === closeObject) depth--;
    const isEnd = at === end - 1;
    if (char === comma && depth === 0) member = at + 1;
    if (isEnd || (char === comma && depth === 0 && (inner !== undefined || at - from > piece))) {
      if (inner === undefined) take(text.slice(from, at));
      else {
        const value = await large(reading, inner.at, inner.end);
        const before = text.slice(from, inner.at);
        const after = text.slice(inner.end, at);
        if (!isBlank(after) || (isList && !isBlank(before))) throw new SyntaxError('Two members in one.');
        if (isList) list.push(value);
        else for (const key of Object.keys(Object(read(`{${before}null}`)))) put(object, key, value);
        inner = undefined;
      }
      from = at + 1;
      member = from;
      await breathe();
    }
  }
  return isList ? list : object;
};

/** As JSON.parse does it: `__proto__` is a key like others, and a key that comes again keeps its place. */
const put = (object: object, key: string, value: unknown): void => {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
};
