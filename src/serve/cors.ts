import type { Route } from '../routes.ts';

/**
 * On every answer: any page may read it, because keys travel in headers and never in cookies; which pages may *use* a browser key is
 * decided per project (access/may.ts).
 */
export const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'X-Request-Id, Retry-After, WWW-Authenticate, X-Quota-Remaining, X-Quota-Warning',
} as const;

/**
 * What error and tracing tools add to every request of the page they watch (W3C Trace Context and Baggage, Sentry, Datadog, B3, New Relic, Elastic, Jaeger, Honeycomb, Dynatrace, Instana, AppDynamics,
 * Application Insights, AWS, Google Cloud, PostHog, LogRocket, Highlight, OpenReplay). Never read; a page whose tool adds one that is not allowed could send nothing. With `Authorization` a browser takes no `*` for them.
 */
const tracingHeaders = [
  'baggage',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'x-datadog-origin',
  'x-datadog-parent-id',
  'x-datadog-sampled',
  'x-datadog-sampling-priority',
  'x-datadog-tags',
  'x-datadog-trace-id',
  'b3',
  'x-b3-flags',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-spanid',
  'x-b3-traceid',
  'newrelic',
  'x-newrelic-id',
  'x-newrelic-transaction',
  'elastic-apm-traceparent',
  'uber-trace-id',
  'x-honeycomb-trace',
  'x-dtc',
  'x-dtpc',
  'x-dtreferer',
  'x-instana-l',
  'x-instana-s',
  'x-instana-t',
  'adrum',
  'request-context',
  'request-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'x-correlation-id',
  'x-request-id',
  'x-posthog-distinct-id',
  'x-posthog-session-id',
  'x-posthog-window-id',
  'x-highlight-request',
  'x-logrocket-url',
  'x-openreplay-sessiontoken',
].join(', ');

/** What MCP clients in a page send beyond the rest. */
const mcpHeaders = ', Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID';

/** The answer to a preflight of this path (204). `Max-Age`: two hours, the most that browsers keep. */
export const preflight = (
  path: string,
  methods: readonly Route['method'][],
): Readonly<Record<string, string>> => ({
  ...cors,
  'Access-Control-Allow-Methods': methods.join(', '),
  'Access-Control-Allow-Headers': `Authorization, Content-Type, Content-Encoding${path.startsWith('/mcp') ? mcpHeaders : ''}${path.startsWith('/v1/admin') ? ', If-Match, Idempotency-Key' : ''}, ${tracingHeaders}`,
  'Access-Control-Max-Age': '7200',
});

/** On every 401 (contract §2). */
export const challenge = { 'WWW-Authenticate': 'Bearer realm="mcp"' } as const;
