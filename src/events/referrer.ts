import { aiHosts, mailHosts, metaHosts, socialHosts } from './referrer-hosts.ts';
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

/** Reads a referrer: a URL, an app’s (`android-app://…`), a bare `host/path`, or anything. */
export const referrerOf = remember(
  (text: string): Referrer => {
    const url = URL.parse(bareHost.test(text) ? `https://${text}` : text);
    // No name in the DNS is longer.
    if (url === null || url.hostname === '' || url.hostname.length > 253)
      return { kept: storable(text.replace(/[?#].*/s, '')), host: null };
    return {
      kept: storable(`${url.protocol}//${url.host}${url.pathname}`).slice(0, 2048),
      host: url.hostname.toLowerCase().replace(/\.$/, ''),
    };
  },
  { entries: 5000, longest: 256 },
);

/** The kinds of network a host may belong to, in the classifier’s order. */
export type NetworkKind = 'facebook' | 'instagram' | 'social' | 'ai' | 'search' | 'email';

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

/** The name of the host itself or of a domain it is under. */
const bySuffix = (hosts: Readonly<Record<string, string>>) => {
  const names = new Map(pairs(hosts));
  return (host: string): string | undefined => {
    for (let rest = host; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '') {
      const name = names.get(rest);
      if (name !== undefined) return name;
    }
    return undefined;
  };
};

/** What stands for `{}` at the end of a search host: com, de, co.uk, com.br. */
const countryDomain = /\.(?:com|(?:com?|org|net|ne|or|gov?|edu)\.[a-z]{2}|[a-z]{2})$/;
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
  ['search', search],
  ['email', bySuffix({ email: mailHosts })],
];
