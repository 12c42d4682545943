import type { KeyObject } from 'node:crypto';
import { address } from './address.ts';
import { type Agent, agentOf } from './agent.ts';
import { classify } from './classify.ts';
import type { Event } from './columns.ts';
import { countryCode } from './country-code.ts';
import { aheadMs } from './instant.ts';
import { pathOf } from './page.ts';
import { cleanPath, cleanUrl } from './personal.ts';
import { isPlaceholder } from './placeholder.ts';
import { referrerOf } from './referrer.ts';
import { remember } from './remember.ts';
import type { Track } from './schema.ts';
import { storable } from './storable.ts';
import { cookielessId, ipHash, sessionOf } from './visitor.ts';

const pathLength = 2048;

/** What a request tells of the events it brings. */
export interface Arrival {
  readonly projectId: string;
  readonly env: Event['env'];
  /** Hosts of the project’s own sites: who comes from one to another is internal. */
  readonly siteHosts?: readonly string[];
  /** Hosts that its visits pass through: as referrers they bring nobody. */
  readonly ignoredReferrers?: readonly string[];
  /** It came with a secret key, which may speak for a visitor elsewhere. */
  readonly trusted: boolean;
  /** When it arrived, ms since 1970. */
  readonly receivedAt: number;
  readonly requestId: string;
  /** The address it came from, as the gateway saw it. */
  readonly ip: string;
  /** Its own user agent; null if it sent none. */
  readonly userAgent: string | null;
  /** Its `Origin`, where a browser sent one. */
  readonly origin: string | null;
  /** What the edge before us says, if there is one. */
  readonly edgeCountry: string | null;
  /** Of the day of arrival. */
  readonly salt: KeyObject;
  readonly country: (ip: string) => string | null;
}

/** A request’s events, stored form: made once per request, then called for each body in its order. `skewed`: the body’s timestamp was too far ahead and became arrival. */
export const enrichment = (
  arrival: Arrival,
): ((body: Track, seq: number) => { readonly event: Event; readonly skewed: boolean }) => {
  const { projectId, env, trusted, receivedAt, requestId, salt } = arrival;
  const sites = new Set(arrival.siteHosts?.map(bareHost));
  const passed = new Set(arrival.ignoredReferrers?.map(bareHost));
  const ownHost = arrival.origin === null ? null : (URL.parse(arrival.origin)?.hostname ?? null);
  const own = visitor(
    arrival.ip,
    arrival.edgeCountry === null ? null : countryCode(arrival.edgeCountry),
    arrival,
  );
  const ownAgent = ownAgentText(arrival);
  const elsewhere = remember((ip) => visitor(ip, null, arrival), { entries: 1000 });

  return (body, seq) => {
    const { ip, hash, country } = trusted && body.ip !== undefined ? elsewhere(body.ip) : own;
    const userAgent = trusted && body.user_agent !== undefined ? body.user_agent : ownAgent;
    const agent: Agent = agentOf(userAgent);
    const skewed = body.timestamp !== undefined && body.timestamp > receivedAt + aheadMs;
    const ts = body.timestamp === undefined || skewed ? receivedAt : body.timestamp;
    const userId = body.user_id === undefined ? null : storable(body.user_id);
    const anonymousId =
      body.anonymous_id !== undefined
        ? storable(body.anonymous_id)
        : userId !== null && !isPlaceholder(userId)
          ? `user_${userId}`
          : cookielessId(salt, projectId, ip, userAgent);
    const url = body.url === undefined ? null : URL.parse(body.url);
    const referrer =
      body.referrer === undefined || body.referrer.trim() === '' ? null : referrerOf(body.referrer.trim());
    const { source, medium, campaign, confidence, rule } = classify(
      url,
      referrer,
      // From one of its sites to another is no arrival.
      sites.has(bareHost(referrer?.host))
        ? (referrer?.host ?? null)
        : url === null || url.hostname === ''
          ? ownHost
          : url.hostname,
      (host) => passed.has(bareHost(host)),
    );
    const event: Event = {
      project_id: projectId,
      env,
      event_name: storable(body.event),
      ts,
      received_at: receivedAt,
      request_id: requestId,
      seq,
      event_id: body.event_id === undefined ? null : storable(body.event_id),
      anonymous_id: anonymousId,
      user_id: userId,
      session_id: body.session_id === undefined ? sessionOf(anonymousId, ts) : storable(body.session_id),
      session_sent: body.session_id !== undefined,
      url: body.url === undefined || url === null ? null : storable(cleanUrl(body.url, url)),
      path:
        body.path !== undefined
          ? storable(cleanPath(body.path))
          : url === null
            ? null
            : storable(cleanPath(pathOf(url)).slice(0, pathLength)),
      referrer: referrer === null ? null : referrer.kept,
      source,
      medium,
      campaign,
      source_confidence: confidence,
      source_rule_id: rule,
      country,
      device_type: agent.device_type,
      browser: agent.browser,
      os: agent.os,
      ip_hash: hash,
      properties: body.properties ?? '{}',
      key_kind: trusted ? 'sk' : 'pk',
    };
    return { event, skewed };
  };
};

/** Hosts are compared without a leading `www.`. */
const bareHost = (host: string | null | undefined): string => (host ?? '').replace(/^www\./, '');

/** An address, its hash and country; `edge` wins over the table. */
const visitor = (sent: string, edge: string | null, { salt, country }: Arrival) => {
  const ip = address(sent);
  return {
    ip,
    hash: ip === null ? null : ipHash(salt, ip),
    country: edge ?? (ip === null ? null : country(ip)),
  };
};

/**
 * The user agent of events that name none. A backend’s own (`node`, `python-requests/2`) is not its visitor’s, and judging by it would hide every purchase as a bot’s:
 * from secret keys only what a browser or a crawler says of itself counts, and both begin with Mozilla.
 */
const ownAgentText = ({ trusted, userAgent }: Arrival): string | null => {
  if (!trusted) return userAgent ?? '';
  return userAgent?.startsWith('Mozilla/') ? userAgent : null;
};
