/**
 * The tables of countries by address that come with the product: one for IPv4 and one for IPv6, pinned byte for
 * byte. By geo-whois-asn-country, © Number Resource Organization (nro.net), CC BY 4.0: NOTICE goes where they go.
 */
export const countryFiles = {
  package: '@ip-location-db/geo-whois-asn-country-mmdb',
  names: ['geo-whois-asn-country-ipv4.mmdb', 'geo-whois-asn-country-ipv6.mmdb'],
  sha256: {
    'geo-whois-asn-country-ipv4.mmdb': '05aee73a6616c32a3074fcfc82ebab8a31ed1cf1f052c7251db52a0916f1138a',
    'geo-whois-asn-country-ipv6.mmdb': 'eb159efecff242bd7537d755361ba5f6ffbaf09595ed22bd101b6852d4ce91da',
  },
  notice: 'NOTICE',
  /** What an operator’s own table is called beside a function’s code: it alone is read then. */
  own: 'countries.mmdb',
} as const;
