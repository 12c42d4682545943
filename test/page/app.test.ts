import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { mintKey, revokeKey } from '../../src/accounts/keys.ts';
import { hasChromium, openChromium } from '../browser/chromium.ts';
import { type Running, startProduct } from '../local/product.ts';
import { sendVisits } from './visits.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));
const totals = z.object({ rows: z.array(z.object({ visitors: z.number(), sessions: z.number() })).min(1) });
const views: Readonly<Record<string, string>> = {
  overview: '#',
  sources: '#view=sources&event=purchase',
  pages: '#view=pages',
  funnel: '#view=funnel&steps=%24pageview%0Asign_up%0Apurchase',
  retention: '#view=retention',
  paths: '#view=paths',
  people: '#view=people',
  events: '#view=events&event=purchase&field=properties.item',
  health: '#view=health',
  projects: '#view=projects',
};

describe.skipIf(!hasChromium)(`the page${hasChromium ? '' : ' (NOT RUN: no Chromium)'}`, () => {
  let browser: Browser;
  let product: Running;
  let page: Page;
  let said: string[];

  beforeAll(async () => {
    [browser, product] = await Promise.all([openChromium(), startProduct()]);
    await sendVisits(product, Date.now());
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });
  afterEach(async () => {
    await page.context().close();
  });

  const open = async (
    fragment: string,
    {
      key = product.keys.rk,
      at = product,
      ...more
    }: { key?: string; at?: Running } & BrowserContextOptions = {},
  ) => {
    page = await (
      await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 4000 }, ...more })
    ).newPage();
    page.setDefaultTimeout(120_000);
    said = [];
    page.on('console', (line) => said.push(line.text()));
    page.on('pageerror', (thrown) => said.push(thrown.message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== at.url) said.push(`asked elsewhere: ${request.url()}`);
    });
    await page.goto(`${at.url}/app${fragment}`);
    if (key === '') return;
    await page.fill('#key', key);
    await page.keyboard.press('Enter');
  };
  /** Every panel has its answer. */
  const filled = async () => {
    await page.waitForSelector('.panel footer details');
    await expect
      .poll(() => page.locator('.panel footer:empty, .panel[aria-busy]').count(), { timeout: 120_000 })
      .toBe(0);
  };
  const texts = (selector: string) => page.locator(selector).allTextContents();

  test.each(Object.entries(views))('%s fills, nothing fails, nothing is reported', async (_, fragment) => {
    await open(fragment);
    await filled();
    expect(await texts('.failed')).toEqual([]);
    expect(said).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing in any view (%s)', async (colorScheme) => {
    await open('', { colorScheme });
    for (const [view, fragment] of Object.entries(views)) {
      await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
      await page.waitForSelector(`nav [aria-current]:text-matches("${view}", "i")`);
      await filled();
      const found: unknown = await page.evaluate(`${axe};axe.run().then(({ violations }) => violations)`);
      expect(
        violations.parse(found).map(({ id, nodes }) => [view, id, nodes[0]?.html]),
        view,
      ).toEqual([]);
    }
  });

  test('the totals are those of the call that the panel shows', async () => {
    await open('');
    await filled();
    const panel = page.locator('#totals');
    const shown = (await panel.locator('.tile b').allTextContents()).slice(0, 2);
    const call = (await panel.locator('code').allTextContents()).find((text) => text.startsWith('curl'));
    const address = /'(.*)'/.exec(call ?? '')?.[1] ?? '';
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${product.keys.rk}` } });
    const [row] = totals.parse(await answer.json()).rows;
    expect(shown).toEqual([String(row?.visitors), String(row?.sessions)]);
    expect(await panel.textContent()).not.toContain(product.keys.rk);
  });

  test('a click filters, the address says so, back and forward work, Esc clears', async () => {
    await open('');
    await filled();
    await page.click('#sources .bar:has-text("newsletter")');
    await expect.poll(() => texts('.chip')).toEqual(['source=newsletter ✕']);
    expect(page.url()).toContain('f=source%3Dnewsletter');
    await page.goBack();
    await expect.poll(() => texts('.chip')).toEqual([]);
    await page.goForward();
    await expect.poll(() => texts('.chip')).toEqual(['source=newsletter ✕']);
    await page.keyboard.press('Escape');
    await expect.poll(() => texts('.chip')).toEqual([]);
    await page.keyboard.press('w');
    await expect.poll(() => page.url()).toContain('period=7');
  });

  test('arrows read a chart, and its last day is said not to be whole', async () => {
    await open('');
    await filled();
    await page.focus('#over-time svg');
    expect(await page.locator('.tip').textContent()).toContain('not whole yet');
    await page.keyboard.press('Home');
    expect(await page.locator('.tip').textContent()).not.toContain('not whole yet');
  });

  test('a key that ends while the page is open signs it out', async () => {
    const { id } = product.project;
    const { key, record } = await mintKey(product.world, { kind: 'rk', env: 'live', projectId: id });
    await open('', { key });
    await filled();
    await revokeKey(product.world, id, record.key);
    await page.keyboard.press('w');
    await expect.poll(() => texts('[role=alert]')).toEqual(['This key is not valid any more.']);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  test.each([
    ['pk_live_x', 'A pk_ key writes'],
    ['sk_live_x', 'An sk_ key also writes'],
    ['hello', 'This is no key'],
  ])('%s is answered with a sentence', async (key, sentence) => {
    await open('', { key });
    expect(await page.locator('[role=alert]').textContent()).toContain(sentence);
  });

  test('a panel fails alone and is tried again alone', async () => {
    await open('#view=health', { key: '' });
    await page.route('**/v1/pages*', (route) => route.abort());
    await page.fill('#key', product.keys.rk);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#health table');
    await page.keyboard.press('1');
    await page.waitForSelector('#pages .failed');
    await page.waitForSelector('#sources .bars');
    await page.unroute('**/v1/pages*');
    await page.click('#pages .state button');
    await page.waitForSelector('#pages .bars');
  });

  test('at 390 px nothing stands beside the screen', async () => {
    await open('', { viewport: { width: 390, height: 4000 } });
    await filled();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('a project without events says what to paste, then shows the first event by itself; the link signs in once', async () => {
    const empty = await startProduct();
    try {
      const link = `#code=${empty.code}`;
      await open(link, { key: '', at: empty });
      await page.waitForSelector('pre');
      expect(page.url()).not.toContain('code');
      await fetch(`${empty.url}/v1/track`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${empty.keys.sk}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ event: '<img src=x onerror=alert(1)>', anonymous_id: 'a\u202Eb' }),
      });
      await page.waitForSelector('#events .bar');
      expect(await page.locator('#events .name').textContent()).toContain('<img');
      expect(said).toEqual([]);
      await page.context().close();
      await open(link, { key: '', at: empty });
      await expect.poll(() => texts('[role=alert]')).toEqual([expect.stringContaining('This link was used')]);
    } finally {
      await empty.stop();
    }
  });
});
