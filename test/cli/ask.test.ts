import { describe, expect, test } from 'vitest';
import { desk, saveKeys } from './desk.ts';
import { type Heard, peer, type Says } from './peer.ts';

/** A desk beside a peer that gives this MCP result. */
const office = async (answer: unknown, more: Parameters<typeof desk>[0] = {}) => {
  const at = desk(more);
  saveKeys(at);
  const says =
    typeof answer === 'function'
      ? answer
      : (): Says => ({ status: 200, body: { jsonrpc: '2.0', id: 1, result: answer } });
  const server = await peer((heard: Heard, nth) => says(heard, nth));
  return {
    ...at,
    server,
    ask: (...args: string[]) => at.type('ask', '--url', server.url, ...args),
    [Symbol.asyncDispose]: server.close,
  };
};

const answer = {
  rows: [
    { source: 'google', uniques: 12, share: 0.75 },
    { source: 'a "quoted", name', uniques: 4, share: null },
  ],
  columns: [
    { name: 'source', type: 'text' },
    { name: 'uniques', type: 'integer' },
    { name: 'share', type: 'number' },
  ],
  period: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-08T00:00:00.000Z', timezone: 'UTC' },
  notes: ['A note.'],
  next_cursor: 'abc',
};
const told = { content: [{ type: 'text', text: '[]' }], structuredContent: answer };

test('a question is one bare tool call with the reading key', async () => {
  await using at = await office(told);
  expect(
    await at.ask(
      'top_sources',
      '--group-by',
      'source',
      '--limit',
      '5',
      '--include_bots',
      '--where=[{"field":"path"}]',
    ),
  ).toBe(0);
  expect(at.server.heard).toHaveLength(1);
  expect(at.server.heard[0]).toMatchObject({ path: '/mcp', authorization: 'Bearer rk_live_read' });
  expect(JSON.parse(at.server.heard[0]?.body ?? '')).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'top_sources',
      arguments: { group_by: 'source', limit: 5, include_bots: true, where: [{ field: 'path' }] },
    },
  });
});

test('the answer is a table with its period, notes and way on', async () => {
  await using at = await office(told);
  await at.ask('top_sources');
  expect(at.said.out).toBe(`source            uniques  share
────────────────  ───────  ─────
google                 12   0.75
a "quoted", name        4      –

2026-01-01 to 2026-01-08 (exclusive), UTC
A note.
More rows: --cursor abc
`);
});

test('--csv gives the rows alone', async () => {
  await using at = await office(told);
  await at.ask('top_sources', '--csv');
  expect(at.said.out).toBe('source,uniques,share\ngoogle,12,0.75\n"a ""quoted"", name",4,\n');
});

test('CSV: nothing is empty, empty text is "", and no cell is a formula unless --raw says so', async () => {
  const values = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', ' =1', '', null, -1, 'a-b'];
  const named = values.map((value) => ({ '=value': value }));
  await using other = await office({ structuredContent: { rows: named, columns: [{ name: '=value' }] } });
  await other.ask('get_stats', '--csv');
  expect(other.said.out).toBe(`'=value\n'=1+1\n'+1\n'-1\n'@x\n'\tx\n"'\rx"\n' =1\n""\n\n-1\na-b\n`);
  await using raw = await office({ structuredContent: { rows: named, columns: [{ name: '=value' }] } });
  await raw.ask('get_stats', '--csv', '--raw');
  expect(raw.said.out).toBe(`=value\n=1+1\n+1\n-1\n@x\n\tx\n"\rx"\n =1\n""\n\n-1\na-b\n`);
});

describe('times are shown as their bucket needs, on the clock of the answer’s zone', () => {
  const asked = async (interval: string, zone: string, ...starts: string[]) => {
    await using at = await office({
      structuredContent: {
        rows: starts.map((bucket) => ({ bucket, value: 1 })),
        columns: [
          { name: 'bucket', type: 'time' },
          { name: 'value', type: 'number' },
        ],
        resolved: { interval },
        period: { from: starts[0], to: '2026-12-01T00:00:00.000Z', timezone: zone },
      },
    });
    await at.ask('get_stats');
    return at.said.out
      .split('\n')
      .slice(2, 2 + starts.length)
      .map((line) => line.replace(/ +1$/, ''));
  };
  test.each<[string, string, string[], string[]]>([
    ['day', 'Europe/Berlin', ['2026-05-16T22:00:00.000Z'], ['2026-05-17']],
    ['week', 'UTC', ['2026-05-18T00:00:00.000Z'], ['2026-05-18']],
    ['month', 'America/New_York', ['2026-05-01T04:00:00.000Z'], ['2026-05']],
    ['hour', 'Europe/Berlin', ['2026-05-16T22:00:00.000Z'], ['2026-05-17 00:00']],
    [
      'hour',
      'Europe/Berlin',
      ['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'],
      ['2026-10-25 02:00 +02:00', '2026-10-25 02:00 +01:00'],
    ],
    ['none', 'Asia/Kolkata', ['2026-05-16T22:00:03.250Z'], ['2026-05-17 03:30:03.250']],
  ])('a %s in %s', async (interval, zone, starts, shown) => {
    expect(await asked(interval, zone, ...starts)).toEqual(shown);
  });
});

describe('--chart', () => {
  const days = ['2026-05-17', '2026-05-18', '2026-05-19', '2026-05-20'].map((day) => `${day}T00:00:00.000Z`);
  const timed = (rows: unknown[], columns: unknown[] = []) => ({
    structuredContent: {
      rows,
      columns: [...columns, { name: 'bucket', type: 'time' }, { name: 'value', type: 'number' }],
      resolved: { interval: 'day' },
      period: { from: '2026-05-17T00:00:00.000Z', to: '2026-05-20T12:00:00.000Z', timezone: 'UTC' },
      partial_buckets: [days[3]],
    },
  });

  test('buckets are bars, an empty one too, and one that is not whole says so', async () => {
    const rows = [
      { bucket: days[0], value: 8 },
      { bucket: days[1], value: 4 },
      { bucket: days[3], value: 1 },
    ];
    await using at = await office(timed(rows), { columns: 31 });
    await at.ask('get_stats', '--interval', 'day', '--chart');
    expect(at.said.out).toBe(`2026-05-17  ██████████ 8
2026-05-18  █████ 4
2026-05-19  0
2026-05-20  █▎ 1 partial

2026-05-17 00:00 to 2026-05-20 12:00, UTC
`);
  });

  test('groups over time are sparklines of one scale', async () => {
    const rows = [
      { device: 'desktop', bucket: days[0], value: 8 },
      { device: 'desktop', bucket: days[1], value: 4 },
      { device: 'mobile', bucket: days[0], value: 1 },
      { device: 'desktop', bucket: days[3], value: 6 },
    ];
    await using at = await office(timed(rows, [{ name: 'device', type: 'text' }]));
    await at.ask('get_stats', '--chart');
    expect(at.said.out).toContain('desktop  █▄ ▆  8\nmobile   ▁     1\n');
  });

  test('anything else is bars of its first number, shares in per cent beside', async () => {
    await using at = await office(told, { columns: 60 });
    await at.ask('top_sources', '--chart');
    expect(at.said.out).toContain(
      'google            ████████████████████████ 12  75.0 % share\na "quoted", name  ████████ 4\n',
    );
  });

  test('rows without a number are a table, and it says so', async () => {
    await using at = await office({
      structuredContent: { rows: [{ path: '/' }], columns: [{ name: 'path' }] },
    });
    await at.ask('query_events', '--chart');
    expect(at.said.out).toContain('There is no number to draw in these rows.');
  });
});

test('--json gives the whole answer as it came', async () => {
  await using at = await office(told);
  await at.ask('top_sources', '--json');
  expect(at.said.out).toBe(`${JSON.stringify(answer, null, 2)}\n`);
});

describe('on a terminal', () => {
  const wide = {
    rows: [{ path: `/${'x'.repeat(50)}`, value: 3 }],
    columns: [{ name: 'path' }, { name: 'value' }],
  };

  test('a table too wide for it has its widest columns cut', async () => {
    await using at = await office({ structuredContent: wide }, { outIsTty: true, columns: 30 });
    await at.ask('get_stats');
    expect(at.said.out).toBe(
      `path                     value\n───────────────────────  ─────\n/${'x'.repeat(21)}…      3\n`,
    );
  });

  test('and if that is not enough each row is a list of what it has', async () => {
    await using at = await office(
      { structuredContent: { ...wide, rows: [{ ...wide.rows[0], user: null }] } },
      { outIsTty: true, columns: 18 },
    );
    await at.ask('get_stats');
    expect(at.said.out).toBe(`path   /xxxxxxxxxx…\nvalue  3\n`);
  });

  test('what visitors wrote cannot move the cursor', async () => {
    await using at = await office(
      { structuredContent: { rows: [{ path: '/\u001b[2J\nx' }], columns: [{ name: 'path' }] } },
      { outIsTty: true },
    );
    await at.ask('get_stats');
    expect(at.said.out).toContain('/�[2J x\n');
  });
});

test('a question that is still running is waited for, the very same one', async () => {
  const running = { status: 'running', query_id: 'm1.d.q1', notes: ['Not answered yet.'] };
  const body = (structuredContent: object): Says => ({
    status: 200,
    body: { jsonrpc: '2.0', id: 1, result: { content: [], structuredContent } },
  });
  await using at = await office((_: Heard, nth: number) => body(nth < 3 ? running : answer));
  expect(await at.ask('top_sources', '--limit', '5', '--csv')).toBe(0);
  const sent = at.server.heard.map((heard) => JSON.parse(heard.body).params.arguments);
  expect(sent).toEqual([{ limit: 5 }, { limit: 5, query_id: 'm1.d.q1' }, { limit: 5, query_id: 'm1.d.q1' }]);
  expect(at.said.out).toBe('source,uniques,share\ngoogle,12,0.75\n"a ""quoted"", name",4,\n');
  expect(at.said.err).toBe('Still running; waiting for the answer. Ctrl-C leaves it.\n'.repeat(2));
});

test('an answer without rows is shown as one', async () => {
  await using at = await office({ structuredContent: { ok: true, event_id: 'e1' } });
  await at.ask('track_event', '--event', 'a');
  expect(at.said.out).toContain('ok    event_id\n────  ────────\ntrue  e1\n');
});

describe('what the server refuses is a sentence on standard error, exit code 1', () => {
  test.each<[string, Says, string]>([
    [
      'bad arguments',
      {
        status: 200,
        body: {
          jsonrpc: '2.0',
          id: 1,
          result: {
            isError: true,
            content: [{ type: 'text', text: 'invalid_params: no such metric\n{"fieldErrors":{}}' }],
          },
        },
      },
      'invalid_params: no such metric\n',
    ],
    [
      'an unknown tool',
      {
        status: 200,
        body: {
          jsonrpc: '2.0',
          id: 1,
          error: {
            code: -32602,
            message: 'unknown_tool',
            data: { reason: 'unknown_tool', message: 'There is no tool x.' },
          },
        },
      },
      'There is no tool x. (unknown_tool)\n',
    ],
    [
      'a wrong key',
      { status: 401, body: { error: 'invalid_api_key', message: 'No such key.' } },
      'No such key. (401 invalid_api_key)\n',
    ],
    [
      'a body that is no MCP',
      { status: 200, body: ['hello'] },
      'answered, but not in MCP. Is --url right?\n',
    ],
    [
      'a page of another program',
      { status: 404, body: 'Not here' },
      'answered 404 and not in the words of this product. Is --url right?\n',
    ],
  ])('%s', async (_, says, sentence) => {
    await using at = await office(() => says);
    expect(await at.ask('get_stats')).toBe(1);
    expect(at.said.err).toContain(sentence);
    expect(at.said.out).toBe('');
  });
});

describe('wrong usage', () => {
  test.each([
    [[], /Which tool\?/],
    [['get_stats', 'count'], /`count` belongs to no flag/],
    [['get_stats', '--json', '--csv'], /Choose one/],
    [['get_stats', '--chart', '--csv'], /Choose one/],
    [['get_stats', '--raw'], /`--raw` belongs to `--csv`/],
    [['get_stats', '--event'], /`--event` came without a value: the shell takes \$pageview for a variable/],
    [['get_stats', '--event', '--limit', '3'], /`--event` came without a value/],
    [['get_stats', '--event', ''], /`--event` came as "".*--event '\$pageview'/],
    [['funnel', '--steps', ',sign_up'], /`--steps` came as ",sign_up".*--steps '\$pageview,sign_up'/],
    [['funnel', '--steps', '["","sign_up"]'], /`--steps` came as/],
    [['funnel', '--steps', '[{"event":""},"sign_up"]'], /`--steps` came as/],
    [['funnel', '--steps', 'a,b', '--exclude', ''], /`--exclude` came as/],
  ])('%j', async (args, sentence) => {
    const at = desk();
    expect(await at.type('ask', ...args)).toBe(2);
    expect(at.said.err).toMatch(sentence);
  });
});

describe('tools', () => {
  const tool = (name: string, schema: object) => ({
    name,
    description: `About ${name}.`,
    inputSchema: { type: 'object', ...schema },
  });
  const pages = ({ body }: Heard): Says => {
    const { params } = JSON.parse(body);
    const stats = tool('get_stats', {
      required: ['metric'],
      properties: {
        metric: { type: 'string', enum: ['count', 'uniques'], description: 'What to count.' },
        limit: { type: 'integer' },
        group_by: { anyOf: [{ type: 'string' }, { type: 'array' }] },
      },
    });
    const result =
      params.cursor === undefined ? { tools: [stats], nextCursor: 'two' } : { tools: [tool('funnel', {})] };
    return { status: 200, body: { jsonrpc: '2.0', id: 1, result } };
  };

  test('all pages are listed, each tool with its arguments', async () => {
    await using at = await office(pages);
    expect(await at.type('tools', '--url', at.server.url)).toBe(0);
    expect(at.said.out).toBe(
      `get_stats --metric [--limit] [--group_by]\n    About get_stats.\n\nfunnel\n    About funnel.\n\n\`millimetric tools NAME\` explains the arguments of one.\n`,
    );
  });

  test.each([[['tools', 'get_stats']]])('%j explains one', async (args) => {
    await using at = await office(pages);
    expect(await at.type(...args, '--url', at.server.url)).toBe(0);
    expect(at.said.out).toContain(
      '  --metric  count|uniques (required)\n      What to count.\n  --limit  integer\n',
    );
    expect(at.said.out).toContain('  --group_by  text or list\n');
  });

  test('ask TOOL --help explains it without a server and without keys', async () => {
    const at = desk();
    expect(await at.type('ask', 'get_stats', '--help')).toBe(0);
    expect(at.said.out).toMatch(/^get_stats\n[\s\S]* {2}--group_by {2}/);
    expect(await at.type('ask', 'get_stat', '--help')).toBe(1);
    expect(at.said.err).toContain('Did you mean `get_stats`?');
  });

  test('a mistyped one is told its nearest', async () => {
    await using at = await office(pages);
    expect(await at.type('tools', 'getstat', '--url', at.server.url)).toBe(1);
    expect(at.said.err).toContain(
      'There is no tool `getstat` for this key. Did you mean `get_stats`? There are: get_stats, funnel.',
    );
  });
});

describe('track', () => {
  test('an event is sent with its fields and properties, and a name so that a retry is no second one', async () => {
    await using at = await office(
      (_: Heard, nth: number): Says =>
        nth === 1 ? { status: 503 } : { status: 202, body: { ok: true, event_id: 'x' } },
    );
    const typed = [
      'sign_up',
      '--user-id',
      '42',
      '--page',
      'http://a.example/b',
      '--property',
      'plan=pro',
      '--property',
      'seats=3',
      '--property',
      'q=a=b',
    ];
    expect(await at.type('track', '--url', at.server.url, ...typed)).toBe(0);
    expect(at.server.heard).toHaveLength(2);
    expect(at.server.heard[1]?.body).toBe(at.server.heard[0]?.body);
    expect(JSON.parse(at.server.heard[0]?.body ?? '')).toEqual({
      event: 'sign_up',
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user_id: '42',
      url: 'http://a.example/b',
      properties: { plan: 'pro', seats: 3, q: 'a=b' },
    });
    expect(at.server.heard[0]).toMatchObject({ path: '/v1/track', authorization: 'Bearer sk_live_secret' });
    expect(at.said.out).toMatch(/^Stored sign_up as /);
  });

  test('a refusal names the field', async () => {
    const body = {
      error: 'invalid_payload',
      message: 'Does not fit.',
      details: { formErrors: [], fieldErrors: { url: ['must be a URL'] } },
    };
    await using at = await office(() => ({ status: 400, body }));
    expect(await at.type('track', 'a', '--url', at.server.url)).toBe(1);
    expect(at.said.err).toBe('Does not fit. (400 invalid_payload)\n  url: must be a URL\n');
  });

  test.each([
    [[], /Which event\?/],
    [[''], /A name that begins with \$ wants single quotes/],
    [['a', 'b'], /`b` belongs to no flag/],
    [['a', '--property', 'plan'], /takes name=value; `plan` was given/],
  ])('%j is wrong usage', async (args, sentence) => {
    const at = desk();
    expect(await at.type('track', ...args)).toBe(2);
    expect(at.said.err).toMatch(sentence);
  });
});
