import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openQuietLog } from '../../src/local/quiet-log.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 0, 31, 12, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const opened = () => {
  const lines: string[] = [];
  return { lines, log: openQuietLog((text) => lines.push(text), Date.now) };
};
const request = (method: string, route: string | null, status: number) =>
  ['request', { method, route, status, ms: 1, key: null, request_id: 'r' }] as const;

test('a second of requests is one line: how many of which, and how many were refused', () => {
  const { lines, log } = opened();
  for (let i = 0; i < 40; i++) log.info(...request('POST', '/v1/batch', 202));
  log.info(...request('POST', '/mcp', 200));
  log.info(...request('POST', '/mcp', 401));
  log.info(...request('GET', null, 404));
  log.info(...request('GET', '/v1/stats', 200));
  log.info(...request('GET', '/v1/query', 200));
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual([
    '12:00:02  40 × POST /v1/batch, 2 × POST /mcp, 1 × GET (no route), 2 others; refused: 1 × 401, 1 × 404\n',
  ]);
});

test('a second without requests says nothing', () => {
  const { lines, log } = opened();
  log.info(...request('GET', '/healthz', 200));
  vi.advanceTimersByTime(10_000);
  expect(lines).toEqual(['12:00:02  1 × GET /healthz\n']);
});

test('anything else is said at once, after what came before it', () => {
  const { lines, log } = opened();
  log.info(...request('GET', '/healthz', 200));
  log.warn('a file could not be read', { file: 'a.parquet', rows: 3 });
  log.error('stopping');
  log.flush();
  expect(lines).toEqual([
    '12:00:01  1 × GET /healthz\n',
    '12:00:01  warning: a file could not be read  file: a.parquet  rows: 3\n',
    '12:00:01  error: stopping\n',
  ]);
});
