/** Blocks in which nobody has a place, by who says so (IANA’s special-purpose registries and the RFCs they name). */
export const specialBlocks = {
  '0.0.0.0/8': 'RFC 791, this network',
  '10.0.0.0/8': 'RFC 1918, private',
  '100.64.0.0/10': 'RFC 6598, shared by a provider’s customers',
  '127.0.0.0/8': 'RFC 1122, loopback',
  '169.254.0.0/16': 'RFC 3927, link-local',
  '172.16.0.0/12': 'RFC 1918, private',
  '192.0.0.0/24': 'RFC 6890, protocols',
  '192.0.2.0/24': 'RFC 5737, documentation',
  '192.31.196.0/24': 'RFC 7535, AS112',
  '192.52.193.0/24': 'RFC 7450, AMT',
  '192.88.99.0/24': 'RFC 7526, 6to4 relays',
  '192.168.0.0/16': 'RFC 1918, private',
  '192.175.48.0/24': 'RFC 7534, AS112',
  '198.18.0.0/15': 'RFC 2544, benchmarks',
  '198.51.100.0/24': 'RFC 5737, documentation',
  '203.0.113.0/24': 'RFC 5737, documentation',
  '224.0.0.0/4': 'RFC 5771, multicast',
  '233.252.0.0/24': 'RFC 5771, documentation',
  '240.0.0.0/4': 'RFC 1112, reserved, and broadcast',
  // Of IPv6 only 2000::/3 is handed out; all else is special: loopback, private (fc00::/7), link-local, multicast.
  '::/3': 'RFC 4291, unspecified, loopback, IPv4 inside; RFC 6052, translation; RFC 6666, discard',
  '2001::/23': 'RFC 2928, protocols, Teredo, benchmarks, ORCHID',
  '2001:db8::/32': 'RFC 3849, documentation',
  '2002::/16': 'RFC 3056, 6to4',
  '2620:4f:8000::/48': 'RFC 7534, AS112',
  '3fff::/20': 'RFC 9637, documentation',
  '4000::/2': 'RFC 4291, not handed out; RFC 9602, segment routing',
  '8000::/1': 'RFC 4291, not handed out; RFC 4193, private; link-local; multicast',
} as const satisfies Readonly<Record<string, string>>;

/** An address in its one spelling as bits, `0` and `1`. */
const bitsOf = (address: string): string => {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [front = '', back] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(front), groups(back ?? '')];
  const zeros = back === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
};

const prefixes = Object.keys(specialBlocks).map((block) => {
  const [address = '', bits = ''] = block.split('/');
  return { six: address.includes(':'), prefix: bitsOf(address).slice(0, Number(bits)) };
});

/** Is an address, in its one spelling, of a block that no visitor can come from? */
export const isSpecial = (address: string): boolean => {
  const six = address.includes(':');
  const bits = bitsOf(address);
  return prefixes.some((block) => block.six === six && bits.startsWith(block.prefix));
};
