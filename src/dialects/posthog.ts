import type { Came, Dialect, Left, Meant, Read, SentItem, ToolAnswer } from './dialect.ts';
import { sentJson } from './encoded.ts';
import { posthogMeans } from './posthog-event.ts';
import { asList, asNumber, asText, asTime, clockOf, fieldsOf, notThis } from './values.ts';

const compressions = ['gzip', 'gzip-js'];

/** Events: `{api_key, batch}` of newer SDKs, one event or a list of them of older ones. */
const events = ({ body, query }: Came): Read => {
  const said = sentJson(body, query);
  const envelope = fieldsOf(said);
  const list = Array.isArray(envelope.batch) ? envelope.batch : asList(said);
  if (list.length === 0 && !Array.isArray(envelope.batch) && !Array.isArray(said))
    throw notThis('an event, a list of events, or {api_key, batch},');
  const key = asText(envelope.api_key) ?? asText(envelope.token) ?? tokenIn(list[0]);
  const isHistory = envelope.historical_migration === true;
  return {
    keys: key === undefined ? [] : [{ text: key, inUrl: asText(query.data) !== undefined }],
    sentAt: isHistory ? undefined : clockOf(envelope.sent_at),
    items: list.map((event): SentItem => ({ key: tokenIn(event), means: () => [meansOf(event)] })),
    answer: () => ({ body: { status: 1 } }),
  };
};

const tokenIn = (event: unknown): string | undefined =>
  asText(fieldsOf(fieldsOf(event).properties).token) ?? asText(fieldsOf(event).api_key);

const meansOf = (event: unknown): Meant | Left => posthogMeans(fieldsOf(event), timeIn(fieldsOf(event)));

/** Lists of older SDKs say how long before sending it was. The time of arrival is filled in where the event is kept. */
const timeIn = ({ timestamp, offset }: ReturnType<typeof fieldsOf>): Pick<Meant, 'at' | 'agoMs'> => {
  const agoMs = asNumber(offset);
  return timestamp === undefined && agoMs !== undefined ? { agoMs } : { at: asTime(timestamp) };
};

/** Recordings of screens and log lines are not kept; an SDK that sends them is told that all is well. */
const dropped = (): ToolAnswer => ({ body: { status: 1 } });

/** No flags, no recording, no surveys; and that packed bodies are taken, without which pages lose what they send on leaving. */
const config = (): ToolAnswer => ({
  body: {
    supportedCompression: compressions,
    ...{ hasFeatureFlags: false, sessionRecording: false, surveys: false, heatmaps: false, siteApps: [] },
    ...{ capturePerformance: false, autocapture_opt_out: false, toolbarParams: {} },
  },
});
const flags = (): ToolAnswer => ({
  body: {
    ...{ flags: {}, featureFlags: {}, featureFlagPayloads: {}, errorsWhileComputingFlags: false },
    ...{ supportedCompression: compressions, sessionRecording: false },
  },
});

/** PostHog in three generations of its wire: `posthog-node`, `posthog-js` 1.96 to 1.449, `posthog` for Python. */
export const posthog: Dialect = {
  name: 'posthog',
  tool: 'PostHog',
  roots: [],
  headers: ['authorization', 'x-posthog-sdk-info'],
  places: [
    ...['batch', 'e', 'capture', 'track', 'engage', 'i/v0/e'].map((path) => ({
      at: `* ${path}`,
      reads: events,
    })),
    { at: '* s', shows: dropped },
    { at: '* i/v1/logs', shows: dropped },
    { at: 'GET array/*/config', shows: config },
    { at: '* flags', shows: flags },
    { at: '* decide', shows: flags },
    {
      at: 'GET flags/definitions',
      shows: () => ({ body: { flags: [], group_type_mapping: {}, cohorts: {} } }),
    },
    { at: 'GET api/surveys', shows: () => ({ body: { surveys: [] } }) },
  ],
};
