import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { changeProject } from '../../src/accounts/projects.ts';
import { type Running, startProduct } from '../local/product.ts';
import { hasChromium, openChromium } from './chromium.ts';
import { type Site, startSite } from './site.ts';

const rows = z.object({
  rows: z.array(
    z.object({
      event_name: z.string(),
      anonymous_id: z.string(),
      user_id: z.string().nullable(),
      path: z.string().nullable(),
      url: z.string().nullable(),
      source: z.string(),
      browser: z.string().nullable(),
      properties: z.string(),
    }),
  ),
});
describe.skipIf(!hasChromium)(
  `a page with the loader and the whole product${hasChromium ? '' : ' (NOT RUN: no Chromium)'}`,
  () => {
    let browser: Browser;
    let product: Running;
    let page: Page;
    let console: string[];

    let shop: Site;

    beforeAll(async () => {
      [browser, shop] = await Promise.all([openChromium(), startSite()]);
    });
    afterAll(async () => {
      await browser.close();
      await shop.stop();
    });
    afterEach(async () => {
      await page.context().close();
      await product.stop();
    });

    /** A page of the shop with the public snippet on it. */
    const open = async ({ allowed = true, key = '', attributes = '' } = {}) => {
      product = await startProduct();
      if (allowed) await changeProject(product.world, product.project.id, { allowed_origins: [shop.origin] });
      shop.serve(
        `<!doctype html><title>Shop</title><script async src="${product.url}/v1/a.js" data-key="${key || product.keys.pk}" data-host="${product.url}" ${attributes}></script>`,
      );
      page = await (await browser.newContext()).newPage();
      console = [];
      page.on('console', (line) => console.push(line.text()));
      await page.goto(`${shop.origin}/shoes?utm_source=news&email=ada@example.com`);
    };
    const run = (script: string): Promise<unknown> => page.evaluate(script);
    const leave = async () => {
      shop.serve('<title>Another page</title>');
      await page.goto(`${shop.origin}/elsewhere`);
    };
    /** What the product knows, oldest first. */
    const stored = async () => {
      const answer = await fetch(`${product.url}/v1/query`, {
        headers: { Authorization: `Bearer ${product.keys.rk}` },
      });
      return rows.parse(await answer.json()).rows.toReversed();
    };

    test('on an allowed origin everything the page says is in the next answer', async () => {
      await open();
      await run(
        `mm.track('added_to_cart', { sku: 'boot', '$viewport_w': 1 }); mm.identify('ada', { plan: 'pro' }); mm.track('bought', { cents: 4200 }); mm.flush()`,
      );
      const seen = await stored();
      expect(
        seen.map(({ event_name, user_id, path, source }) => [event_name, user_id, path, source]),
      ).toEqual([
        ['$pageview', null, '/shoes', 'news'],
        ['added_to_cart', null, '/shoes', 'news'],
        ['bought', 'ada', '/shoes', 'news'],
        ['$identify', 'ada', null, 'direct'],
      ]);
      expect(new Set(seen.map(({ anonymous_id }) => anonymous_id))).toEqual(
        new Set([await run('mm.getAnonymousId()')]),
      );
      expect(seen[0]).toMatchObject({
        url: `${shop.origin}/shoes?utm_source=news`,
        browser: expect.stringMatching(/chrome/i),
      });
      expect(JSON.parse(seen[2]?.properties ?? '')).toMatchObject({ cents: 4200 });
      expect(console).toEqual([]);
    });

    test('a page whose error and tracing tools add headers to every request sends as if they did not', async () => {
      // Headers that a script sets are asked about in a real preflight, which the product answers.
      await open();
      await run(`(() => {
        const plain = window.fetch;
        window.fetch = (url, options = {}) => plain(url, { ...options, headers: { ...options.headers,
          'sentry-trace': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1', baggage: 'sentry-release=1',
          traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=1',
          'x-datadog-trace-id': '1', 'x-datadog-parent-id': '2', 'x-datadog-origin': 'rum', 'x-datadog-sampling-priority': '1',
          'X-B3-TraceId': '1', 'X-B3-SpanId': '2', 'X-B3-Sampled': '1', b3: '1-2-1', newrelic: 'x', 'X-Request-ID': 'r' } });
      })()`);
      await run(`mm.track('traced'); mm.flush()`);
      await expect
        .poll(async () => (await stored()).map(({ event_name }) => event_name))
        .toEqual(['$pageview', 'traced']);
      const refused = await run(
        `fetch(${JSON.stringify(product.url)} + '/v1/track', { method: 'POST', headers: { 'x-not-listed': '1' } }).then(() => false, () => true)`,
      );
      expect(refused).toBe(true);
    });

    test('what a leaving page had not sent yet arrives as a beacon', async () => {
      await open();
      await run(`mm.track('last words')`);
      await leave();
      await expect
        .poll(async () => (await stored()).map(({ event_name }) => event_name))
        .toEqual(['$pageview', 'last words']);
    });

    test('events whose answer was lost are sent again and stored once', async () => {
      await open();
      const takeAndLose = async (route: Route) => {
        await route.fetch();
        await route.abort();
      };
      await page.route('**/v1/batch', takeAndLose, { times: 1 });
      await run(`mm.track('bought'); mm.flush()`);
      expect((await stored()).length).toBe(2);
      await run('mm.flush()');
      expect((await stored()).map(({ event_name }) => event_name)).toEqual(['$pageview', 'bought']);
    });

    test('data-cookieless leaves the id to the service, which makes one for the day', async () => {
      await open({ attributes: 'data-cookieless' });
      await run('mm.flush()');
      await page.goto(`${shop.origin}/hats`);
      await run('mm.flush()');
      const [first, second] = (await stored()).map(({ anonymous_id }) => anonymous_id);
      expect(first).toMatch(/^anon_[0-9a-f]{32}$/);
      expect(second).toBe(first);
    });

    const asked = (key: string) =>
      run(`fetch('${product.url}/v1/track', { method: 'POST', headers: { Authorization: 'Bearer ${key}', 'Content-Type': 'application/json' }, body: '{"event":"x"}' })
      .then(async (answer) => [answer.status, (await answer.json()).error, answer.headers.get('X-Request-Id') !== null])`);

    test.each([
      ['a page on a foreign origin', { allowed: false }, 403, 'origin_not_allowed'],
      [
        'a page with a mistyped key',
        { key: 'pk_live_AbCd1234_thisIsNoKeyAtAllButItHasTheShape' },
        401,
        'malformed_api_key',
      ],
    ])('%s can read why it is refused, and stores nothing', async (_, how, status, error) => {
      await open(how);
      expect(await asked('key' in how ? how.key : product.keys.pk)).toEqual([status, error, true]);
      await run('mm.flush()');
      expect(console.join('\n')).toContain(`"error":"${error}"`);
      await leave();
      expect(await stored()).toEqual([]);
    });
  },
);
