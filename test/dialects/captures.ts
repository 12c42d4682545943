import type { Capture } from './send.ts';

const server = (name: string, dialect: string, ...tokens: (string | [string, string])[]): Capture => ({
  name,
  dialect,
  kind: 'sk',
  tokens: tokens.map((token) => (typeof token === 'string' ? [token, 'KEY'] : token)),
});
const page = (name: string, dialect: string, ...tokens: (string | [string, string])[]): Capture => ({
  name,
  dialect,
  kind: 'pk',
  tokens: tokens.map((token) => (typeof token === 'string' ? [token, 'KEY'] : token)),
});

/** What the tools’ own SDKs sent to a recorder. */
export const captures: readonly Capture[] = [
  server('segment-node', 'segment', 'WRITEKEY'),
  server('segment-python', 'segment', 'WRITEKEY'),
  page('segment-analytics-next', 'segment', 'WRITEKEY'),
  page('segment-analytics-next-batching', 'segment', 'WRITEKEY'),
  server('rudder-node', 'rudderstack', 'WRITEKEY'),
  page('rudder-browser', 'rudderstack', 'WRITEKEY'),
  server('jitsu', 'jitsu', 'KEYID:SECRET', 'WRITEKEY'),
  server('posthog-node', 'posthog', 'phc_TESTKEY'),
  server('posthog-python', 'posthog', 'phc_TESTKEY'),
  page('posthog-js', 'posthog', 'phc_TESTKEY'),
  page('posthog-js-1.240', 'posthog', 'phc_TESTKEY'),
  page('posthog-js-1.96', 'posthog', 'phc_TESTKEY'),
  page('plausible-tracker', 'plausible', ['"d":"shop.example"', '"d":"KEY"']),
  server('umami-node', 'umami', '50429a93-8479-4073-be80-d5d29c09c2ec'),
  page('umami-script', 'umami', '50429a93-8479-4073-be80-d5d29c09c2ec'),
  server('mixpanel-node', 'mixpanel', 'APISECRET'),
  server('mixpanel-python', 'mixpanel', 'MPTOKEN', ['S:', 'KEY:']),
  page('mixpanel-browser', 'mixpanel', 'MPTOKEN'),
  page('mixpanel-browser-unload', 'mixpanel', 'MPTOKEN'),
  page('matomo-tracker', 'matomo', ['idsite=7', 'idsite=KEY']),
  page('matomo-js', 'matomo', ['idsite=7', 'idsite=KEY']),
  server('amplitude-node', 'amplitude', 'AMPKEY'),
  page('amplitude-browser', 'amplitude', 'AMPKEY'),
  server('openpanel-sdk', 'openpanel', 'SECRET'),
  page('openpanel-web', 'openpanel', 'CLIENT-ID'),
];
