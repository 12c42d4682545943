const none: ReadonlyMap<string, string> = new Map();

/**
 * The parameters of a page’s address by lower-case name, those with a value, each its first: of the query,
 * where an
 * `&` may be written `&amp;`, and after them the `utm_*` of the fragment (`#utm_source=…`,
 * `#/route?utm_source=…`).
 */
export const parametersOf = ({ search, searchParams, hash }: URL): ReadonlyMap<string, string> => {
  const inFragment = hash.length > 5 && /utm_/i.test(hash);
  if (search === '' && !inFragment) return none;
  const found = new Map<string, string>();
  const add = (sent: string, value: string): void => {
    const lower = sent.toLowerCase();
    const key = lower.startsWith('amp;') ? lower.replace(/^(?:amp;)+/, '') : lower;
    if (value.trim() !== '' && !found.has(key)) found.set(key, value.trim());
  };
  for (const [sent, value] of searchParams) add(sent, value);
  if (!inFragment) return found;
  for (const part of hash.split(/[#?&;]/))
    if (/^(?:!|\/)*utm_/i.test(part))
      for (const [sent, value] of new URLSearchParams(part.replace(/^[!/]+/, ''))) add(sent, value);
  return found;
};

/**
 * A page’s path: the URL’s, and where the fragment is a route (`#/orders`, `#!orders`) that too, without
 * its query.
 */
export const pathOf = ({ pathname, hash }: URL): string =>
  /^#[/!]/.test(hash) ? pathname + hash.replace(/[?&].*/s, '') : pathname;
