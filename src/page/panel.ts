import { addressOf, askFor, type Call, type Heard, inTurn, RefusedCall } from './ask.ts';
import { h, handOver } from './dom.ts';
import { bytes, onClock, plain } from './format.ts';
import { plainTable } from './people-charts.ts';
import { pictureOf } from './picture.ts';
import { csvOf, type Table } from './shown.ts';
import { t } from './words.ts';

/** One question and how its answer is drawn. */
export interface Panel {
  /** Its place on the page: a panel of the same id keeps its old numbers, dimmed, until the new ones are there. */
  readonly id: string;
  readonly title: string;
  readonly call: Call;
  /** The same over the days before. */
  readonly before?: Call | undefined;
  readonly wide?: boolean;
  /** Pixels kept free for it, so that nothing moves when it fills. */
  readonly tall: number;
  readonly notes?: readonly string[];
  readonly draw: (answer: Heard, before: Heard | undefined, width: number) => HTMLElement;
  readonly table: (answer: Heard, before: Heard | undefined) => Table;
}
/** A panel on the page. */
export interface Placed {
  readonly box: HTMLElement;
  /** Asks anew; `panel` may have other arguments now. */
  readonly show: (panel: Panel, key: string) => void;
  /** Asks no more. */
  readonly leave: () => void;
}

const turn = inTurn(4);

/** A panel that asks when it comes into sight, fails alone and is asked again alone. `refused`: what to do where the key is none any more. */
export const panelBox = (refused: () => void): Placed => {
  const title = h('h2', { tabindex: -1 });
  const body = h('div', { class: 'body' });
  const foot = h('footer');
  const state = h('p', { class: 'state', role: 'status' });
  const box = h('section', { class: 'panel' }, title, state, body, foot);
  let running = new AbortController();
  let asked = '';
  let ticking: ReturnType<typeof setInterval> | undefined;
  let toAsk: (() => void) | undefined;

  const quiet = () => {
    clearInterval(ticking);
    state.replaceChildren();
    box.removeAttribute('aria-busy');
    body.classList.remove('stale');
  };
  const failed = (panel: Panel, key: string, words: string) => {
    quiet();
    body.classList.add('stale');
    const again = h('button', { type: 'button', click: () => load(panel, key) }, t('retry'));
    state.replaceChildren(h('span', { class: 'failed' }, words), again);
  };
  const load = async (panel: Panel, key: string): Promise<void> => {
    running.abort();
    const mine = new AbortController();
    running = mine;
    box.setAttribute('aria-busy', 'true');
    body.classList.add('stale');
    state.replaceChildren();
    clearInterval(ticking);
    const began = Date.now();
    const cancel = () => {
      mine.abort();
      failed(panel, key, t('cancelled'));
    };
    const seconds = h('span');
    ticking = setInterval(() => {
      const passed = Math.round((Date.now() - began) / 1000);
      if (passed < 2) return;
      seconds.textContent = `${t('running')}, ${passed} s`;
      if (state.childElementCount === 0)
        state.replaceChildren(seconds, h('button', { type: 'button', click: cancel }, t('cancel')));
    }, 1000);
    try {
      const [answer, before] = await turn(() =>
        Promise.all([
          askFor(panel.call, key, mine.signal),
          panel.before === undefined ? undefined : askFor(panel.before, key, mine.signal),
        ]),
      );
      if (mine.signal.aborted) return;
      quiet();
      const hadFocus = body.contains(document.activeElement);
      body.replaceChildren(
        answer.rows.length === 0 && answer.profile === undefined
          ? h('p', { class: 'dim' }, t('empty'))
          : panel.draw(answer, before, body.clientWidth),
      );
      foot.replaceChildren(...about(panel, answer, before, body));
      if (hadFocus) title.focus();
    } catch (thrown) {
      if (mine.signal.aborted) return;
      if (thrown instanceof RefusedCall && thrown.status === 401) refused();
      failed(
        panel,
        key,
        thrown instanceof RefusedCall && thrown.status !== 0 ? thrown.message : t('unreached'),
      );
    }
  };
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      const go = toAsk;
      toAsk = undefined;
      go?.();
    },
    { rootMargin: '200px' },
  );
  return {
    box,
    show: (panel, key) => {
      title.textContent = panel.title;
      box.id = panel.id;
      box.classList.toggle('wide', panel.wide === true);
      body.style.minHeight = `${panel.tall}px`;
      const now = JSON.stringify([panel.call, panel.before, panel.title]);
      if (now === asked) return;
      asked = now;
      running.abort();
      body.classList.add('stale');
      toAsk = () => void load(panel, key);
      seen.unobserve(box);
      seen.observe(box);
    },
    leave: () => {
      running.abort();
      clearInterval(ticking);
      seen.disconnect();
    },
  };
};

/** What the numbers are worth, how they were asked, and ways to take them along. */
const about = (
  panel: Panel,
  answer: Heard,
  before: Heard | undefined,
  body: HTMLElement,
): readonly Node[] => {
  const table = panel.table(answer, before);
  const { complete_until, period, additive, truncated, cost, notes } = answer;
  const svg = body.querySelector('svg');
  const take = (text: string, act: () => void) => h('button', { type: 'button', click: act }, text);
  const worth = [
    `${t('exact')}, ${t('completeUntil')} ${onClock(Date.parse(complete_until), period.timezone, 'instant')}`,
    t(additive ? 'additive' : 'notAdditive'),
    ...(truncated === null
      ? []
      : [`${truncated.shown} ${t('of')} ${truncated.of ?? '…'} ${truncated.what} ${t('shown')}`]),
    `${plain(cost.ms)} ms, ${bytes(cost.bytes_scanned)} ${t('read')}`,
  ].join(' · ');
  return [
    h('details', {}, h('summary', {}, t('asTable')), plainTable(table, period.timezone)),
    h(
      'details',
      {},
      h('summary', {}, t('how')),
      h('p', {}, worth),
      h(
        'ul',
        {},
        [...(panel.notes ?? []), ...notes].map((note) => h('li', {}, note)),
      ),
      asked(panel.call, ''),
      panel.before === undefined ? null : asked(panel.before, t('beforeCall')),
    ),
    h(
      'span',
      { class: 'take' },
      take(t('csv'), () => handOver(`${panel.id}.csv`, 'text/csv', csvOf(table))),
      svg === null
        ? null
        : take(t('picture'), () => handOver(`${panel.id}.svg`, 'image/svg+xml', pictureOf(svg))),
    ),
  ];
};

/** A call in its three spellings, each to copy; the key is named and never shown. */
const asked = (call: Call, title: string): HTMLElement => {
  const args = JSON.stringify(call.args);
  const address = new URL(addressOf(call), location.href).href;
  const spellings = [
    ['MCP', JSON.stringify({ method: 'tools/call', params: { name: call.tool, arguments: call.args } })],
    ['curl', `curl -H "Authorization: Bearer $MILLIMETRIC_KEY" '${address.replaceAll("'", '%27')}'`],
    [t('agent'), `${t('sentence')} ${call.tool} ${t('with')} ${args}`],
  ] as const;
  return h(
    'div',
    { class: 'asked' },
    title === '' ? null : h('h3', {}, title),
    spellings.map(([name, text]) => {
      const copy = h('button', { type: 'button' }, t('copy'));
      copy.addEventListener('click', async () => {
        await navigator.clipboard.writeText(text);
        copy.textContent = t('copied');
      });
      return h('div', {}, h('span', { class: 'dim' }, name), h('code', {}, text), copy);
    }),
  );
};
