import type { Came, Dialect, Read } from './dialect.ts';
import { success } from './segment.ts';
import { messageItem } from './segment-message.ts';
import { asText, clockOf, fieldsOf, notThis } from './values.ts';

/** Its client refuses keys without a colon, so ours stands behind one: `millimetric:pk_live_…`. The body holds the key masked. */
const read =
  (isServer: boolean) =>
  ({ body, headers, path }: Came): Read => {
    const message = fieldsOf(body);
    if (Object.keys(message).length === 0) throw notThis('one message, a JSON object,');
    const key = asText(headers['x-write-key']?.split(':').at(-1));
    const { writeKey: _, ...rest } = message;
    return {
      keys: key === undefined ? [] : [{ text: key, inUrl: false }],
      sentAt: clockOf(message.sentAt),
      items: [
        messageItem({ ...rest, type: path.at(-1) }, ({ userId }) =>
          // One made-up id per process, shared by all the users of a server.
          isServer && asText(userId) !== undefined ? { anonymous_id: undefined } : {},
        ),
      ],
      answer: success,
    };
  };

/** Jitsu, which speaks Segment’s model one message at a time: `@jitsu/js`. */
export const jitsu: Dialect = {
  name: 'jitsu',
  tool: 'Jitsu',
  roots: [],
  headers: ['x-write-key'],
  places: [
    { at: 'POST api/s/s2s/*', reads: read(true) },
    { at: 'POST api/s/*', reads: read(false) },
  ],
};
