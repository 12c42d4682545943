import type { Came, Dialect, Place, Presented, Read, ToolAnswer } from './dialect.ts';
import { messageItem } from './segment-message.ts';
import { asText, clockOf, fieldsOf, listIn, notThis } from './values.ts';

/** What Segment’s clients and those of its like are answered: they look at the status alone. */
export const success = (): ToolAnswer => ({ body: { success: true } });

/** The key in a body, where these SDKs repeat it. */
export const writeKeyIn = (body: unknown): readonly Presented[] => {
  const key = asText(fieldsOf(body).writeKey);
  return key === undefined ? [] : [{ text: key, inUrl: false }];
};

const batch = ({ body }: Came): Read => ({
  keys: writeKeyIn(body),
  sentAt: clockOf(fieldsOf(body).sentAt),
  items: listIn(body, 'batch').map((message) => messageItem(message)),
  answer: success,
});

const types = { t: 'track', p: 'page', i: 'identify', g: 'group', a: 'alias', s: 'screen' } as const;

/** One message whose type its path says, by a word or by its first letter. */
const single = (short: string, type: string): Place => ({
  at: `POST v1/${short}`,
  reads: ({ body }) => {
    const message = fieldsOf(body);
    if (Object.keys(message).length === 0) throw notThis('one message, a JSON object,');
    return {
      keys: writeKeyIn(body),
      sentAt: clockOf(message.sentAt),
      items: [messageItem({ ...message, type })],
      answer: success,
    };
  },
});

/** Without this answer the browser’s SDK sends nothing; it also tells it where to, so that one changed line is enough. */
const settings = ({ path, base }: Came): ToolAnswer => {
  const { protocol, host, pathname } = new URL(base);
  return {
    body: {
      integrations: {
        'Segment.io': {
          apiKey: path[2],
          apiHost: `${host}${pathname === '/' ? '' : pathname}/in/segment/v1`,
          protocol: protocol.slice(0, -1),
        },
      },
      plan: {},
    },
  };
};

/** Segment: `@segment/analytics-node`, `@segment/analytics-next`, `segment-analytics-python`. */
export const segment: Dialect = {
  name: 'segment',
  tool: 'Segment',
  roots: [],
  headers: ['authorization', 'x-retry-count'],
  places: [
    { at: 'POST v1/batch', reads: batch },
    { at: 'POST v1/b', reads: batch },
    ...Object.entries(types).flatMap(([short, type]) => [single(short, type), single(type, type)]),
    { at: 'GET v1/projects/*/settings', shows: settings },
  ],
};
