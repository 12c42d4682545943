import { type NetworkKind, networkOf, type Referrer } from './referrer.ts';
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
  readonly referred: boolean;
  readonly host: string | null;
  readonly network: ReturnType<typeof networkOf>;
  readonly siteHost: string | null;
}

type Said = string | ((signals: Signals) => string);

/** One line of the contract’s table. */
interface Rule {
  readonly id: string;
  readonly when: (signals: Signals) => boolean;
  readonly source: Said;
  readonly medium: Said;
  readonly confidence: Classified['confidence'];
}

/** Click ids and the network each is of: the contract’s first four rows, then ours. */
const clicks = { gclid: 'google', msclkid: 'bing', ttclid: 'tiktok', li_fat_id: 'linkedin' } as const;
const moreClicks = {
  gbraid: 'google',
  wbraid: 'google',
  dclid: 'google',
  twclid: 'twitter',
  rdt_cid: 'reddit',
  epik: 'pinterest',
  sccid: 'snapchat',
  yclid: 'yandex',
} as const;

/** Every click id: they stay in stored addresses. */
export const clickIds: ReadonlySet<string> = new Set([
  ...Object.keys(clicks),
  'fbclid',
  ...Object.keys(moreClicks),
]);

const paidMedia: ReadonlySet<string> = new Set([
  'cpc',
  'ppc',
  'paid',
  'paid_social',
  'paidsocial',
  'cpm',
  'display',
]);
const paid = ({ utmMedium }: Signals): boolean => paidMedia.has(utmMedium);

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

const referredBy = (id: string, kind: NetworkKind, medium: string): Rule => ({
  id,
  when: ({ network }) => network?.kind === kind,
  source: ({ network }) => network?.name ?? '',
  medium,
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
  // Our click ids stand here: below, they leave the rules above as they are; above `utm`, since that one means “no paid signal”, and above the referrers, which ad clicks have too.
  ...clicked(moreClicks),
  {
    id: 'utm',
    when: ({ utmSource }) => utmSource !== '',
    source: (s) => s.utmSource,
    medium: (s) => s.utmMedium || 'unknown',
    confidence: 'high',
  },
  referredBy('ref_facebook', 'facebook', 'social'),
  referredBy('ref_instagram', 'instagram', 'social'),
  referredBy('ref_social', 'social', 'social'),
  referredBy('ref_ai', 'ai', 'ai'),
  referredBy('ref_search', 'search', 'organic'),
  referredBy('ref_email', 'email', 'email'),
  {
    id: 'internal',
    when: ({ host, siteHost }) => host !== null && siteHost !== null && bare(host) === bare(siteHost),
    source: 'internal',
    medium: 'direct',
    confidence: 'high',
  },
  {
    id: 'direct',
    when: ({ referred, utmMedium, has }) => !referred && utmMedium === '' && !has.has('utm_campaign'),
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
  bare(host)
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const said = (what: Said, signals: Signals): string =>
  typeof what === 'string' ? what : storable(what(signals));

const none: ReadonlyMap<string, string> = new Map();

const parameters = ({ search, searchParams }: URL): ReadonlyMap<string, string> => {
  if (search === '') return none;
  const found = new Map<string, string>();
  for (const [sent, value] of searchParams) {
    const key = sent.toLowerCase();
    if (value.trim() !== '' && !found.has(key)) found.set(key, value.trim());
  }
  return found;
};

/** Where a visit came from: `url` the page’s, `siteHost` the event’s own host. Pure; the rules are contract §4’s. */
export const classify = (url: URL | null, referrer: Referrer | null, siteHost: string | null): Classified => {
  const has = url === null ? none : parameters(url);
  const signals: Signals = {
    has,
    utmSource: (has.get('utm_source') ?? '').toLowerCase(),
    utmMedium: (has.get('utm_medium') ?? '').toLowerCase(),
    referred: referrer !== null,
    host: referrer?.host ?? null,
    network: referrer?.host ? networkOf(referrer.host) : null,
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
