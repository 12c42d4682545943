import { askFor, type Heard, keyFor, RefusedCall } from './ask.ts';
import { controls } from './controls.ts';
import { h } from './dom.ts';
import { keyRing, wrongKey } from './key.ts';
import { type Placed, panelBox } from './panel.ts';
import type { Scene } from './scene.ts';
import { fragmentOf, type State, spansOf, stateFrom, views } from './state.ts';
import { panelsOf } from './views.ts';
import { speak, spoken, t } from './words.ts';

/** A laptop asks again by itself; in the cloud nothing does, for each question costs. */
const atHome = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);
const root = document.querySelector('#app') ?? document.body;
const ring = keyRing((why) => signIn(why));
/** What is known of the project: its zone and its events. */
let known: { readonly key: string; readonly tz: string; readonly names: readonly string[] } | undefined;
let panels = new Map<string, Placed>();
let main: HTMLElement | undefined;
let looking: ReturnType<typeof setTimeout> | undefined;

const now = (): State => stateFrom(location.hash);
const go = (change: Partial<State>): void => {
  const fragment = fragmentOf({ ...now(), ...change });
  if (fragment === location.hash) return;
  history.pushState(null, '', fragment);
  void show();
};

const leave = (): void => {
  clearTimeout(looking);
  for (const { leave: end } of panels.values()) end();
  panels = new Map();
  main = undefined;
};
const refused = (): void => {
  known = undefined;
  ring.drop(t('refused'));
};

/** Language and looks that the address forces. */
const dress = ({ about }: State): void => {
  speak(about.lang ?? navigator.language);
  document.documentElement.lang = spoken();
  const { theme = '' } = about;
  if (theme === '') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};

function signIn(why: string): void {
  leave();
  known = undefined;
  dress(now());
  const says = h('p', { role: 'alert', class: 'failed' }, why);
  const field = h('input', { type: 'password', autocomplete: 'off', id: 'key', required: true });
  const take = (event: Event) => {
    event.preventDefault();
    const key = field.value.trim();
    const wrong = wrongKey(key);
    says.textContent = wrong ?? '';
    if (wrong !== undefined) return;
    ring.keep(key);
    void show();
  };
  root.replaceChildren(
    h(
      'main',
      { class: 'sign-in' },
      h('h1', {}, 'Millimetric'),
      h(
        'form',
        { submit: take },
        h('label', { for: 'key' }, t('keyLabel')),
        field,
        h('button', { type: 'submit' }, t('signIn')),
      ),
      says,
      h('p', { class: 'dim' }, t('keyStays')),
    ),
  );
  field.focus();
}

/** The page as its address says it. */
async function show(): Promise<void> {
  const state = now();
  dress(state);
  clearTimeout(looking);
  const key = ring.key();
  if (key === null) return signIn('');
  ring.touch();
  if (known?.key !== key) {
    root.replaceChildren(h('main', { class: 'sign-in', 'aria-busy': 'true' }, h('h1', {}, 'Millimetric')));
    const answer = await bearings(key, state);
    if (answer === undefined) return;
    known = {
      ...{ key, tz: answer.period.timezone },
      names: [...new Set(answer.rows.map(({ event }) => String(event)))],
    };
    main = undefined;
  }
  if (known.names.length === 0) return empty();
  const instant = Date.now();
  const minute = Math.floor(instant / 60_000) * 60_000;
  const scene: Scene = {
    ...{ state, go, tz: known.tz, names: known.names },
    ...spansOf(state.period, known.tz, instant),
    recent: { from: minute - 30 * 60_000, to: minute + 60_000 },
  };
  place(scene, key);
  if (atHome) looking = setTimeout(again, state.view === 'events' ? 5_000 : 30_000);
}
const again = (): void => {
  if (document.visibilityState === 'visible' && main !== undefined) void show();
  else looking = setTimeout(again, 5_000);
};

/** Zone and events of the project: the first thing asked. Undefined where there is no answer; that was said then. */
const bearings = async (key: string, { period, about }: State): Promise<Heard | undefined> => {
  const [first = ''] = period.split('..');
  try {
    const args = {
      from: period.includes('..') ? first : 'last:91d',
      limit: '100',
      ...(about.project && { project_id: about.project }),
    };
    return await askFor({ tool: 'describe_data', args }, key, new AbortController().signal);
  } catch (thrown) {
    if (thrown instanceof RefusedCall && (thrown.status === 401 || thrown.status === 403)) {
      ring.drop(thrown.status === 401 ? t('refused') : thrown.message);
      return undefined;
    }
    root.replaceChildren(
      h(
        'main',
        { class: 'sign-in' },
        h(
          'p',
          { role: 'alert', class: 'failed' },
          thrown instanceof RefusedCall && thrown.message !== '' ? thrown.message : t('unreached'),
        ),
        h('button', { type: 'button', click: () => void show() }, t('retry')),
      ),
    );
    return undefined;
  }
};

/** What to paste where no event has come yet; looks again by itself on a laptop. */
function empty(): void {
  leave();
  const base = new URL('.', location.href).href.replace(/\/$/, '');
  const snippet = `<script async src="${base}/v1/a.js" data-key="pk_live_…"></script>`;
  const look = () => {
    known = undefined;
    void show();
  };
  root.replaceChildren(
    h(
      'main',
      { class: 'sign-in' },
      h('h1', {}, t('noEvents')),
      h('p', {}, t('paste')),
      h('pre', {}, h('code', {}, snippet)),
      h('button', { type: 'button', click: look }, t('lookAgain')),
      h('button', { type: 'button', click: () => ring.drop('') }, t('signOut')),
    ),
  );
  if (atHome) looking = setTimeout(look, 2_000);
}

let viewed = '';
function place(scene: Scene, key: string): void {
  const wanted = panelsOf(scene);
  const words = `${spoken()} ${scene.state.view}`;
  if (main === undefined || viewed !== words) leave();
  viewed = words;
  const top = controls(scene, () => ring.drop(''));
  if (main === undefined) {
    main = h('main', { class: 'panels' });
    root.replaceChildren(top, main);
  } else root.firstElementChild?.replaceWith(top);
  for (const [id, one] of panels)
    if (!wanted.some((panel) => panel.id === id)) {
      one.leave();
      one.box.remove();
      panels.delete(id);
    }
  for (const [i, panel] of wanted.entries()) {
    const one = panels.get(panel.id) ?? panelBox(refused);
    panels.set(panel.id, one);
    if (main.children[i] !== one.box) main.insertBefore(one.box, main.children[i] ?? null);
    one.show(panel, key);
  }
  document.title = `${t(scene.state.view)} · Millimetric`;
}

/** Letters do what the buttons do, unless somebody writes. */
const press = (event: KeyboardEvent): void => {
  ring.touch();
  if (main === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  const writes = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  if (writes) return;
  const days = { w: '7', m: '28', q: '91' }[event.key];
  const view = views[Number(event.key) - 1];
  if (days !== undefined) go({ period: days });
  else if (view !== undefined) go({ view });
  else if (event.key === 'Escape') go({ filters: [] });
  else if (event.key === 'x') go({ compare: !now().compare });
  else if (event.key === '/') document.querySelector<HTMLInputElement>('#filter')?.focus();
  else if (event.key === '?') document.querySelector<HTMLDialogElement>('#keys')?.showModal();
  else return;
  event.preventDefault();
};

const begin = async (): Promise<void> => {
  dress(now());
  const code = new URLSearchParams(location.hash.replace(/^#/, '')).get('code');
  if (code !== null) {
    history.replaceState(null, '', '#');
    const key = await keyFor(code).catch(() => undefined);
    if (key === undefined) return signIn(t('codeGone'));
    ring.keep(key);
  }
  addEventListener('popstate', () => void show());
  addEventListener('keydown', press);
  addEventListener('pointerdown', () => ring.touch());
  await show();
};
void begin();
