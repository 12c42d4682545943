import * as z from 'zod/mini';

const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** What a person calls something: one line of 1 to 128 characters, none of which is unseen or turns others around. It is shown as data and never read as a word of ours. */
export const displayName = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.refine(
    (text) => text.trim() === text && !unseen.test(text),
    'Use one line without blanks around it, control characters, or characters that are unseen or turn others around.',
  ),
);

/** A word for addresses and selectors. */
export const slugText = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9](-?[a-z0-9]){0,62}$/,
      'Use 1–63 lower-case letters, digits and single hyphens between them, e.g. my-shop.',
    ),
  );

/**
 * What two slugs have in common that a reader takes for each other (`sh0p`, `shop`; `rnail`, `mail`): the skeleton of Unicode’s confusables as far as letters reach that a slug may hold.
 * Everything else that looks like one of them a slug refuses.
 */
export const skeletonOf = (slug: string): string =>
  slug.normalize('NFKC').replace(/0/g, 'o').replace(/1/g, 'l').replace(/m/g, 'rn').replace(/w/g, 'vv');

const isHost = (text: string): boolean =>
  /^[a-z0-9.-]+$/.test(text) && URL.parse(`http://${text}`)?.host === text;

/** The host of a site, as addresses of pages name it. */
export const hostName = z
  .string()
  .check(
    z.maxLength(253),
    z.refine(isHost, 'Use a host in lower case without scheme, port or path, e.g. shop.example.'),
  );
