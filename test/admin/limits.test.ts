import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { madeADay } from '../../src/accounts/usage.ts';
import { browser } from '../e2e/run.ts';
import { type Running, startProduct } from '../local/product.ts';
import { caller } from './call.ts';

const noon = Date.UTC(2026, 11, 5, 12);
let now = noon;
let on: Running;
let admin: ReturnType<typeof caller>;
beforeAll(async () => {
  on = await startProduct({ clock: () => now });
  admin = caller(on, on.keys.admin);
});
afterAll(() => on.stop());

let made = 0;
const text = (value: unknown): string => String(value);
/** A customer on a plan of its own: an account, a project, and its keys. */
const customer = async (terms: object) => {
  const name = `c${++made}`;
  const plan = await admin('POST', 'plans', {
    ...{ name, events_per_month: null, retention_days: null, projects: null, rates: null },
    ...{ features: ['mcp', 'mcp_account'], questions_per_day: { key: null, account: null } },
    ...{ bytes_per_day: { key: null, account: null }, ...terms },
  });
  expect(plan.status).toBe(201);
  const { body: account } = await admin('POST', 'accounts', { name, plan: name });
  const account_id = text(account.account_id);
  const { body: project } = await admin('POST', 'projects', {
    ...{ slug: name, account_id, allowed_origins: ['http://shop.example'] },
  });
  const key = async (kind: string, more: object = {}) =>
    text(
      (
        await admin('POST', 'keys', {
          ...{ kind, account_id, ...(kind !== 'ak' && { project: name }), ...more },
        })
      ).body.secret,
    );
  return { name, account_id, project_id: text(project.project_id), key };
};

const send = async (key: string, path: string, body?: unknown) => {
  const answer = await fetch(`${on.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'User-Agent': browser,
      Origin: 'http://shop.example',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
};
const events = (n: number, of = '') => ({
  events: Array.from({ length: n }, (_, i) => ({
    ...{ event: 'a', anonymous_id: 'x', ...(of !== '' && { event_id: `${of}${i}` }) },
  })),
});
const track = { event: 'a', anonymous_id: 'x' };

describe('the month’s allowance', () => {
  test('counts down on every route that takes events, warns, ends at 110 %, and begins anew with the month', async () => {
    const { key, name, account_id } = await customer({ events_per_month: 20 });
    const sk = await key('sk');
    const left = async (path: string, body: unknown) => {
      const { status, headers } = await send(sk, path, body);
      return [status, headers.get('x-quota-remaining'), headers.get('x-quota-warning') !== null];
    };
    expect(await left('/v1/track', track)).toEqual([202, '19', false]);
    expect(await left('/v1/identify', { anonymous_id: 'x', user_id: 'u' })).toEqual([200, '18', false]);
    expect(await left('/v1/batch', events(18))).toEqual([202, '0', false]);
    expect(await left('/v1/track', track)).toEqual([202, '0', true]);
    const refused = await send(sk, '/v1/batch', events(2));
    expect([refused.status, refused.body]).toEqual([
      429,
      {
        error: 'quota_exceeded',
        message: expect.stringContaining('A request of up to 1 still fits.'),
        details: {
          ...{ plan: name, allowed: 20, used: 21, resets_at: '2027-01-01T00:00:00.000Z' },
          retry_after_s: (Date.UTC(2027, 0, 1) - noon) / 1000,
        },
      },
    ]);
    expect(refused.headers.get('retry-after')).toBe(String((Date.UTC(2027, 0, 1) - noon) / 1000));
    expect(refused.headers.get('access-control-expose-headers')).toContain('X-Quota-Remaining');
    expect(await left('/v1/track', track)).toEqual([202, '0', true]);
    expect((await left('/v1/track', track))[0]).toBe(429);
    expect((await admin('GET', `usage?account_id=${account_id}`)).body).toMatchObject({
      month: { month: '2026-12', events: 22, allowed: 20, remaining: 0 },
      rows: [{ day: '2026-12-05', slug: name, events: 22, questions: 0 }],
    });
    now = Date.UTC(2027, 0, 1);
    expect(await left('/v1/track', track)).toEqual([202, '19', false]);
    now = noon;
    expect((await left('/v1/track', track))[0]).toBe(429);
    // A larger plan is felt by the next request.
    await admin('PATCH', `plans/${name}`, { events_per_month: 100 });
    expect(await left('/v1/track', track)).toEqual([202, '77', false]);
  });

  test('does not charge what is refused, nor a repeat, and counts each event of many requests at once', async () => {
    const { key, account_id } = await customer({ events_per_month: 1_000 });
    const sk = await key('sk');
    const remaining = async (body: unknown) =>
      (await send(sk, '/v1/batch', body)).headers.get('x-quota-remaining');
    expect(await remaining(events(10, 'e'))).toBe('990');
    expect((await send(sk, '/v1/batch', { events: [{ event: '' }] })).status).toBe(400);
    const again = await send(sk, '/v1/batch', events(10, 'e'));
    expect(again.body.repeats).toBe(10);
    await Promise.all(Array.from({ length: 50 }, () => send(sk, '/v1/track', track)));
    expect((await admin('GET', `usage?account_id=${account_id}`)).body.month).toMatchObject({ events: 60 });
  });

  test('over MCP the warning is in the answer, and the refusal one the model can read', async () => {
    const { key } = await customer({ events_per_month: 1 });
    const sk = await key('sk');
    const call = async () =>
      (
        await send(sk, '/mcp', {
          ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
          params: { name: 'track_event', arguments: track },
        })
      ).body.result;
    expect((await call()).structuredContent).toEqual({ ok: true, event_id: null });
    expect(await call()).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('quota_exceeded: The account’s plan') }],
    });
  });
});

test('a project’s rate holds for track, beacon and track_event together, and for batches by themselves', async () => {
  const bucket = { per_second: 1, burst: 5 };
  const { key } = await customer({ rates: { track: bucket, batch: { per_second: 1, burst: 2 } } });
  const [sk, pk] = [await key('sk'), await key('pk')];
  const statuses = async (n: number, path: string, body: unknown, by = sk) => {
    const said = await Promise.all(Array.from({ length: n }, () => send(by, path, body)));
    return said.filter(({ status }) => status === 202).length;
  };
  expect(await statuses(4, '/v1/track', track)).toBe(4);
  const call = { name: 'track_event', arguments: track };
  const mcp = () => send(sk, '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call });
  expect((await mcp()).body.result.isError).toBeUndefined();
  expect((await mcp()).body.result.content[0].text).toMatch(/^rate_limited: /);
  const refused = await send(sk, '/v1/track', track);
  expect([refused.status, refused.body.error, refused.headers.get('retry-after')]).toEqual([
    ...[429, 'rate_limited', '1'],
  ]);
  expect(refused.body.details).toEqual({ route: 'track', ...bucket, retry_after_s: 1 });
  expect(await statuses(5, '/v1/batch', events(3))).toBe(2);
  now += 2_000;
  expect(await statuses(1, `/v1/beacon?k=${pk}`, track)).toBe(1);
  expect(await statuses(9, '/v1/track', track)).toBe(1);
  now = noon;
});

describe('the budget of questions', () => {
  test('ends a key’s day, then its account’s, over REST and MCP alike, and begins anew at midnight', async () => {
    const { key, name, account_id } = await customer({ questions_per_day: { key: 3, account: 5 } });
    const [rk, other, third] = [await key('rk'), await key('rk'), await key('rk')];
    await send(await key('sk'), '/v1/track', track);
    const ask = (by: string) => send(by, '/v1/stats?from=last:1d');
    for (let n = 0; n < 3; n++) expect((await ask(rk)).status).toBe(200);
    const refused = await ask(rk);
    const midnight = (Date.UTC(2026, 11, 6) - noon) / 1000;
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([
      429,
      String(midnight),
      {
        error: 'rate_limited',
        message: expect.stringContaining('The budget questions_per_day of this key is used up'),
        details: {
          ...{ budget: 'questions_per_day.key', plan: name, allowed: 3, used: 3, retry_after_s: midnight },
          resets_at: '2026-12-06T00:00:00.000Z',
        },
      },
    ]);
    for (let n = 0; n < 2; n++) expect((await ask(other)).status).toBe(200);
    expect((await ask(other)).body.details).toMatchObject({ budget: 'questions_per_day.account', used: 5 });
    const call = { name: 'get_stats', arguments: { from: 'last:1d' } };
    const { body } = await send(third, '/mcp', {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call },
    });
    expect(body.result).toMatchObject({
      ...{ isError: true, content: [{ text: expect.stringContaining('rate_limited: The budget') }] },
    });
    expect((await admin('GET', `usage?account_id=${account_id}`)).body).toMatchObject({
      ...{ rows: [{ slug: name, events: 1, questions: 5 }], today: { questions: 5, questions_allowed: 5 } },
    });
    now = Date.UTC(2026, 11, 6);
    expect((await ask(rk)).status).toBe(200);
    now = noon;
  });

  test('of bytes is used up by what was read', async () => {
    const { key, account_id } = await customer({ bytes_per_day: { key: 1, account: null } });
    const [sk, rk] = [await key('sk'), await key('rk')];
    await send(sk, '/v1/batch', events(100));
    await on.world.counters.add(`ASK#${account_id}#2026-12-05`, { [`bytes#${rk.slice(0, 16)}`]: 1 });
    expect((await send(rk, '/v1/stats?from=last:1d')).body.details).toMatchObject({
      ...{ budget: 'bytes_per_day.key', allowed: 1, used: 1 },
    });
    expect((await send(sk, '/v1/stats?from=last:1d')).status).toBe(200);
  });

  test('of many at once no more are asked than it allows', async () => {
    const { key } = await customer({ questions_per_day: { key: 7, account: null } });
    const [sk, rk] = [await key('sk'), await key('rk')];
    await send(sk, '/v1/track', track);
    const said = await Promise.all(Array.from({ length: 20 }, () => send(rk, '/v1/stats?from=last:1d')));
    expect(said.filter(({ status }) => status === 200)).toHaveLength(7);
  });
});

describe('usage', () => {
  test('is told by project and day, of one project, and of a span, for one’s own account only', async () => {
    const { key, account_id, name, project_id } = await customer({});
    const sk = await key('sk');
    await send(sk, '/v1/batch', events(3));
    now += 86_400_000;
    await send(sk, '/v1/batch', events(4));
    await send(sk, '/v1/stats?from=last:1d');
    const own = caller(on, await key('ak', { scope: 'admin' }));
    expect((await own('GET', 'usage')).body).toEqual({
      rows: [
        { day: '2026-12-05', project_id, slug: name, events: 3, questions: 0 },
        { day: '2026-12-06', project_id, slug: name, events: 4, questions: 1 },
      ],
      ...{ next_cursor: null, from: '2026-12-01', to: '2026-12-07', plan: name },
      month: {
        ...{ month: '2026-12', events: 7, allowed: null, remaining: null },
        resets_at: '2027-01-01T00:00:00.000Z',
      },
      today: {
        ...{ day: '2026-12-06', questions: 1, questions_allowed: null, bytes: expect.any(Number) },
        ...{ bytes_allowed: null, resets_at: '2026-12-07T00:00:00.000Z' },
      },
    });
    const { body } = await own('GET', `usage?project_id=${name}&from=2026-12-06&to=2026-12-07`);
    expect(body.rows).toHaveLength(1);
    expect((await own('GET', 'usage?project_id=demo')).status).toBe(404);
    expect((await own('GET', `usage?account_id=${on.project.accountId}`)).status).toBe(404);
    expect((await admin('GET', `usage?account_id=${account_id}`)).body.rows).toHaveLength(2);
    now = noon;
  });

  test.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=2026-13-01', 'from'],
    ['from=2026-01-01&to=2026-12-01', '92'],
    ['from=2026-12-02&to=2026-12-01', '-1 days'],
    ['days=3', 'days'],
  ])('%s is refused by name', async (query, word) => {
    const { status, body } = await admin('GET', `usage?${query}`);
    expect([status, body.error, body.message]).toEqual([
      400,
      'invalid_params',
      expect.stringContaining(word),
    ]);
  });
});

test('who mints without end is stopped for the day, and told which line of the audit to look at', async () => {
  const { account_id, key } = await customer({});
  const own = caller(on, await key('ak', { scope: 'admin' }));
  await on.world.counters.add(`MINT#${account_id}#2026-12-05`, { made: madeADay - 1 });
  const mint = () => own('POST', 'keys', { kind: 'rk', project: `c${made}` });
  expect((await mint()).status).toBe(201);
  const refused = await mint();
  expect([refused.status, refused.body.error, refused.body.details]).toMatchObject([
    ...[429, 'rate_limited'],
    { budget: 'made_per_day', allowed: madeADay, resets_at: '2026-12-06T00:00:00.000Z' },
  ]);
  now += 86_400_000;
  expect((await mint()).status).toBe(201);
  now = noon;
});
