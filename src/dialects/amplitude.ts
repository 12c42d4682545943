import { amplitudeMeans } from './amplitude-event.ts';
import type { Came, Dialect, Read, SentItem } from './dialect.ts';
import { sentJson } from './encoded.ts';
import { asText, clockOf, fieldsOf, listIn } from './values.ts';

/** The JSON `code` decides for its SDKs, not the status. */
const read = ({ body, query }: Came): Read => {
  const said = sentJson(body, query);
  const { api_key, client_upload_time } = fieldsOf(said);
  const key = asText(api_key);
  return {
    keys: key === undefined ? [] : [{ text: key, inUrl: false }],
    sentAt: clockOf(client_upload_time),
    items: listIn(said, 'events').map(
      (event): SentItem => ({ means: () => amplitudeMeans(fieldsOf(event)) }),
    ),
    answer: ({ taken, receivedAt }) => ({
      body: { code: 200, events_ingested: taken, payload_size_bytes: 0, server_upload_time: receivedAt },
    }),
    refusal: (code, error) => ({ code, error }),
  };
};

/** Amplitude: `@amplitude/analytics-node`, `@amplitude/analytics-browser`. */
export const amplitude: Dialect = {
  name: 'amplitude',
  tool: 'Amplitude',
  roots: ['/2/httpapi'],
  headers: ['authorization'],
  places: ['2/httpapi', 'batch', 'httpapi'].map((path) => ({ at: `POST ${path}`, reads: read })),
};
