/** Characters that a reader cannot see, or that change how others are read: controls, formats, separators of lines, halves of a pair, whatever is drawn as nothing. */
const unseen = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`;

/** Where such a character belongs to the writing: a joiner between letters or pictures, the one selector behind what it selects. */
const inPlace = [
  String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})`,
  String.raw`(?<=\p{ExtPict}[\ufe0f\p{EMod}]?)\u200d(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict})[\ufe0e\ufe0f]`,
  String.raw`(?<=[#*0-9])\ufe0f(?=\u20e3)`,
  String.raw`(?<=\p{Script=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180f]`,
].join('|');

const odd = new RegExp(unseen, 'u');
const one = new RegExp(`^${unseen}$`, 'u');
const outOfPlace = new RegExp(`(?!${inPlace})${unseen}`, 'gu');
/** What `meant` reads, or might. */
const anEscape = /<U\+([0-9A-Fa-f]{4,6})>/g;
const told = new RegExp(`${outOfPlace.source}|<(?=U\\+[0-9A-Fa-f]{4,6}>)`, 'gu');

/** Is there nothing in it that `visible` must look at? Of most texts this one look is all they cost. */
export const isPlain = (text: string): boolean => !odd.test(text) && !text.includes('<U+');

/** The character that an escape’s digits stand for; undefined where it is one that is never escaped, so that the text stands for itself. */
const characterOf = (digits: string): string | undefined => {
  const code = Number.parseInt(digits, 16);
  const character = code > 0x10ffff ? '' : String.fromCodePoint(code);
  return character === '<' || one.test(character) ? character : undefined;
};

const escaped = (character: string): string =>
  `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;

/**
 * A text as it is shown to whoever asks: each character that cannot be seen as `<U+202E>`. A `<` that begins such an escape in the text itself is `<U+003C>`, so `meant` gives
 * back every text as it was. Applied once, where an answer leaves.
 */
export const visible = (text: string): string => {
  if (isPlain(text)) return text;
  return text.replace(told, (found, at: number) => {
    if (found !== '<') return escaped(found);
    const digits = text.slice(at + 3, text.indexOf('>', at));
    return characterOf(digits) === undefined ? found : escaped(found);
  });
};

/** The text that `visible` showed: names are asked for by what was shown. */
export const meant = (text: string): string =>
  text.includes('<U+')
    ? text.replace(anEscape, (found, digits: string) => characterOf(digits) ?? found)
    : text;

/** JSON text whose unseen characters are JSON’s own escapes: the same value, fit to be shown. */
export const visibleJson = (json: string): string =>
  !odd.test(json)
    ? json
    : json.replace(outOfPlace, (found) =>
        found
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
      );

/** Each unseen character out of place as `mark`: for eyes only, since it cannot be read back. */
export const marked = (text: string, mark: string): string =>
  !odd.test(text) ? text : text.replace(outOfPlace, mark);

/** A name in a sentence. Unlike JSON’s, its quotes leave the unseen to `visible`, which can be read back. */
export const quoted = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`;

/** A shown text of at most about `most` characters, never half a character or escape; what was longer says how long it was. */
export const capped = (shown: string, most: number, length = shown.length): string =>
  shown.length <= most
    ? shown
    : `${shown
        .slice(0, most)
        .replace(
          /<(?:U(?:\+[0-9A-F]{0,6})?)?$|[\ud800-\udbff]$/,
          '',
        )}… (${length.toLocaleString('en-US')} characters)`;
