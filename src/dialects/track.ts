import { hash } from 'node:crypto';
import { address } from '../events/address.ts';
import { earliest, latest } from '../events/instant.ts';
import { propertiesBytes } from '../events/properties.ts';
import type { Meant } from './dialect.ts';
import { asText, type JsonFields, said, without } from './values.ts';

/** A sender’s clock that is this far off is corrected by; less is the time a request takes, and what a clock is off usually. */
const clockOffMs = 5 * 60_000;

/** The longest an address, path, referrer and agent may be (contract §3). */
const longest = { url: 2048, agent: 1024, id: 128 } as const;

/**
 * What a tool means as the body of `/v1/track` that says the same: what cannot be an address, an IP or an agent is left out, an event id over 128 characters becomes its hash, times
 * move by as much as the sender’s clock was off. Everything else is left to the check that every body meets.
 */
export const trackOf = (meant: Meant, receivedAt: number, sentAt: number | undefined): JsonFields => {
  const url = urlOf(asText(meant.url));
  return said({
    ...{
      event: meant.event,
      event_id: idOf(asText(meant.event_id)),
      timestamp: asTime(meant, receivedAt, sentAt),
    },
    ...{ anonymous_id: asText(meant.anonymous_id), user_id: asText(meant.user_id) },
    session_id: asText(meant.session_id),
    ip: addressOf(asText(meant.ip)),
    user_agent: asText(meant.user_agent)?.slice(0, longest.agent),
    url,
    path: (asText(meant.path) ?? (url === undefined ? pathOf(asText(meant.url)) : undefined))?.slice(
      0,
      longest.url,
    ),
    referrer: asText(meant.referrer)?.slice(0, longest.url),
    properties: meant.properties === undefined ? undefined : fitting(beyond(url, without(meant.properties))),
  });
};

const asTime = ({ at, agoMs }: Meant, receivedAt: number, sentAt: number | undefined): string | undefined => {
  if (agoMs !== undefined) return asTime({ event: '', at: receivedAt - agoMs }, receivedAt, undefined);
  if (typeof at !== 'number') return at;
  const off = sentAt === undefined ? 0 : receivedAt - sentAt;
  const ms = Math.abs(off) > clockOffMs ? at + off : at;
  return ms >= earliest && ms <= latest ? new Date(ms).toISOString() : String(ms);
};

const idOf = (id: string | undefined): string | undefined =>
  id === undefined || id.length <= longest.id ? id : hash('sha256', id, 'hex');

const addressOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (address(text) ?? undefined);

/** A long address loses its query, then counts no more. */
const urlOf = (text: string | undefined): string | undefined => {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const kept = text.length > longest.url ? text.replace(/[?#].*$/s, '') : text;
  return kept.length > longest.url ? undefined : kept;
};

const pathOf = (text: string | undefined): string | undefined =>
  text?.startsWith('/') === true ? text.replace(/[?#].*$/s, '') : undefined;

/** Campaigns and click ids that the address says already, word for word, are not said twice. */
const beyond = (url: string | undefined, properties: JsonFields): JsonFields => {
  const query = url === undefined ? undefined : URL.parse(url)?.searchParams;
  if (query === undefined || query.size === 0) return properties;
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) => typeof value !== 'string' || query.get(name) !== value,
    ),
  );
};

/** Properties over the limit lose what SDKs add by themselves (names that begin with `$`), longest first; what the caller said stays, for the check to judge. */
const fitting = (properties: JsonFields): JsonFields => {
  let over = Buffer.byteLength(JSON.stringify(properties)) - propertiesBytes;
  if (over <= 0) return properties;
  const added = Object.entries(properties)
    .filter(([name]) => name.startsWith('$'))
    .map(([name, value]) => [name, Buffer.byteLength(JSON.stringify({ [name]: value }))] as const)
    .toSorted(([, a], [, b]) => b - a);
  const dropped: string[] = [];
  for (const [name, bytes] of added) {
    if (over <= 0) break;
    dropped.push(name);
    over -= bytes - 2;
  }
  return without(properties, ...dropped);
};
