import { clicks, moreClicks } from './click-ids.ts';
import { parametersOf } from './page.ts';
import {
  isIgnored,
  type NetworkKind,
  networkOf,
  type Referrer,
  referrerOf,
  withoutLanguage,
} from './referrer.ts';
import { storable } from './storable.ts';

/** What the classifier says of an event (contract §4). */
export interface Classified {
  readonly source: string;
  readonly medium: string;
  /** `utm_campaign` as it was sent. */
  readonly campaign: string | null;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly rule: string;
}

/** What the rules look at. */
interface Signals {
  /** Query parameters by lower-case name, those with a value, each its first. */
  readonly has: ReadonlyMap<string, string>;
  /** `utm_source` and `utm_medium`, trimmed and in lower case; empty if not sent. */
  readonly utmSource: string;
  readonly utmMedium: string;
  /** A referrer was sent that may bring somebody; `ignored`: one that brings nobody. */
  readonly referred: boolean;
  readonly ignored: boolean;
  readonly host: string | null;
  readonly network: Network;
  /** Where `utm_source` is itself the host of a network. */
  readonly named: Network;
  readonly siteHost: string | null;
}

type Network = ReturnType<typeof networkOf>;
type Said = string | ((signals: Signals) => string);

/** One line of the contract’s table. */
interface Rule {
  readonly id: string;
  readonly when: (signals: Signals) => boolean;
  readonly source: Said;
  readonly medium: Said;
  readonly confidence: Classified['confidence'];
}

/** Paid media, `-` read as `_`: the contract’s, and after them ours. */
export const paidMedia: ReadonlySet<string> = new Set(
  ('cpc ppc paid paid_social paidsocial cpm display ' + 'paid_search cpv ppv retargeting pmax').split(' '),
);
const paid = ({ utmMedium }: Signals): boolean => paidMedia.has(utmMedium.replaceAll('-', '_'));

/** Words of a `utm_source` that mean a Meta network: `fb-ads`, `Instagram Stories`, `m.facebook.com`. */
const likeInstagram = ({ utmSource }: Signals): boolean =>
  /instagram|(?:^|[^a-z\d])ig(?:[^a-z\d]|$)/.test(utmSource);
const likeFacebook = (signals: Signals): boolean =>
  !likeInstagram(signals) && /facebook|(?:^|[^a-z\d])(?:fb|meta)(?:[^a-z\d]|$)/.test(signals.utmSource);

const clicked = (network: Readonly<Record<string, string>>): readonly Rule[] =>
  Object.entries(network).map(([id, source]) => ({
    id,
    when: ({ has }) => has.has(id),
    source,
    medium: 'paid',
    confidence: 'high',
  }));

/** The medium of each kind of network. */
const media: Readonly<Record<NetworkKind, string>> = {
  facebook: 'social',
  instagram: 'social',
  social: 'social',
  ai: 'ai',
  ad: 'paid',
  search: 'organic',
  email: 'email',
};

const referredBy = (id: string, kind: NetworkKind): Rule => ({
  id,
  when: ({ network }) => network?.kind === kind,
  source: ({ network }) => network?.name ?? '',
  medium: media[kind],
  confidence: 'medium',
});

const bare = (host: string): string => host.replace(/^www\./, '');

/** The classifier: the first rule that holds decides. */
export const rules: readonly Rule[] = [
  ...clicked(clicks),
  {
    id: 'fb_ad_redirect',
    when: ({ has, host }) => has.has('fbclid') && (host === 'l.facebook.com' || host === 'lm.facebook.com'),
    source: 'facebook',
    medium: 'paid',
    confidence: 'high',
  },
  {
    id: 'fbclid_utm',
    when: (s) => s.has.has('fbclid') && (likeInstagram(s) || likeFacebook(s)),
    source: (s) => (likeInstagram(s) ? 'instagram' : 'facebook'),
    medium: 'paid',
    confidence: 'high',
  },
  {
    id: 'utm_paid_facebook',
    when: (s) => paid(s) && likeFacebook(s),
    source: 'facebook',
    medium: 'paid',
    confidence: 'high',
  },
  {
    id: 'utm_paid_instagram',
    when: (s) => paid(s) && likeInstagram(s),
    source: 'instagram',
    medium: 'paid',
    confidence: 'high',
  },
  {
    id: 'utm_paid',
    when: (s) => paid(s) && s.utmSource !== '',
    source: (s) => s.utmSource,
    medium: 'paid',
    confidence: 'high',
  },
  { id: 'utm_paid_unknown', when: paid, source: 'unknown', medium: 'paid', confidence: 'medium' },
  {
    id: 'fbclid',
    when: ({ has, utmSource }) => has.has('fbclid') && utmSource === '',
    source: 'facebook',
    medium: 'paid',
    confidence: 'medium',
  },
  // Our click ids stand here: below, they leave the rules above as they are; above `utm`, since that one
  // means “no paid signal”, and above the referrers, which ad clicks have too.
  ...clicked(moreClicks),
  {
    id: 'utm_host',
    when: ({ named, utmMedium }) => named !== null && utmMedium === '',
    source: ({ named }) => named?.name ?? '',
    medium: ({ named }) => (named === null ? '' : media[named.kind]),
    confidence: 'medium',
  },
  {
    id: 'utm',
    when: ({ utmSource }) => utmSource !== '',
    source: (s) => s.utmSource,
    medium: (s) => s.utmMedium || 'unknown',
    confidence: 'high',
  },
  {
    id: 'utm_medium_only',
    when: ({ utmMedium, referred }) => utmMedium !== '' && !referred,
    source: 'unknown',
    medium: (s) => s.utmMedium,
    confidence: 'low',
  },
  {
    id: 'ignored_referrer',
    when: ({ ignored, has }) => ignored && !has.has('utm_campaign'),
    source: 'direct',
    medium: 'direct',
    confidence: 'high',
  },
  referredBy('ref_facebook', 'facebook'),
  referredBy('ref_instagram', 'instagram'),
  referredBy('ref_social', 'social'),
  referredBy('ref_ai', 'ai'),
  // Disjoint from the other networks, so its place among them changes none.
  referredBy('ref_ad', 'ad'),
  referredBy('ref_search', 'search'),
  referredBy('ref_email', 'email'),
  {
    id: 'internal',
    when: ({ host, siteHost }) => host !== null && siteHost !== null && bare(host) === bare(siteHost),
    source: 'internal',
    medium: 'direct',
    confidence: 'high',
  },
  {
    id: 'direct',
    when: ({ referred, has }) => !referred && !has.has('utm_campaign'),
    source: 'direct',
    medium: 'direct',
    confidence: 'high',
  },
  {
    id: 'referral',
    when: () => true,
    source: ({ host }) => slug(host ?? 'unknown'),
    medium: 'referral',
    confidence: 'low',
  },
];

const slug = (host: string): string =>
  withoutLanguage(bare(host))
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const said = (what: Said, signals: Signals): string =>
  typeof what === 'string' ? what : storable(what(signals));

const none: ReadonlyMap<string, string> = new Map();

/**
 * Where a utm_source is the host of a network, however it is written (`chatgpt.com`,
 * `https://www.facebook.com/`).
 */
const namedBy = (utmSource: string): Network => {
  const host = utmSource.includes('.') ? referrerOf(utmSource).host : null;
  return host === null ? null : networkOf(host);
};

/**
 * Where a visit came from: `url` the page’s, `siteHost` the event’s own host. Pure; the rules are contract
 * §4’s.
 * `passed`: hosts that this project’s visits pass through besides those we know, such as its own sign-in.
 */
export const classify = (
  url: URL | null,
  referrer: Referrer | null,
  siteHost: string | null,
  passed: (host: string) => boolean = () => false,
): Classified => {
  const has = url === null ? none : parametersOf(url);
  const utmSource = (has.get('utm_source') ?? '').toLowerCase();
  const sent = referrer?.host ?? null;
  const own = sent !== null && siteHost !== null && bare(sent) === bare(siteHost);
  // A site is not on the way to itself: a page of a payment service is internal to that service’s own events.
  const ignored = referrer !== null && !own && (isIgnored(referrer) || (sent !== null && passed(sent)));
  const host = ignored ? null : sent;
  const signals: Signals = {
    has,
    utmSource,
    utmMedium: (has.get('utm_medium') ?? '').toLowerCase(),
    referred: referrer !== null && !ignored,
    ignored,
    host,
    network: host ? networkOf(host) : null,
    named: namedBy(utmSource),
    siteHost,
  };
  const rule = rules.find(({ when }) => when(signals));
  if (rule === undefined) throw new Error('the last rule holds for everything');
  const campaign = has.get('utm_campaign');
  return {
    source: said(rule.source, signals),
    medium: said(rule.medium, signals),
    campaign: campaign === undefined ? null : storable(campaign),
    confidence: rule.confidence,
    rule: rule.id,
  };
};
