// @ts-check
/**
 * The browser loader: what `GET /v1/a.js` serves (minified, in loader-text.ts). It makes `window.mm`, counts page views and sends events in batches.
 *
 *     <script>window.mm=window.mm||{q:[]};["track","identify","page","flush","getAnonymousId","setAnonymousId"].forEach(function(n){mm[n]=mm[n]||function(a,b){mm.q.push([n,a,b])}})</script>
 *     <script async src="https://api.example.com/v1/a.js" data-key="pk_live_…" data-host="https://api.example.com"></script>
 *
 * The first line is only needed by pages that call `mm` before the second has loaded. Attributes of the second: `data-key` (required), `data-host` (where
 * events go; default: where the script came from), `data-auto-page-view="false"` (the page calls `mm.page()` itself), `data-cookieless` (no id is made, kept or
 * sent). With Global Privacy Control or Do Not Track on, nothing is made, kept or sent, and `mm` stays callable. The reasons: docs/decisions/0008-browser-loader.md.
 */
(() => {
  /** JSON texts: the event, and the body of /v1/identify where it is one. @typedef {{ event: string, identify?: string | undefined }} Waiting */
  /** A call of `mm` made before this ran. @typedef {[name: string, first?: unknown, second?: unknown]} Call */
  /** @typedef {(first?: unknown, second?: unknown) => unknown} Act */
  /** @type {Window & { mm?: Record<string, unknown> & { q?: Call[] | { push: (call: Call) => void } } }} */
  const page = window;
  /** @type {Navigator & { globalPrivacyControl?: boolean }} */
  const browser = navigator;
  /** @type {Document & { prerendering?: boolean }} */
  const doc = document;

  const mm = page.mm || {};
  page.mm = mm;
  const early = mm.q || [];
  // A second copy of this script finds the `q` that the first one left, which is no list.
  if (!('length' in early)) return;

  const found = doc.currentScript || doc.querySelector('script[data-key]');
  const script = found instanceof HTMLScriptElement ? found : doc.createElement('script');
  const { key, host, autoPageView, cookieless } = script.dataset;
  const base = (host || script.src.split('/v1/')[0] || '').replace(/\/+$/, '');
  const asked = browser.globalPrivacyControl || browser.doNotTrack === '1';
  // Any other kind of key is a secret, and whoever reads this page has it now.
  const silent = asked || !/^pk_/.test(key || '');
  const nameless = silent || (cookieless !== undefined && cookieless !== 'false');

  /** Where unsent events wait for the next page. */
  const shelf = `mm_${key}`;

  /** @type {Waiting[]} */
  const queue = [];
  /** How many at the head of the queue are under way. */
  let flying = 0;
  let landing = Promise.resolve();
  let draining = false;
  let failures = 0;
  let timer = 0;
  let id = '';
  let user = '';
  let shown = '';
  let shownAt = 0;
  let referrer = doc.referrer;

  const warn = (/** @type {unknown} */ what) => console.warn('mm:', what);

  /** Nothing that is ours is thrown into the page. Storage may be forbidden or full, without a word: then ids and events live as long as the page. @param {() => unknown} act @param {unknown} [isStorage] */
  const safely = (act, isStorage) => {
    try {
      return act();
    } catch (error) {
      if (!isStorage) warn(error);
    }
  };
  const ifStorage = (/** @type {() => unknown} */ act) => safely(act, 1);

  /** @param {string} path @param {string | undefined} body @param {Record<string, string>} [headers] */
  const post = (path, body, headers) =>
    fetch(`${base}/v1/${path}`, { method: 'POST', keepalive: true, credentials: 'omit', headers, body });

  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join(
      '',
    );

  // A fragment is a place in a page, or holds a sign-in's secrets; only a hash router's (`#/…`, `#!…`) names a page.
  const address = () => location.href.replace(/#(?![!/]).*/, '').slice(0, 2048);

  // A page is the same whatever its query, and with or without a slash at the end.
  const pageOf = (/** @type {string} */ url) => url.replace(/\/?(\?[^#]*)?(?=#|$)/g, '');

  /** An object as an id would make all visitors one. @param {unknown} value */
  const isId = (value) => /^(str|num)/.test(typeof value) || warn('ids are text or numbers');

  /** @type {Act} */
  const setAnonymousId = (value) => {
    if (nameless || !value || !isId(value)) return;
    id = String(value).slice(0, 128);
    ifStorage(() => {
      localStorage.mm_aid = id;
    });
  };

  const getAnonymousId = () => {
    if (!id) {
      setAnonymousId(ifStorage(() => localStorage.mm_aid) || `u_${random()}`);
      // What an earlier, nameful version of the page left.
      if (nameless)
        ifStorage(() => {
          delete localStorage.mm_aid;
          delete localStorage[shelf];
        });
    }
    return id || null;
  };

  /** Up to 20 that may travel together, from a place in the queue on: small enough for the 64 KiB that a browser lets outlive a page. @param {number} start */
  const together = (start) => {
    let room = 3e4;
    return queue.slice(start, start + 20).filter((one, i) => {
      room -= new Blob([one.event]).size;
      return room > 0 || !i;
    });
  };

  const bodyOf = (/** @type {Waiting[]} */ batch) => `{"events":[${batch.map((one) => one.event)}]}`;

  /** @returns {Promise<void>} */
  const send = () => {
    clearTimeout(timer);
    timer = 0;
    if (flying || !queue.length) return landing;
    const next = together(0);
    // 0: the head is an identify; -1: there is none.
    const identifying = next.findIndex((one) => one.identify);
    const batch = identifying < 0 ? next : next.slice(0, identifying || 1);
    flying = batch.length;
    landing = Promise.resolve()
      .then(() =>
        post(
          identifying ? 'batch' : 'identify',
          identifying ? bodyOf(batch) : batch.map((one) => one.identify)[0],
          { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        ),
      )
      // Read to its end, or the browser counts it on against those 64 KiB.
      .then((answer) =>
        answer.text().then((text) => {
          failures = /5..|429|408/.test(`${answer.status}`) ? failures + 1 : 0;
          // Says what to do, e.g. which origin to allow.
          if (!answer.ok) warn(text);
        }),
      )
      .catch(() => {
        failures++;
      })
      .then(() => {
        if (!failures) queue.splice(0, flying);
        flying = 0;
        if (failures || !queue.length) draining = false;
        if (draining) return send();
        plan();
      });
    return landing;
  };

  const plan = () => {
    if (!queue.length || flying || (timer && (failures || queue.length < 20))) return;
    if (failures) timer = setTimeout(send, Math.min(6e4, 500 * 2 ** failures) * (0.5 + Math.random()));
    else if (queue.length < 20) timer = setTimeout(send, 2e3);
    else send();
  };

  /** Changes what waits in storage for the next page: JSON texts, the newest 200. @param {(kept: string[]) => string[]} change */
  const shelve = (change) =>
    nameless ||
    ifStorage(() => {
      const before = localStorage[shelf] || '[]';
      const after = JSON.stringify(change(JSON.parse(before)).slice(-200));
      if (after !== before) localStorage[shelf] = after;
    });

  /** Takes what an earlier page, or this one before it was hidden, could not send: whoever takes it has it alone. */
  const restore = () => {
    shelve((kept) => {
      for (const event of kept) queue.push({ event });
      return [];
    });
    plan();
  };

  /**
   * The page may be going: what is not under way leaves as beacons, which cannot set headers, and whose answers are never seen. What they do not take, or a service that fails just now, waits in
   * storage until it is known to have arrived.
   */
  const leave = () =>
    safely(() => {
      let refused = failures > 0;
      for (let batch = together(flying); batch.length; batch = together(flying)) {
        const path = `beacon?k=${key}`;
        const body = bodyOf(batch);
        const sent = queue.splice(flying, batch.length).map((one) => one.event);
        refused = refused || !browser.sendBeacon(`${base}/v1/${path}`, body);
        if (!refused) continue;
        shelve((kept) => kept.concat(sent));
        post(path, body).then(
          ({ ok }) => ok && shelve((kept) => kept.filter((event) => !sent.includes(event))),
          () => {},
        );
      }
    });

  /** @param {unknown} name @param {unknown} [properties] @param {string} [identify] */
  const add = (name, properties, identify) => {
    if (silent || !name) return;
    const context = {
      $viewport_w: innerWidth,
      $viewport_h: innerHeight,
      $language: browser.language,
      $timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const text = JSON.stringify(Object.assign({}, !identify && context, properties));
    // The service would refuse it, and with it the whole batch.
    if (new Blob([text]).size > 8192) return warn(`not sent, over 8 KB: ${name}`);
    const rest = JSON.stringify({
      event: String(name).slice(0, 128),
      event_id: random(),
      timestamp: new Date(),
      anonymous_id: getAnonymousId() || undefined,
      user_id: user || undefined,
      url: address(),
      referrer: referrer.slice(0, 2048) || undefined,
    });
    queue.push({ event: `${rest.slice(0, -1)},"properties":${text}}`, identify });
    if (queue.length > 1e3) queue.splice(flying, 1);
    plan();
  };

  const flush = () => {
    draining = true;
    return send();
  };

  /** @type {Act} */
  const view = (name, properties) => {
    shown = address();
    shownAt = Date.now();
    add('$pageview', Object.assign(name ? { name } : {}, properties));
  };

  const moved = (/** @type {boolean} */ replaced) =>
    safely(() => {
      const before = shown;
      if (autoPageView === 'false' || before === address()) return;
      shown = address();
      // A filter typed into the address, or a router that repairs it, is no other page.
      if (pageOf(before) === pageOf(shown) && (replaced || Date.now() - shownAt < 1e3)) return;
      // As between two documents: the page before is where the visitor comes from.
      referrer = before || referrer;
      view();
    });

  /** @type {Act} */
  const identify = (name, traits) => {
    if (name && !isId(name)) return;
    user = name ? String(name).slice(0, 256) : '';
    const anonymous_id = getAnonymousId();
    if (!user || !anonymous_id) return;
    add('$identify', traits, JSON.stringify({ anonymous_id, user_id: user, traits }));
    flush();
  };

  /** @type {Record<string, Act>} */
  const acts = {
    track: (name, properties) => add(name, properties),
    identify,
    page: view,
    flush,
    getAnonymousId,
    setAnonymousId,
  };

  for (const [name, act] of Object.entries(acts))
    mm[name] = (/** @type {unknown} */ first, /** @type {unknown} */ second) =>
      safely(() => act(first, second));

  /** @param {Call} call */
  const push = (call) => safely(() => (acts[call[0]] || flush)(call[1], call[2]));
  mm.q = { push };

  const begin = () => {
    if (silent) warn(`nothing is sent: ${asked ? 'DNT or GPC is on' : 'data-key must be a pk_ key'}`);
    if (nameless) getAnonymousId();
    restore();
    // An id that the page brings must be known before the first page view.
    for (const call of early) if (Object(call)[0] === 'setAnonymousId') push(call);
    moved(false);
    for (const call of early) push(call);

    for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
      const original = history[name];
      history[name] = function (...rest) {
        original.apply(this, rest);
        moved(name[0] === 'r');
      };
    }
    addEventListener('popstate', () => moved(false));
    // Back to a page that the browser had kept whole: seen again, though nothing was loaded.
    addEventListener('pageshow', (event) => {
      if (event.persisted) shown = '';
      moved(false);
    });
    addEventListener('pagehide', leave);
    doc.addEventListener('visibilitychange', () => (doc.visibilityState === 'hidden' ? leave : restore)());
  };

  // A page that is fetched ahead has not been seen yet.
  if (doc.prerendering) doc.addEventListener('prerenderingchange', begin, { once: true });
  else begin();
})();
