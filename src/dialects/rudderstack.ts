import type { Came, Dialect, Read, ToolAnswer } from './dialect.ts';
import { segment, writeKeyIn } from './segment.ts';
import { messageItem } from './segment-message.ts';
import { clockOf, fieldsOf, listIn } from './values.ts';

const ok = (): ToolAnswer => ({ type: 'text/plain; charset=utf-8', body: 'OK' });

/** The envelope’s `timestamp` is when it was sent; each message has its own. */
const batch = ({ body }: Came): Read => ({
  keys: writeKeyIn(body),
  sentAt: clockOf(fieldsOf(body).sentAt),
  items: listIn(body, 'batch').map((message) => messageItem(message)),
  answer: ok,
});

/** Without this answer the browser’s SDK sends nothing. */
const sourceConfig = ({ query }: Came): ToolAnswer => {
  const writeKey = query.writeKey ?? '';
  const off = { enabled: false };
  return {
    body: {
      source: {
        ...{ id: 'source', name: 'source', writeKey, enabled: true, workspaceId: 'workspace' },
        config: { statsCollection: { errors: off, metrics: off } },
        ...{ destinations: [], connections: [], dataplanes: {} },
      },
    },
  };
};

/** RudderStack, which speaks Segment’s model: `@rudderstack/rudder-sdk-node`, `@rudderstack/analytics-js`. */
export const rudderstack: Dialect = {
  name: 'rudderstack',
  tool: 'RudderStack',
  roots: [],
  headers: ['authorization', 'anonymousid', 'sentat'],
  places: [
    { at: 'POST v1/batch', reads: batch },
    ...segment.places.flatMap((place) =>
      'reads' in place && place.at.length > 'POST v1/xx'.length && place.at !== 'POST v1/batch'
        ? [{ at: place.at, reads: (came: Came): Read => ({ ...place.reads(came), answer: ok }) }]
        : [],
    ),
    { at: 'GET sourceConfig', shows: sourceConfig },
  ],
};
