import { dimensions } from '../../src/events/columns.ts';
import { prompts } from '../../src/serve/prompts.ts';
import { resources } from '../../src/serve/resources.ts';
import { questions } from '../../src/tools/index.ts';

/** A legal request over MCP or REST, and what it is called. */
export interface Legal {
  readonly what: string;
  readonly path: string;
  readonly body?: unknown;
}

const mcp = (what: string, method: string, params: unknown): Legal => ({
  what,
  path: '/mcp',
  body: { jsonrpc: '2.0', id: 1, method, params },
});
const tool = (name: string, args: Readonly<Record<string, unknown>>, what = ''): Legal =>
  mcp(`${name} ${what === '' ? JSON.stringify(args).slice(0, 80) : what}`, 'tools/call', {
    name,
    arguments: args,
  });
const rest = (path: string): Legal => ({ what: path.slice(0, 100), path });

const unheard = (n: number) =>
  Array.from({ length: n }, (_, i) => `event nobody sent, with a long name ${i}`);
const numbers = Array.from({ length: 200 }, (_, i) => i + 0.5);

/** Every tool, resource, prompt, completion and hint, each with the most it may ask for. */
export const everyKind: readonly Legal[] = [
  ...questions.flatMap(({ name, examples, input, across }) =>
    across
      ? []
      : [
          ...examples.map(({ input: given }) => tool(name, { ...given, from: 'last:30d', to: undefined })),
          ...('limit' in input.shape
            ? examples
                .slice(0, 1)
                .map(({ input: given }) =>
                  tool(name, { ...given, limit: 100, from: '0001-01-01', to: '9999-12-31' }),
                )
            : []),
        ],
  ),
  tool('get_stats', { event: 'name_12345x' }, 'a name nobody sent'),
  tool(
    'get_stats',
    { event: 'zzz', where: [{ field: 'properties.k_1', op: 'in', value: numbers }] },
    'many values',
  ),
  tool('query_events', { event: 'name_12345x', limit: 1000 }, 'a name nobody sent'),
  tool('query_events', { event: 'wide', limit: 1000 }, 'wide events'),
  tool('funnel', { steps: unheard(20), exclude: unheard(30).slice(20) }, '20 names nobody sent'),
  ...[...dimensions, 'properties.k_1', 'properties.id'].flatMap((group_by) => [
    tool('get_stats', { group_by, limit: 1000 }),
    tool('get_stats', { group_by, limit: 1000, interval: 'hour', from: 'last:30d' }),
    tool('funnel', { steps: ['wide', 'name_1'], group_by, limit: 100 }),
  ]),
  tool('get_stats', {
    interval: 'hour',
    limit: 1000,
    from: '0001-01-01',
    to: '9999-12-31',
    tz: 'aMerica/new_yOrk',
  }),
  tool('get_stats', { interval: 'day', limit: 1000, from: '0001-01-01', to: '9999-12-31', tz: '+05:31' }),
  tool('top_sources', { limit: 200 }),
  rest('/v1/stats?event=name_12345x'),
  rest('/v1/stats?group_by=event_name,path,properties.id&limit=1000&interval=hour'),
  rest('/v1/query?event=wide&limit=1000'),
  rest('/v1/query?limit=1000'),
  rest('/v1/sources?limit=200'),
  rest(
    `/v1/funnel?steps=${unheard(20)
      .map((name) => name.replaceAll(',', ''))
      .map(encodeURIComponent)
      .join()}`,
  ),
  ...resources.map(({ uri }) => mcp(uri, 'resources/read', { uri })),
  ...['name_1', 'wide', 'nobody%20sent', 'x'.repeat(5000)].map((event) =>
    mcp(`schema://events/${event.slice(0, 20)}`, 'resources/read', { uri: `schema://events/${event}` }),
  ),
  ...prompts.flatMap(({ name, arguments: takes = [] }) => [
    mcp(`prompt ${name}`, 'prompts/get', { name, arguments: { steps: 'a,b', event: 'name_1' } }),
    ...takes.flatMap((argument) =>
      ['', 'name_', 'NAME_9', 'nothing'].map((value) =>
        mcp(`completion of ${name}.${argument.name} ${value}`, 'completion/complete', {
          ref: { type: 'ref/prompt', name },
          argument: { name: argument.name, value },
        }),
      ),
    ),
  ]),
  mcp('completion of the template', 'completion/complete', {
    ref: { type: 'ref/resource', uri: 'schema://events/{event}' },
    argument: { name: 'event', value: 'na' },
  }),
];
