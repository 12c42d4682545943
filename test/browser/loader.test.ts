import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, openChromium } from './chromium.ts';
import { eventsOf, startRecorder } from './recorder.ts';

const stub =
  '<script>window.mm=window.mm||{q:[]};["track","identify","page","flush","getAnonymousId","setAnonymousId"].forEach(function(n){mm[n]=mm[n]||function(a,b){mm.q.push([n,a,b])}})</script>';
const key = 'pk_live_abcdefgh_testtesttesttesttesttesttesttest';

describe.skipIf(!hasChromium)(`the browser loader${hasChromium ? '' : ' (NOT RUN: no Chromium)'}`, () => {
  let browser: Browser;
  let recorder: Awaited<ReturnType<typeof startRecorder>>;
  let page: Page;
  let console: string[];
  let thrown: string[];

  beforeAll(async () => {
    [browser, recorder] = await Promise.all([openChromium(), startRecorder()]);
  });
  afterAll(async () => {
    await browser.close();
    await recorder.stop();
  });
  afterEach(async () => {
    await page.context().close();
    recorder.forget();
    expect(thrown, 'nothing is ever thrown into the page').toEqual([]);
  });

  const snippet = (attributes = '') =>
    `<script async src="${recorder.api}/v1/a.js" data-key="${key}" ${attributes}></script>`;

  /** Opens a page with the loader on it, time standing still; `before` runs in the page first, `head` stands above the snippet. */
  const open = async ({
    attributes = '',
    head = '',
    before = '',
    path = '/',
    referer = '',
    wrong = key,
  } = {}) => {
    page = await (
      await browser.newContext({
        viewport: { width: 800, height: 600 },
        locale: 'de-DE',
        timezoneId: 'Europe/Berlin',
      })
    ).newPage();
    console = [];
    thrown = [];
    page.on('console', (line) => console.push(line.text()));
    page.on('pageerror', (error) => thrown.push(String(error)));
    await page.clock.install({ time: '2026-03-01T11:59:00Z' });
    await page.clock.pauseAt('2026-03-01T12:00:00Z');
    if (before !== '') await page.addInitScript(before);
    recorder.serve(
      `<!doctype html><title>A page</title>${head}${snippet(attributes).replace(key, wrong)}<a id="anchor" href="#part">part</a>`,
    );
    await page.goto(`${recorder.site}${path}`, referer === '' ? {} : { referer });
  };
  const run = (script: string): Promise<unknown> => page.evaluate(script);
  /** Lets the two seconds of a batch pass. */
  const batchTime = () => page.clock.runFor(2_000);
  /** Lets time pass in small steps until so many calls have arrived; how long that took, ms. */
  const passUntil = async (count: number) => {
    let ms = 0;
    for (; recorder.calls.length < count; ms += 100) await page.clock.runFor(100);
    return ms;
  };
  const leave = async () => {
    recorder.serve('<title>Another page</title>');
    await page.goto(`${recorder.site}/elsewhere`);
  };
  /** What arrived, in order, once everything has been sent. */
  const events = async () => {
    await run('mm.flush()');
    return eventsOf(recorder.calls);
  };
  const views = async () =>
    (await events())
      .filter(({ event }) => event === '$pageview')
      .map(({ url }) => url.slice(recorder.site.length));

  test('the public snippet alone sends one $pageview, two seconds after the page loaded', async () => {
    await open({ path: '/shoes?utm_source=news#part', referer: 'https://www.google.com/search' });
    expect(recorder.calls).toEqual([]);
    await batchTime();
    const [call] = await recorder.until(1);
    expect(call).toMatchObject({ path: '/v1/batch', key: `Bearer ${key}`, type: 'application/json' });
    expect(recorder.preflights).toEqual(['/v1/batch']);
    expect(call?.events).toEqual([
      {
        event: '$pageview',
        event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        timestamp: '2026-03-01T12:00:00.000Z',
        anonymous_id: expect.stringMatching(/^u_[0-9a-f]{32}$/),
        url: `${recorder.site}/shoes?utm_source=news`,
        referrer: 'https://www.google.com/search',
        properties: { $viewport_w: 800, $viewport_h: 600, $language: 'de-DE', $timezone: 'Europe/Berlin' },
      },
    ]);
    expect(call?.events?.[0]?.anonymous_id).toBe(await run('mm.getAnonymousId()'));
    expect(await run('localStorage.mm_aid')).toBe(await run('mm.getAnonymousId()'));
  });

  describe('a navigation counts once', () => {
    test.each([
      ['pushState to another address', `history.pushState(null, '', '/b')`, ['/a', '/b']],
      ['pushState to the same address', `history.pushState({ x: 1 }, '', '/a')`, ['/a']],
      ['pushState without an address', `history.pushState({ x: 1 }, '')`, ['/a']],
      ['replaceState to another path', `history.replaceState(null, '', '/b')`, ['/a', '/b']],
      [
        'a filter typed into the query by replaceState',
        `for (const q of ['s', 'sh', 'shoe']) history.replaceState(null, '', '/a?q=' + q)`,
        ['/a'],
      ],
      [
        'a router that repairs the slash at the end',
        `history.pushState(null, '', '/b'); history.replaceState(null, '', '/b/'); history.pushState(null, '', '/b/?x')`,
        ['/a', '/b'],
      ],
      [
        'a hash router that changes its query alone',
        `location.hash = '#/cart'; history.replaceState(null, '', '/a#/cart?step=2')`,
        ['/a', '/a#/cart'],
      ],
      ['replaceState to the same address', `history.replaceState({ x: 1 }, '', '/a')`, ['/a']],
      [
        'pushState, then back',
        `history.pushState(null, '', '/b'); addEventListener('popstate', () => (window.back = true)); history.back()`,
        ['/a', '/b', '/a'],
      ],
      ['a link to a place in the page', `document.querySelector('#anchor').click()`, ['/a']],
      ['a hash router', `location.hash = '#/cart'`, ['/a', '/a#/cart']],
      [
        'a return from the back-forward cache',
        `dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`,
        ['/a', '/a'],
      ],
      ['page()', `mm.page()`, ['/a', '/a']],
      [
        'page() on the address a router goes to',
        `history.pushState(null, '', '/b'); history.replaceState(null, '', '/b')`,
        ['/a', '/b'],
      ],
    ])('%s', async (_, act, seen) => {
      await open({ path: '/a' });
      await run(act);
      if (act.includes('back()')) await page.waitForFunction('window.back');
      expect(await views()).toEqual(seen);
    });

    test('another query by pushState counts, but not within a second of the same path', async () => {
      await open({ path: '/a' });
      await run(`history.pushState(null, '', '/a?page=2')`);
      await page.clock.runFor(1_000);
      await run(`history.pushState(null, '', '/a?page=3')`);
      expect(await views()).toEqual(['/a', '/a?page=3']);
    });

    test('and comes from the page before it', async () => {
      await open({ path: '/a', referer: 'https://news.ycombinator.com/' });
      await run(`history.pushState(null, '', '/b'); mm.track('bought')`);
      expect((await events()).map(({ event, referrer }) => [event, referrer])).toEqual([
        ['$pageview', 'https://news.ycombinator.com/'],
        ['$pageview', `${recorder.site}/a`],
        ['bought', `${recorder.site}/a`],
      ]);
    });

    test('history works as before: arguments, state, and errors that are the page’s own', async () => {
      await open();
      expect(
        await run(
          `history.pushState({ a: 1 }, '', '/c'); JSON.stringify([history.state, location.pathname])`,
        ),
      ).toBe('[{"a":1},"/c"]');
      expect(
        await run(`try { history.pushState(null, '', 'https://elsewhere.test/') } catch (e) { e.name }`),
      ).toBe('SecurityError');
    });
  });

  test('data-auto-page-view="false" leaves page views to the page', async () => {
    await open({ attributes: 'data-auto-page-view="false"' });
    await run(
      `history.pushState(null, '', '/b'); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); mm.page('Checkout', { step: 2 })`,
    );
    const [view, ...more] = await events();
    expect(view).toMatchObject({ event: '$pageview', properties: { name: 'Checkout', step: 2 } });
    expect(more).toEqual([]);
  });

  test('data-auto-page-view="false" makes no id before the page sends something', async () => {
    await open({ attributes: 'data-auto-page-view="false"' });
    expect(await run('localStorage.length')).toBe(0);
  });

  test('data-host says where events go; a slash at its end does no harm', async () => {
    await open({ attributes: `data-host="${recorder.api.replace('127.0.0.1', 'localhost')}/"` });
    expect(await views()).toEqual(['/']);
  });

  test('a page that is only fetched ahead is counted when it is shown', async () => {
    await open({ before: `Object.defineProperty(document, 'prerendering', { value: true })` });
    expect(await views()).toEqual([]);
    await run(`document.dispatchEvent(new Event('prerenderingchange'))`);
    expect(await views()).toEqual(['/']);
  });

  test('20 events leave at once, the rest after two seconds', async () => {
    await open();
    await run(`for (let i = 1; i < 45; i++) mm.track('e' + i)`);
    expect((await recorder.until(2)).map(({ events }) => events?.length)).toEqual([20, 20]);
    expect(await passUntil(3)).toBeGreaterThanOrEqual(2_000);
    const { calls } = recorder;
    expect(calls.map(({ events }) => events?.length)).toEqual([20, 20, 5]);
    expect(eventsOf(calls).map(({ event }) => event)).toEqual([
      '$pageview',
      ...Array.from({ length: 44 }, (_, i) => `e${i + 1}`),
    ]);
  });

  test('an event keeps what its properties were when it was tracked', async () => {
    await open();
    await run(
      `const cart = { items: 1, nested: { deep: ['ü', null, true] } }; mm.track('added', cart); cart.items = 2`,
    );
    expect((await events())[1]?.properties).toMatchObject({ items: 1, nested: { deep: ['ü', null, true] } });
  });

  describe('calls made before it loaded', () => {
    test('are not lost, in their order, after the page view', async () => {
      await open({
        head: `${stub}<script>mm.track('early', { a: 1 }); mm.identify('ada'); mm.track('later'); window.kept = mm.track</script>`,
      });
      await run(`kept('through the old function')`);
      const seen = await events();
      expect(seen.map(({ event, user_id }) => [event, user_id])).toEqual([
        ['$pageview', undefined],
        ['early', undefined],
        ['later', 'ada'],
        ['through the old function', 'ada'],
      ]);
      expect(seen[1]?.properties).toMatchObject({ a: 1 });
    });

    test('an id that the page brings is the page view’s too', async () => {
      await open({ head: `${stub}<script>mm.setAnonymousId('server-made')</script>` });
      expect((await events()).map(({ anonymous_id }) => anonymous_id)).toEqual(['server-made']);
    });

    test('a junk entry in the queue stops nothing', async () => {
      await open({ head: `<script>window.mm = { q: [['nonsense'], null, ['track', 'good']] }</script>` });
      expect((await events()).map(({ event }) => event)).toEqual(['$pageview', 'good']);
    });
  });

  test('a second copy of the snippet changes nothing', async () => {
    await open({ head: snippet() });
    await run(`mm.track('once')`);
    expect((await events()).map(({ event }) => event)).toEqual(['$pageview', 'once']);
  });

  describe('when the service does not answer well', () => {
    test.each([
      ['500', 500],
      ['503', 503],
      ['429', 429],
      ['408', 408],
      ['the connection breaks after the events were taken', 'cut'],
    ] as const)('%s: the same events are sent again, later and later, until taken', async (_, answer) => {
      await open();
      recorder.answer(answer, answer);
      await run(`mm.track('bought')`);
      await batchTime();
      await recorder.until(1);
      const first = await passUntil(2);
      const second = await passUntil(3);
      // Chromium itself repeats a request, at once, where a used connection broke or answered 408.
      if (answer !== 'cut' && answer !== 408)
        expect([first >= 500, second >= 1_000], `waited ${first} and ${second} ms`).toEqual([true, true]);
      const calls = await recorder.until(3);
      const ids = calls.map(({ events }) => events?.map(({ event_id }) => event_id));
      expect(ids[1]).toEqual(ids[0]);
      expect(ids[2]).toEqual(ids[0]);
      expect(calls.map((call) => call.answer)).toEqual([answer, answer, 202]);
      expect((await events()).length).toBe(2);
    });

    test('while it waits to try again, more events only wait with it', async () => {
      await open();
      recorder.answer(500);
      await run('mm.flush()');
      await run(`for (let i = 0; i < 60; i++) mm.track('e' + i)`);
      expect(recorder.calls.length).toBe(1);
      await passUntil(2);
      expect(new Set((await events()).map(({ event_id }) => event_id)).size).toBe(61);
    });

    test.each([400, 401, 403, 413])(
      '%i: not sent again, its reason is readable in the console, and the next batch goes on',
      async (status) => {
        await open();
        recorder.answer(status);
        await run('mm.flush()');
        await run(`mm.track('next')`);
        await run('mm.flush()');
        expect(recorder.calls.map(({ answer }) => answer)).toEqual([status, 202]);
        expect((await events()).map(({ event }) => event)).toEqual(['next']);
        expect(console.join('\n')).toContain(`The recorder says ${status}.`);
      },
    );

    test('a long outage costs memory for 1,000 events at most; the newest stay', async () => {
      await open();
      recorder.answer(503);
      await run('mm.flush()');
      await run(`for (let i = 1; i <= 1500; i++) mm.track('e' + i)`);
      const seen = (await events()).map(({ event }) => event);
      expect(seen.length).toBe(1000);
      expect([seen[0], seen.at(-1)]).toEqual(['e501', 'e1500']);
    });
  });

  describe('who it was', () => {
    test('identify says so to /v1/identify at once, and later events carry the user', async () => {
      await open();
      await run(`mm.track('before'); mm.identify('ada', { plan: 'pro' }); mm.track('after')`);
      expect((await events()).map(({ event, user_id }) => [event, user_id])).toEqual([
        ['$pageview', undefined],
        ['before', undefined],
        ['after', 'ada'],
      ]);
      expect(recorder.calls.map(({ path }) => path)).toEqual(['/v1/batch', '/v1/identify', '/v1/batch']);
      const { anonymous_id, user_id, traits, key: sent } = recorder.calls[1] ?? {};
      expect({ anonymous_id, user_id, traits, sent }).toEqual({
        anonymous_id: await run('mm.getAnonymousId()'),
        user_id: 'ada',
        traits: { plan: 'pro' },
        sent: `Bearer ${key}`,
      });
    });

    test('an identify that failed is tried again', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      recorder.answer(503);
      await run(`mm.identify('ada'); mm.flush()`);
      await passUntil(2);
      expect(recorder.calls.map(({ path, answer }) => [path, answer])).toEqual([
        ['/v1/identify', 503],
        ['/v1/identify', 200],
      ]);
    });

    test.each(['{}', '[]', 'true', '() => 1'])('%s is no id: it changes nobody and says so', async (id) => {
      await open();
      const before = await run('mm.getAnonymousId()');
      await run(`mm.identify('ada'); mm.identify(${id}); mm.setAnonymousId(${id}); mm.track('after')`);
      expect((await events()).at(-1)).toMatchObject({ event: 'after', user_id: 'ada', anonymous_id: before });
      expect(console).toEqual(['mm: ids are text or numbers', 'mm: ids are text or numbers']);
    });

    test('a number is an id', async () => {
      await open();
      await run(`mm.identify(42); mm.track('after')`);
      expect((await events()).at(-1)).toMatchObject({ user_id: '42' });
    });

    test('identify() without an id forgets the user', async () => {
      await open();
      await run(`mm.identify('ada'); mm.identify(); mm.track('signed out')`);
      expect((await events()).at(-1)).not.toHaveProperty('user_id');
    });

    test('the id stays over page loads, and setAnonymousId replaces it', async () => {
      await open();
      const first = await run('mm.getAnonymousId()');
      await page.reload();
      expect(await run('mm.getAnonymousId()')).toBe(first);
      await run(`mm.setAnonymousId('mine')`);
      await page.reload();
      expect((await events()).at(-1)?.anonymous_id).toBe('mine');
    });

    test('where storage throws, the id lives as long as the page', async () => {
      await open({
        before: `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })`,
      });
      await run(`mm.track('bought')`);
      const ids = (await events()).map(({ anonymous_id }) => anonymous_id);
      expect(ids).toEqual([expect.stringMatching(/^u_/), ids[0]]);
    });

    test('data-cookieless: no id is made, kept or sent, and one kept before is removed', async () => {
      await open({ attributes: 'data-cookieless', before: `localStorage.mm_aid = 'u_old'` });
      await run(
        `mm.setAnonymousId('mine'); mm.track('before'); mm.identify('ada', { plan: 'pro' }); mm.track('after')`,
      );
      const seen = await events();
      expect(seen.map(({ event, anonymous_id, user_id }) => [event, anonymous_id, user_id])).toEqual([
        ['$pageview', undefined, undefined],
        ['before', undefined, undefined],
        ['after', undefined, 'ada'],
      ]);
      expect(await run('[mm.getAnonymousId(), localStorage.length, document.cookie]')).toEqual([null, 0, '']);
    });
  });

  test.each([
    ['Global Privacy Control', `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`],
    ['Do Not Track', `Object.defineProperty(navigator, 'doNotTrack', { value: '1' })`],
  ])('with %s nothing is made, kept or sent, and the page’s calls still work', async (_, before) => {
    await open({
      head: `${stub}<script>mm.track('early')</script>`,
      before: `${before}; localStorage.mm_aid = 'u_old'`,
    });
    await run(
      `mm.track('a'); mm.identify('ada'); mm.page(); mm.setAnonymousId('mine'); history.pushState(null, '', '/b')`,
    );
    expect(await run('mm.flush().then(() => [mm.getAnonymousId(), localStorage.length])')).toEqual([null, 0]);
    await batchTime();
    await leave();
    expect([recorder.calls, recorder.preflights]).toEqual([[], []]);
    expect(console).toEqual(['mm: nothing is sent: DNT or GPC is on']);
  });

  test.each(['sk_live_abcdefgh_secret', 'rk_live_abcdefgh_secret', ''])(
    'with %j for a key nothing is sent, and the console says what belongs there',
    async (wrong) => {
      await open({ attributes: `data-x=""`, wrong });
      await run(`mm.track('a'); mm.identify('ada')`);
      await run('mm.flush()');
      await leave();
      expect([recorder.calls, recorder.preflights]).toEqual([[], []]);
      expect(console[0]).toBe('mm: nothing is sent: data-key must be a pk_ key');
      expect(console.join()).not.toContain('secret');
    },
  );

  describe('when the page goes', () => {
    test('what waits leaves as a beacon: the key in the address, plain text, no preflight', async () => {
      await open();
      await run(`mm.track('last words')`);
      await leave();
      const [call] = await recorder.until(1);
      expect(call).toMatchObject({ path: '/v1/beacon', key: `k=${key}`, type: 'text/plain;charset=UTF-8' });
      expect(call?.events?.map(({ event }) => event)).toEqual(['$pageview', 'last words']);
      expect(recorder.preflights).toEqual([]);
    });

    test('hidden (a phone’s last chance) sends what waits, once', async () => {
      await open();
      await run(
        `Object.defineProperty(document, 'visibilityState', { value: 'hidden' }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
      await recorder.until(1);
      await batchTime();
      await leave();
      expect(recorder.calls.map(({ path, events }) => [path, events?.length])).toEqual([['/v1/beacon', 1]]);
    });

    test('an identify that was not taken yet goes along as its $identify event', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      recorder.answer(503);
      await run(`mm.identify('ada', { plan: 'pro' }); mm.flush()`);
      await leave();
      const [, beacon] = await recorder.until(2);
      expect(beacon?.events).toEqual([
        expect.objectContaining({
          event: '$identify',
          user_id: 'ada',
          anonymous_id: recorder.calls[0]?.anonymous_id,
          properties: { plan: 'pro' },
        }),
      ]);
    });

    test('more than a browser lets outlive a page is cut into parts below 64 KiB', async () => {
      await open();
      await run(`for (let i = 0; i < 7; i++) mm.track('big', { text: 'x'.repeat(8000) })`);
      await leave();
      const calls = await recorder.until(3);
      expect(calls.flatMap(({ events }) => events ?? []).length).toBe(8);
      expect(Math.max(...calls.map(({ bytes }) => bytes))).toBeLessThan(64 * 1024);
    });
  });

  describe('what could not be sent before the page went', () => {
    /** The next page of the same site. */
    const next = async () => {
      recorder.serve(`<title>Next</title>${snippet('data-auto-page-view="false"')}`);
      await page.goto(`${recorder.site}/next`);
      await run('mm.flush()');
    };
    const numbers = () =>
      eventsOf(recorder.calls)
        .filter(({ event }) => event === 'big')
        .map(({ properties }) => Number(properties.n))
        .toSorted((a, b) => a - b);

    test('more than beacons take waits for the next page; all of it arrives', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      recorder.answer(503);
      await run(`mm.track('first'); mm.flush()`);
      await run(`for (let n = 0; n < 60; n++) mm.track('big', { n, text: 'x'.repeat(3000) })`);
      await leave();
      await next();
      await expect.poll(() => new Set(numbers()).size, { timeout: 20_000 }).toBe(60);
    });

    test('60 events of 3 KB are all there, whatever the browser lets a leaving page send', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      await run(
        `navigator.sendBeacon = () => false; for (let n = 0; n < 19; n++) mm.track('big', { n, text: 'x'.repeat(3000) })`,
      );
      await leave();
      await next();
      await expect.poll(() => new Set(numbers()).size, { timeout: 20_000 }).toBe(19);
    });

    test('a beacon that is refused goes as a request that outlives the page, and then waits nowhere', async () => {
      await open();
      await run(
        `navigator.sendBeacon = () => false; mm.track('last words'); dispatchEvent(new Event('pagehide'))`,
      );
      const [call] = await recorder.until(1);
      expect(call).toMatchObject({ path: '/v1/beacon', type: 'text/plain;charset=UTF-8' });
      await page.waitForFunction(`localStorage['mm_${key}'] === '[]'`);
      await next();
      expect(eventsOf(recorder.calls).map(({ event }) => event)).toEqual(['$pageview', 'last words']);
    });

    test('a page that was only hidden goes on with what it could not send', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      recorder.answer(503, 503);
      await run(`mm.track('kept'); mm.flush()`);
      await run(
        `Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
      await recorder.until(2);
      await run(
        `Object.defineProperty(document, 'visibilityState', { value: 'visible' }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
      expect((await events()).map(({ event }) => event)).toEqual(['kept']);
    });

    test('it is bounded: the newest 200', async () => {
      await open({ attributes: 'data-auto-page-view="false"' });
      await run(`navigator.sendBeacon = () => false; window.fetch = () => new Promise(() => {})`);
      await run(`for (let n = 0; n < 300; n++) mm.track('big', { n }); dispatchEvent(new Event('pagehide'))`);
      expect(await run(`JSON.parse(localStorage['mm_${key}']).length`)).toBe(200);
    });

    test('data-cookieless keeps nothing', async () => {
      await open({ attributes: 'data-cookieless' });
      await run(`navigator.sendBeacon = () => false; mm.track('a'); dispatchEvent(new Event('pagehide'))`);
      await recorder.until(1);
      expect(await run('localStorage.length')).toBe(0);
    });
  });

  test('20 large events are sent in parts below 64 KiB too, since they must outlive the page', async () => {
    await open();
    await run(`for (let i = 0; i < 25; i++) mm.track('big', { text: '木'.repeat(2600) })`);
    expect((await events()).length).toBe(26);
    expect(Math.max(...recorder.calls.map(({ bytes }) => bytes))).toBeLessThan(64 * 1024);
  });

  describe('nothing a page passes breaks the page or the other events', () => {
    test.each([
      ['no name', `mm.track()`],
      ['an empty name', `mm.track('')`],
      ['a symbol as name', `mm.track(Symbol('s'), Symbol('t'))`],
      ['a name that throws', `mm.track({ toString() { throw new Error('no') } })`],
      ['properties that contain themselves', `const a = {}; a.a = a; mm.track('circular', a)`],
      ['a big integer', `mm.track('bigint', { n: 10n })`],
      ['a getter that throws', `mm.track('getter', { get x() { throw new Error('no') } })`],
      ['properties over 8 KB', `mm.track('huge', { text: 'x'.repeat(8200) })`],
      [
        'an id that throws',
        `mm.setAnonymousId({ toString() { throw new Error('no') } }); mm.identify({ toString() { throw new Error('no') } })`,
      ],
    ])('%s', async (_, call) => {
      await open({ attributes: 'data-auto-page-view="false"' });
      await run(`${call}; mm.track('good')`);
      const seen = await events();
      expect(seen.map(({ event }) => event).filter((name) => name !== 'Symbol(s)')).toEqual(['good']);
      expect(recorder.calls.map(({ answer }) => answer)).toEqual([202]);
    });

    test('names and ids over the contract’s length are shortened, for one of them would lose its whole batch', async () => {
      await open({ path: `/${'p'.repeat(3000)}` });
      await run(
        `mm.setAnonymousId('a'.repeat(300)); mm.identify('u'.repeat(300)); mm.track('e'.repeat(300))`,
      );
      const last = (await events()).at(-1);
      expect([last?.event, last?.anonymous_id, last?.user_id, last?.url].map((text) => text?.length)).toEqual(
        [128, 128, 256, 2048],
      );
    });

    test('without data-key nothing is sent and the console says why', async () => {
      await open({ attributes: 'data-key=""', head: `<script>document.currentScript.remove()</script>` });
      expect(await events()).toHaveLength(1);
      await page.context().close();
      recorder.forget();
      await open({ head: `<script src="${recorder.api}/v1/a.js"></script>` });
      expect(await events()).toEqual([]);
      expect(console).toEqual(['mm: nothing is sent: data-key must be a pk_ key']);
    });
  });
});
