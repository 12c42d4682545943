import { marked } from '../tools/visible.ts';

/** Text that visitors can set, fit for a terminal: what cannot be seen or moves and turns the rest becomes `�`, tabs and line ends a space. */
export const printable = (text: string, longest = Number.POSITIVE_INFINITY): string => {
  const clean = marked(text.replace(/[\t\r\n]+/g, ' '), '\ufffd');
  return clean.length <= longest ? clean : `${shortened(clean, longest - 1)}…`;
};

/** The first `longest` UTF-16 units, never half a character. */
export const shortened = (text: string, longest: number): string => {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? longest - 1 : longest);
};

/** 12345 as `12,345`. */
export const counted = (n: number): string => n.toLocaleString('en-US');
