import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { parsedJson } from '../parsed-json.ts';

/** Who asked, and whom: what stands before the time of a line in a common or combined log. */
export interface Client {
  readonly address: string;
  readonly forwarded: readonly string[];
  readonly host: string | undefined;
  readonly scheme: 'http' | 'https' | undefined;
}

/** What others put before the line: containers (`web_1 | `, `[pod/web-1/nginx] `), the time and stream of a cluster, syslog in both its forms. */
const prefixes: readonly RegExp[] = [
  /^[\w.-]+ +\| /,
  /^\[pod\/[^\]]+\] /,
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:(?:stdout|stderr) [FP] )?(?=\S+ \S+ \S+ \[|\S+, )/,
  /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ [^ :]+: /,
  /^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|\[.*?\]) /,
];

/** The line without what a container or syslog wrote before it. */
export const unprefixed = (line: string): string => {
  // Most lines begin with an IPv4 address and have nothing before it.
  const first = line.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39 && line.charAt(4) !== '-') return line;
  let rest = line.startsWith('{"log":"') ? logOf(line) : line;
  for (const prefix of prefixes) {
    const found = prefix.exec(rest);
    if (found !== null) rest = rest.slice(found[0].length);
  }
  return rest;
};

const wrapped = z.object({ log: z.string() });

/** What a container’s own JSON log wraps. */
function logOf(line: string): string {
  return wrapped.safeParse(parsedJson(line)).data?.log.trimEnd() ?? line;
}

const nowhere = { host: undefined, scheme: undefined } as const;

/** The words before the time: `[vhost[:port]] address[:port][, address…] ident user`. Undefined where no client stands there. */
export const clientIn = (head: string): Client | undefined => {
  const space = head.indexOf(' ');
  const first = space === -1 ? head : head.slice(0, space);
  if (isIP(first) !== 0) return { address: first, forwarded: [], ...nowhere };
  return listed(head) ?? hosted(head.split(' ')) ?? alone(first);
};

/** `8.8.8.8, 10.0.0.1 - -`: the visitor, then who passed it on. */
function listed(head: string): Client | undefined {
  const [list] = /^\S+(?:, ?\S+)+(?= )/.exec(head) ?? [];
  if (list === undefined) return undefined;
  const forwarded = addressesIn(list);
  const [address] = forwarded;
  return address === undefined ? undefined : { address, forwarded, host: undefined, scheme: undefined };
}

/** The first address among the words, with the host before it. Of two addresses the first, with its port, is the host; a name that has only `- user` behind it is the client itself. */
function hosted(words: readonly string[]): Client | undefined {
  const at = words.findIndex(
    (word, i) => bare(word) !== undefined && !(i === 0 && bare(words[1] ?? '') !== undefined),
  );
  const address = bare(words[at] ?? '');
  if (address === undefined || (at === 2 && words.length === 3 && words[1] === '-')) return undefined;
  const before = words[at - 1];
  return { address, forwarded: [], ...(before === undefined ? nowhere : siteOf(before)) };
}

/** A name instead of an address, as servers that look names up write it. */
function alone(word: string): Client | undefined {
  if (!isHostName(word) && word !== 'unix:') return undefined;
  return { address: word, forwarded: [], ...nowhere };
}

/** A host with its port as the site it is; nothing where it is no name a page could have. */
export const siteOf = (word: string): Pick<Client, 'host' | 'scheme'> => {
  const [, name = '', port] = /^(.*?)(?::(\d{1,5}))?$/.exec(word) ?? [];
  if (isIP(name) !== 4 && !(isHostName(name) && (name.includes('.') || name === 'localhost'))) return nowhere;
  if (port === undefined) return { host: name, scheme: undefined };
  if (port === '443') return { host: name, scheme: 'https' };
  return { host: port === '80' ? name : `${name}:${port}`, scheme: 'http' };
};

/** Labels of letters, digits, hyphens and underscores; a name made of figures alone is a number, not a host. */
const isHostName = (word: string): boolean =>
  word.length <= 253 && /^(?:[\w-]{1,63}\.)*(?=[\w-]*[a-z])[\w-]{1,63}\.?$/i.test(word);

/** An address without its port and brackets; undefined where it is none. */
export const bare = (word: string): string | undefined => {
  if (isIP(word) !== 0) return word;
  const [, v4, v6] = /^(?:([\d.]+):\d{1,5}|\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?)$/.exec(word) ?? [];
  const address = v4 ?? v6 ?? '';
  return isIP(address) === 0 ? undefined : address;
};

/** The addresses of an X-Forwarded-For, the first hop first; what is none (`unknown`, `-`) is left out. */
export const addressesIn = (list: string): readonly string[] =>
  list.split(',').flatMap((word) => bare(word.trim().replace(/^"|"$/g, '')) ?? []);

const ownNetworks = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  ownNetworks.addSubnet(net, bits);
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  ownNetworks.addSubnet(net, bits, 'ipv6');

/** Is it an address inside somebody’s own network, and so a proxy’s rather than a visitor’s? */
export const isPrivate = (address: string): boolean => {
  const plain = address.replace(/%.*$/, '');
  const kind = isIP(plain);
  return address === 'unix:' || (kind !== 0 && ownNetworks.check(plain, kind === 6 ? 'ipv6' : 'ipv4'));
};
