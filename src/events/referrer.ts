import { ignoredHosts, ownPages, placeholders } from './ignored-hosts.ts';
import { mailHosts } from './mail-hosts.ts';
import { cleanPath, redactedAt } from './personal.ts';
import { adHosts, aiHosts, languageHosts, metaHosts, socialHosts } from './referrer-hosts.ts';
import { remember } from './remember.ts';
import { searchHosts } from './search-hosts.ts';
import { storable } from './storable.ts';

/** A referrer as it is kept and judged. */
export interface Referrer {
  /** Origin and path, no query (contract §3); of what is no URL, the text before its query. */
  readonly kept: string;
  /** Lower case, without port; of an app, its package. Null when there is none to be found. */
  readonly host: string | null;
}

// Labels without dots in them: read in one pass, however hostile the text.
const bareHost = /^[^\s/:@?#.]+(?:\.[^\s/:@?#.]+)+\.?(?::\d+)?(?:[/?#]|$)/;

const slashes = /^[/\\]{2}[^/\\]/;

/**
 * Reads a referrer: a URL, an app’s (`android-app://…`), a bare `host/path` or `//host/path`, or anything.
 */
export const referrerOf = remember(
  (text: string): Referrer => {
    const whole = bareHost.test(text) ? `https://${text}` : slashes.test(text) ? `https:${text}` : text;
    const url = URL.parse(whole);
    // A page on the visitor’s own disk: its path has their name in it, and says nothing.
    if (url?.protocol === 'file:') return { kept: 'file:///', host: null };
    // No name in the DNS is longer.
    if (url === null || url.hostname === '' || url.hostname.length > 253)
      return { kept: storable(cleanPath(redactedAt(text.replace(/[?#].*/s, '')))), host: null };
    return {
      kept: storable(`${url.protocol}//${url.host}${cleanPath(url.pathname)}`).slice(0, 2048),
      host: url.hostname.toLowerCase().replace(/\.$/, ''),
    };
  },
  { entries: 5000, longest: 256 },
);

/** The kinds of network a host may belong to, in the classifier’s order. */
export type NetworkKind = 'facebook' | 'instagram' | 'social' | 'ai' | 'ad' | 'search' | 'email';

/** What a referrer’s host is known as, if at all. */
export const networkOf = remember(
  (host: string): { readonly kind: NetworkKind; readonly name: string } | null => {
    for (const [kind, name] of kinds) {
      const known = name(host);
      if (known !== undefined) return { kind, name: known };
    }
    return null;
  },
  { entries: 5000, longest: 256 },
);

const pairs = (hosts: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(hosts).flatMap(([name, list]) => list.split(' ').map((host) => [host, name] as const));

/** What stands for `{}` at the end of a host: com, de, co.uk, com.br. */
const countryDomain = /\.(?:com|cat|(?:com?|org|net|ne|or|gov?|edu|it)\.[a-z]{2}|[a-z]{2})$/;

/** The name of the host itself or of a domain it is under. */
const bySuffix = (hosts: Readonly<Record<string, string>>) => {
  const names = new Map(pairs(hosts));
  return (host: string): string | undefined => {
    for (let rest = host; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '') {
      const name = names.get(rest) ?? names.get(rest.replace(countryDomain, '.{}'));
      if (name !== undefined) return name;
    }
    return undefined;
  };
};

/** And in front: de, es-us. */
const countryLabel = /^[a-z]{2}(?:-[a-z]{2})?\./;

/** The engine of exactly this host (`www.` aside), since mail.google.com is no search. */
const search = (() => {
  const names = new Map(pairs(searchHosts));
  return (host: string): string | undefined => {
    const bare = host.startsWith('www.') ? host.slice(4) : host;
    return (
      names.get(bare) ??
      names.get(bare.replace(countryDomain, '.{}')) ??
      names.get(bare.replace(countryLabel, '{}.'))
    );
  };
})();

const kinds: readonly (readonly [NetworkKind, (host: string) => string | undefined])[] = [
  ['facebook', bySuffix({ facebook: metaHosts.facebook })],
  ['instagram', bySuffix({ instagram: metaHosts.instagram })],
  ['social', bySuffix(socialHosts)],
  ['ai', bySuffix(aiHosts)],
  ['ad', bySuffix(adHosts)],
  ['search', search],
  ['email', bySuffix({ email: mailHosts.join(' ') })],
];

const passedThrough = bySuffix(ignoredHosts);
const passing = remember((host: string) => placeholders.has(host) || passedThrough(host) !== undefined, {
  entries: 5000,
  longest: 256,
});
const saysNone = (kept: string): boolean =>
  placeholders.has(kept.toLowerCase().replaceAll(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, ''));

/**
 * Does a referrer bring nobody: a host that visits pass through, a page the browser made, or a word for
 * “none”?
 */
export const isIgnored = ({ kept, host }: Referrer): boolean =>
  ownPages.has(kept.slice(0, Math.max(0, kept.indexOf(':'))).toLowerCase()) ||
  (host === null ? saysNone(kept) : passing(host));

const languages = bySuffix(languageHosts);

/** A host without its language, where a site has one host for each: en.wikipedia.org is wikipedia.org. */
export const withoutLanguage = (host: string): string => languages(host) ?? host;
