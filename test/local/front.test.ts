import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Running, startProduct } from './product.ts';
import { sendRaw } from './raw.ts';

let on: Running;
let now = Date.parse('2026-03-02T12:00:00Z');
beforeAll(async () => {
  on = await startProduct({ clock: () => now });
});
afterAll(() => on.stop());

const track = (key: string) =>
  fetch(`${on.url}/v1/track`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: '{"event":"tick","anonymous_id":"a"}',
  });
const told = z.object({
  ok: z.literal(true),
  mcp: z.string(),
  events: z.number().optional(),
  last_event_at: z.string().nullable().optional(),
});
const front = async (headers: Record<string, string> = {}) =>
  told.parse(await (await fetch(on.url, { headers })).json());

test('a browser gets the page, under a policy that lets nothing else in, and no key', async () => {
  const answer = await fetch(on.url, { headers: { Accept: 'text/html,*/*;q=0.8' } });
  const page = await answer.text();
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('vary')).toBe('Accept');
  expect(page).toContain(`claude mcp add --transport http millimetric ${on.url}/mcp`);
  for (const key of Object.values(on.keys)) expect(page).not.toContain(key);
});

test('a program gets the same in few words, with how many events have come and when the last one did', async () => {
  expect(await front()).toMatchObject({ ok: true, mcp: `${on.url}/mcp`, events: 0, last_event_at: null });
  for (const key of [on.keys.sk, on.keys.sk]) await track(key);
  now += 2_000;
  expect(await front()).toMatchObject({ events: 2, last_event_at: '2026-03-02T12:00:00.000Z' });
});

test('however many ask, the lake is asked once in two seconds', async () => {
  await track(on.keys.sk);
  now += 2_000;
  await front();
  await track(on.keys.sk);
  now += 1_999;
  expect((await front()).events).toBe(3);
  now += 1;
  expect((await front()).events).toBe(4);
});

describe('the count is for who runs it', () => {
  const port = () => new URL(on.url).port;
  test.each([
    ['a name made to point here', (p: string) => [`Host: evil.example:${p}`], false],
    ['a page elsewhere', (p: string) => [`Host: 127.0.0.1:${p}`, 'Origin: https://evil.example'], false],
    ['a page on another port', (p: string) => [`Host: localhost:${p}`, 'Origin: http://localhost:1'], false],
    ['a page without an origin', (p: string) => [`Host: localhost:${p}`, 'Origin: null'], false],
    ['this page', (p: string) => [`Host: localhost:${p}`, `Origin: http://localhost:${p}`], true],
    ['a shell', (p: string) => [`Host: 127.0.0.1:${p}`], true],
    ['a neighbour', (p: string) => [`Host: 192.168.1.20:${p}`], true],
  ])('%s: %j', async (_, headers, shown) => {
    const lines = ['GET / HTTP/1.1', ...headers(port()), 'Connection: close', '', ''].join('\r\n');
    const answer = await sendRaw(on.url, [lines]);
    expect(answer).toContain('200 OK');
    expect(answer.includes('"events":')).toBe(shown);
  });
});
