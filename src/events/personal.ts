import { clickIds } from './click-ids.ts';
import { alone, compounds, stems, telling } from './personal-names.ts';
import { remember } from './remember.ts';

/** What stands in a path or a referrer where something personal stood. */
export const redacted = '(redacted)';

/** The longest address that is kept, characters; spelling one anew or redacting may lengthen it. */
const longest = 2048;

/**
 * Percent signs undone until nothing is left to undo, at most this often: `%2540` is an at sign as `%40`
 * is.
 */
const rounds = 5;

/**
 * Does the name of a parameter, as it stands in the address, look personal (contract §3)? `utm_*` and click
 * ids never do; the empty name is told by its value alone.
 */
const nature = remember(
  (written: string): 'kept' | 'personal' | 'by value' => {
    const name = decoded(written)
      .normalize('NFKD')
      .replace(/[\p{M}\p{Cc}\p{Cf}]/gu, '');
    const key = name.trim().toLowerCase();
    if (key.startsWith('utm_') || clickIds.has(key)) return 'kept';
    const words = name
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .filter((word) => word !== '');
    const joined = words.join('');
    if (words.some((word) => telling.has(word)) || telling.has(joined)) return 'personal';
    if (words.some((word) => stems.some((stem) => word.includes(stem)))) return 'personal';
    if (compounds.some((compound) => joined.includes(compound))) return 'personal';
    return words.some((word) => {
      const beside = alone.get(word);
      return beside !== undefined && words.every((other) => beside.has(other));
    })
      ? 'personal'
      : 'by value';
  },
  { entries: 2000, longest: 64 },
);

const signs = /[@\uff20\ufe6b]/;
/** Does a text hold an at sign, in any encoding and width? */
const at = (text: string): boolean => signs.test(text) || (text.includes('%') && signs.test(decoded(text)));
const mail = /[^\s@/]@[^\s@/]*[^\s@/.]\.[\p{L}\d-]*\p{L}/u;
/** No mail address: a package with its version (`vue@3.2.1`), an image for dense screens (`logo@2x.png`). */
const versioned =
  /@(?:\d+(?:\.\d+)+(?=[^\d.]|$)|\dx?\.(?:[a-z]+\.)?(?:png|jpe?g|webp|gif|avif|svg)(?![^?#;&]))/g;
/**
 * What the part of an address before its host may be: `jane:secret@`, and of one that stands inside
 * another, `//jane@`.
 */
const userinfo = /(?:^|[^\s/@]):[^\s@/\\]*@|[/\\]{2}[^\s/\\]*@/;
/** Names inside a value: of a link to come back to (`next=/reset?token=…`), of JSON. */
const inside = /(?:^|[?&;#{,\s])["']?([\p{L}\d_.[\]-]{1,64})(?:["']?=|["']\s*:)/gu;

/** Does a text hold, in any encoding, a mail address, user and password, or a personal parameter? */
const telltale = (part: string): boolean => {
  const text = decoded(part).replace(/[\uff20\ufe6b]/g, '@');
  if (text.includes('@') && (mail.test(text.replace(versioned, ' ')) || userinfo.test(text))) return true;
  for (const [, name = ''] of text.matchAll(inside)) if (nature(name) === 'personal') return true;
  return false;
};

/** What a value, and what a name, has to have to be looked into. */
const hot = /[@=%"'\uff20\ufe6b]/;
const hotName = /[@%\uff20\ufe6b]/;

/** Is this `name=value`, or bare value, to go? */
const personal = (part: string): boolean => {
  const equals = part.indexOf('=');
  if (equals < 0) return hot.test(part) && telltale(part);
  const name = part.slice(0, equals);
  const seen = nature(name);
  if (seen !== 'by value') return seen === 'personal';
  return (hot.test(part.slice(equals + 1)) || hotName.test(name)) && telltale(part);
};

/**
 * An address as it is kept: without user and password as URL readers find them, however they are spelt, and
 * without what is personal in path, query and fragment. `url` is what the reader made of `text`; where
 * nothing of
 * its front had to go, all else stays byte for byte.
 */
export const cleanUrl = (text: string, url: URL): string => {
  const [front] = plain.exec(text) ?? [];
  if (front !== undefined) return cut(front + cleanTail(text.slice(front.length)), text);
  if (calling.test(url.protocol)) return url.protocol + redacted;
  const known = new URL(url.href);
  known.username = '';
  known.password = '';
  const tail = known.pathname + known.search + known.hash;
  return cut(known.href.slice(0, known.href.length - tail.length) + cleanTail(tail), known.href);
};

/** Scheme and host, and nothing in the text that a URL reader leaves out or reads as something else. */
const plain = /^[a-z][a-z\d+.-]*:\/\/[^/?#\\@\s]+(?=[/?#]|$)(?![^?#]*\\)(?!.*\p{Cc})/isu;

const cut = (text: string, before: string): string =>
  text.length > before.length ? text.slice(0, longest) : text;

/**
 * A caller’s `path`, a URL’s pathname, or a referrer that is no URL: as `cleanUrl` cleans what follows the
 * host.
 */
export const cleanPath = (text: string): string => cut(cleanTail(text), text);

/** Schemes whose address is a person’s. */
const calling =
  /^(?:mailto|tel|sms|smsto|callto|facetime|facetime-audio|skype|sips?|xmpp|im|whatsapp|signal):/i;

/**
 * A text that is no URL of the web without the words that have an at sign, in any encoding, or without all
 * where it is a person’s (`mailto:`, `tel:`).
 */
export const redactedAt = (text: string): string =>
  calling.test(text)
    ? text.replace(/:.*/s, `:${redacted}`)
    : at(text)
      ? cut(
          text.replace(/[^\s/\\]+/g, (word) => (at(word) ? redacted : word)),
          text,
        )
      : text;

/** All that is personal has one of these. */
const suspicious = /[=@;:%"'\uff20\ufe6b]/;

const cleanTail = (text: string): string => {
  if (!suspicious.test(text)) return text;
  const hash = text.indexOf('#');
  const front = hash < 0 ? text : text.slice(0, hash);
  const mark = front.indexOf('?');
  const path = segments(mark < 0 ? front : front.slice(0, mark));
  const search = mark < 0 ? '' : marked('?', parameters(front.slice(mark + 1)), mark < front.length - 1);
  return (
    path + search + (hash < 0 ? '' : marked('#', fragment(text.slice(hash + 1)), hash < text.length - 1))
  );
};

const marked = (mark: string, left: string, had: boolean): string => (left === '' && had ? '' : mark + left);

/** A fragment may be a route with a query of its own (`#/orders?id=7`), or be a query (`#access_token=…`). */
const fragment = (text: string): string => {
  if (!/^[/!]/.test(text)) return parameters(text);
  const mark = text.indexOf('?');
  return mark < 0
    ? segments(text)
    : segments(text.slice(0, mark)) + marked('?', parameters(text.slice(mark + 1)), mark < text.length - 1);
};

/**
 * Parameters that a path may have, in every encoding of the signs that part them: `/a;jsessionid=…`,
 * `/a&token=…`.
 */
const pathMarks = /(;|&amp;|&|%(?:25)*(?:3b|3f|26))/i;

const segments = (path: string): string => {
  const parts = path.split(/([/\\])/);
  return parts
    .map((part, i) => {
      if (i % 2 === 1 || !suspicious.test(part)) return part;
      // After two slashes stands a host, and before an at sign its user.
      const host = i > 2 && parts[i - 2] === '';
      return host && at(part) ? redacted : segment(part);
    })
    .join('');
};

const segment = (text: string): string => {
  const [first = '', ...rest] = text.split(pathMarks);
  return (personal(spelt(first)) ? redacted : first) + pieces(rest, (piece) => personal(spelt(piece)));
};

/** In a path an equals sign may be written as `%3D`. */
const spelt = (piece: string): string => piece.replace(/%(?:25)*3d/i, '=');

/** What follows a first piece, as `[mark, piece, mark, piece …]`: a personal piece goes with its mark. */
const pieces = (rest: readonly string[], goes: (piece: string) => boolean): string =>
  rest
    .map((mark, i) => (i % 2 === 1 ? '' : goes(rest[i + 1] ?? '') ? '' : mark + (rest[i + 1] ?? '')))
    .join('');

const parameters = (text: string): string => {
  if (!suspicious.test(text)) return text;
  const parts = text.split(/(&amp;|[&#])/i);
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const part = parts[i] ?? '';
    const left = parameter(part);
    if (left === '' && part !== '') continue;
    kept.push(kept.length === 0 ? left : (parts[i - 1] ?? '') + left);
  }
  return kept.join('');
};

/**
 * A reader of URLs parts at `&` only, so a personal name takes all up to there along; other pieces may be
 * personal by themselves.
 */
const parameter = (part: string): string => {
  const [first = '', ...rest] = part.split(/([;?])/);
  if (rest.length === 0) return personal(first) ? '' : part;
  if (nature(nameOf(first)) === 'personal') return '';
  const went = personal(first);
  let gone = went;
  const left = pieces(rest, (piece) => {
    // Without a name of its own a piece belongs to the one before.
    gone = piece.includes('=') || !gone ? personal(piece) : true;
    return gone;
  });
  return went ? left.slice(1) : first + left;
};

const nameOf = (part: string): string => (part.includes('=') ? part.slice(0, part.indexOf('=')) : '');

const decoded = (written: string): string => {
  let text = written.replaceAll('+', ' ');
  for (let round = 0; round < rounds && text.includes('%'); round += 1) {
    const next = text.replace(/(?:%[\da-f]{2})+/gi, undone);
    if (next === text) return text;
    text = next;
  }
  return text;
};

const undone = (run: string): string => {
  try {
    return decodeURIComponent(run);
  } catch {
    return run.replace(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
};
