import type { Event } from '../../src/events/columns.ts';

/** What one says of an event when it matters little; `at` is ISO 8601 instead of `ts`. */
export type Said = Partial<Event> & { readonly at?: string };

/** A whole event from what matters of it: a live desktop `$pageview` of `a1` on 2 March 2026 that arrived as it happened. */
export const anEvent = ({ at, ...said }: Said): Event => {
  const ts = said.ts ?? Date.parse(at ?? '2026-03-02T09:00:00Z');
  const anonymous_id = said.anonymous_id ?? 'a1';
  return {
    project_id: 'shop',
    env: 'live',
    event_name: '$pageview',
    ts,
    received_at: ts,
    request_id: `r-${new Date(ts).toISOString()}`,
    seq: 0,
    event_id: null,
    anonymous_id,
    user_id: null,
    session_id: `${anonymous_id}-${Math.floor(ts / 1_800_000)}`,
    session_sent: false,
    url: null,
    path: null,
    referrer: null,
    source: 'direct',
    medium: 'direct',
    campaign: null,
    source_confidence: 'high',
    source_rule_id: 'direct',
    country: null,
    device_type: 'desktop',
    browser: null,
    os: null,
    ip_hash: null,
    properties: '{}',
    key_kind: 'pk',
    ...said,
  };
};

/** Events in the order they were sent in one request. */
export const sent = (...events: readonly Event[]): readonly Event[] =>
  events.map((event, seq) => ({ ...event, seq, request_id: 'r1' }));
