import { h } from './dom.ts';
import type { Scene } from './scene.ts';
import { filterFrom, filterText, type State, views } from './state.ts';
import { spoken, t } from './words.ts';

const button = (text: string, pressed: boolean, click: () => void, key?: string) =>
  h('button', { type: 'button', 'aria-pressed': String(pressed), 'aria-keyshortcuts': key, click }, text);

/** What stands above the panels: views, period, comparison, filters, what the view is about. */
export const controls = (scene: Scene, out: () => void): HTMLElement => {
  const { state, go } = scene;
  const others: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(state.about).filter(([name]) => ['lang', 'theme', 'project'].includes(name)),
  );
  return h(
    'header',
    {},
    h(
      'nav',
      { 'aria-label': 'Millimetric' },
      h('h1', {}, 'Millimetric'),
      views.map((view) =>
        h(
          'button',
          {
            type: 'button',
            'aria-current': view === state.view ? 'page' : null,
            click: () => go({ view, about: others }),
          },
          t(view),
        ),
      ),
      h('button', { type: 'button', class: 'out', click: out }, t('signOut')),
    ),
    h(
      'div',
      { class: 'bar-of-time' },
      h(
        'div',
        { class: 'group' },
        (['7', '28', '91'] as const).map((days, i) =>
          button(`${days} ${t('days')}`, state.period === days, () => go({ period: days }), 'wmq'[i]),
        ),
      ),
      dates(scene),
      button(t('compare'), state.compare, () => go({ compare: !state.compare }), 'x'),
      button(t('bots'), state.bots, () => go({ bots: !state.bots })),
      filters(scene),
    ),
    subject(scene),
    keys(scene),
  );
};

const dates = ({ state, span, tz, go }: Scene): HTMLElement => {
  const day = (instant: number) => new Intl.DateTimeFormat('sv', { timeZone: tz }).format(instant);
  const [first, last] = [day(span.from), day(span.to - 1)];
  const from = h('input', { type: 'date', value: first, 'aria-label': t('from') });
  const to = h('input', { type: 'date', value: last, 'aria-label': t('to') });
  const take = () => {
    if (from.value !== '' && to.value !== '' && from.value <= to.value)
      go({ period: `${from.value}..${to.value}` });
  };
  for (const field of [from, to]) field.addEventListener('change', take);
  return h('div', { class: 'group', title: state.period }, from, to, h('span', { class: 'dim' }, tz));
};

const filters = ({ state, go }: Scene): HTMLElement => {
  const field = h('input', {
    ...{ id: 'filter', type: 'text', placeholder: t('filter'), 'aria-label': t('filter'), size: 26 },
  });
  const take = (event: Event) => {
    event.preventDefault();
    if (/^[^=!]+!?=/.test(field.value)) go({ filters: [...state.filters, filterFrom(field.value)] });
  };
  return h(
    'div',
    { class: 'filters' },
    h('form', { submit: take }, field),
    state.filters.map((filter) =>
      h(
        'button',
        {
          type: 'button',
          class: 'chip',
          title: t('without'),
          click: () => go({ filters: state.filters.filter((one) => one !== filter) }),
        },
        h('bdi', {}, filter.value === null ? `${filterText(filter)}${t('none')}` : filterText(filter)),
        ' ✕',
      ),
    ),
  );
};

/** What a view is about: the steps of a funnel, the event of a retention, whom to look for. */
const subject = ({ state, names, go }: Scene): HTMLElement => {
  const about = (more: Readonly<Record<string, string>>) => go({ about: { ...state.about, ...more } });
  const choice = (label: string, chosen: string, all: readonly string[], name: string) => {
    const select = h(
      'select',
      {},
      [...new Set([chosen, ...all])].map((one) => h('option', { value: one, selected: one === chosen }, one)),
    );
    select.addEventListener('change', () => about({ [name]: select.value }));
    return h('label', {}, `${label} `, select);
  };
  const first = names.find((name) => !name.startsWith('$')) ?? '$pageview';
  const event = state.about.event ?? '';
  const steps = (state.about.steps ?? '').split('\n').filter((step) => step !== '');
  const models = ['last', 'first', 'linear', 'position', 'time_decay', 'participation'];
  const made: Partial<Readonly<Record<State['view'], () => readonly Node[]>>> = {
    sources: () => [
      choice(t('conversion'), event || first, names, 'event'),
      choice(t('model'), state.about.model ?? 'last', models, 'model'),
    ],
    retention: () => [choice(t('birth'), event || '$pageview', names, 'event')],
    paths: () => [choice(t('anchor'), event || '$pageview', names, 'event')],
    funnel: () => [
      h('span', {}, t('steps')),
      ...names.map((name) =>
        h(
          'button',
          { type: 'button', click: () => about({ steps: [...steps, name].join('\n') }) },
          h('bdi', {}, steps.includes(name) ? `${steps.indexOf(name) + 1}. ${name}` : name),
        ),
      ),
      h('button', { type: 'button', click: () => about({ steps: '' }) }, t('clear')),
      ...(steps.length < 2 ? [h('p', { class: 'dim' }, t('twoSteps'))] : []),
    ],
    people: () => {
      const field = h('input', {
        type: 'search',
        value: state.about.search ?? '',
        'aria-label': t('search'),
      });
      const take = (event_: Event) => {
        event_.preventDefault();
        about({ search: field.value, person: '' });
      };
      return [h('form', { submit: take }, field, h('button', { type: 'submit' }, t('search')))];
    },
  };
  return h(
    'div',
    { class: 'subject' },
    made[state.view]?.() ?? [],
    state.about.project
      ? h(
          'button',
          { type: 'button', class: 'chip', title: t('without'), click: () => about({ project: '' }) },
          `${state.about.project} ✕`,
        )
      : null,
  );
};

const keys = ({ state, go }: Scene): HTMLElement => {
  const dialog = h('dialog', { id: 'keys', 'aria-label': t('keys') }, h('p', {}, t('keysAre')));
  const about = (more: Readonly<Record<string, string>>) => go({ about: { ...state.about, ...more } });
  dialog.append(
    h(
      'button',
      { type: 'button', click: () => about({ lang: spoken() === 'de' ? 'en' : 'de' }) },
      'English / Deutsch',
    ),
    h('button', { type: 'button', click: () => about({ theme: 'light' }) }, t('light')),
    h('button', { type: 'button', click: () => about({ theme: 'dark' }) }, t('dark')),
    h('button', { type: 'button', click: () => dialog.close() }, t('close')),
  );
  return dialog;
};
