import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Running, startProduct } from '../local/product.ts';

let product: Running;

beforeAll(async () => {
  product = await startProduct();
  await sent(
    Array.from({ length: 6 }, (_, n) => Array.from({ length: 7 - n }, () => viewed(`p${n}`))).flat(),
  );
});
afterAll(() => product.stop());

const viewed = (plan: string) => ({ event: 'viewed', anonymous_id: plan, properties: { plan } });
const said = async (method: 'GET' | 'POST', path: string, key: string, body?: object) => {
  const answer = await fetch(product.url + path, {
    ...{ method, headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return z.record(z.string(), z.unknown()).parse(await answer.json());
};
const sent = (events: readonly object[]) => said('POST', '/v1/batch', product.keys.sk, { events });
const shape = z.looseObject({
  rows: z.array(z.unknown()),
  columns: z.array(z.looseObject({ name: z.string() })),
  notes: z.array(z.string()),
  next_cursor: z.string().nullable(),
});
const asked = async (path: string, args: Readonly<Record<string, string>>) =>
  shape.parse(await said('GET', `${path}?${new URLSearchParams(args)}`, product.keys.rk));
const called = async (name: string, args: object) => {
  const params = { name, arguments: args };
  const answer = await said('POST', '/mcp', product.keys.rk, {
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call', params },
  });
  return z
    .object({
      content: z.tuple([z.object({ text: z.string() })]),
      structuredContent: shape,
    })
    .parse(answer.result);
};

const plans = { group_by: 'properties.plan', limit: '2' };
const two = [
  ['p0', 7],
  ['p1', 6],
];

describe('rows', () => {
  test.each([
    ['get_stats', plans, 'rows'],
    ['get_stats', { ...plans, format: 'table' }, 'table'],
    ['trends', { series: [{ event: 'viewed' }], ...plans }, 'table'],
    ['trends', { series: [{ event: 'viewed' }], ...plans, format: 'rows' }, 'rows'],
  ])('of %s %j are written as %s over MCP, in the text too', async (tool, args, format) => {
    const { content, structuredContent } = await called(tool, args);
    const names = structuredContent.columns.map(({ name }) => name);
    const objects = two.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
    expect(structuredContent.rows).toEqual(format === 'table' ? two : objects);
    expect(JSON.parse(content[0].text)).toEqual(format === 'table' ? { columns: names, rows: two } : objects);
  });

  test.each([
    [{}, two.map(([plan, value]) => ({ 'properties.plan': plan, value }))],
    [{ format: 'table' }, two],
  ])('of GET /v1/stats with %j are %j', async (format, rows) => {
    expect((await asked('/v1/stats', { ...plans, ...format })).rows).toEqual(rows);
  });

  test('as a table more of them fit a page', async () => {
    const many = { from: '2024-01-01', to: '2026-01-01', interval: 'hour', fill: true, limit: 1000 };
    const page = async (format: string) =>
      (await called('get_stats', { ...many, format })).structuredContent.rows.length;
    expect(await page('table')).toBeGreaterThan((await page('rows')) * 1.2);
  });
});

describe('single events', () => {
  test('come oldest first, page by page, with the fields that were asked for alone', async () => {
    const args = { order: 'oldest', fields: 'properties', limit: '20' };
    const first = await asked('/v1/query', args);
    const second = await asked('/v1/query', { ...args, cursor: first.next_cursor ?? '' });
    const all = [...first.rows, ...second.rows].map((row) =>
      z.strictObject({ properties: z.string() }).parse(row),
    );
    expect(all.map(({ properties }) => JSON.parse(properties).plan).slice(0, 8)).toEqual([
      ...Array.from({ length: 7 }, () => 'p0'),
      'p1',
    ]);
    expect(first.columns).toEqual([{ name: 'properties', type: 'json' }]);
    expect(all).toHaveLength(27);
  });

  test('with a field that there is not are refused by its name', async () => {
    const answer = await said('GET', '/v1/query?fields=path,pth', product.keys.rk);
    expect(JSON.stringify(answer)).toMatch(/fields.*must be one of timestamp, /);
  });
});

test('pages of groups are made of the same events though others arrive', async () => {
  const groups = async (page: object) => (await called('get_stats', page)).structuredContent;
  const long = Array.from({ length: 400 }, (_, n) =>
    viewed(`${'q'.repeat(90)}-${String(n).padStart(3, '0')}`),
  );
  await sent([...long, ...long.slice(0, 200)]);
  const first = await groups({ group_by: 'properties.plan', limit: 1000 });
  expect(first.next_cursor).not.toBeNull();
  await sent(long.slice(200).flatMap((event) => [event, event, event]));
  const found = [...first.rows];
  let cursor = first.next_cursor;
  while (cursor !== null) {
    const page = await groups({ cursor });
    expect(page.notes.join()).toContain('what arrived since is left out');
    found.push(...page.rows);
    cursor = page.next_cursor;
  }
  const names = found.map(
    (row) => z.looseObject({ 'properties.plan': z.string() }).parse(row)['properties.plan'],
  );
  expect(names).toHaveLength(406);
  expect(new Set(names).size).toBe(406);
});

test('a step that is any of several is read name by name', async () => {
  const steps = JSON.stringify(['viewed', { any_of: ['viewed', 'viewd'] }]);
  const { notes } = await asked('/v1/funnel', { steps });
  expect(notes.filter((note) => note.startsWith('no event'))).toEqual([
    'no event "viewd" in this project; nearest: "viewed"',
  ]);
});
