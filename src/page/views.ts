import { h } from './dom.ts';
import { countryNamed, inUnit } from './format.ts';
import type { Panel } from './panel.ts';
import { flowChart, funnelChart, grid, plainTable } from './people-charts.ts';
import { about, call, list, pickFilter, rowsPanel, type Scene } from './scene.ts';
import { tableOf } from './shown.ts';
import { type State, whereOf } from './state.ts';
import { justNow, overTime, tiles } from './totals.ts';
import { named, t } from './words.ts';

/** The panels of a view, those to care for first at the top. */
export const panelsOf = (scene: Scene): readonly Panel[] => {
  const { about, view } = scene.state;
  return [...(about.why ? [explained(scene, about.why)] : []), ...makers[view](scene)];
};

const visits = (
  scene: Scene,
  id: string,
  title: string,
  by: string,
  limit = '9',
  say?: (text: string) => string,
): Panel =>
  list(scene, {
    ...{ id, title, by: by.split(','), value: 'visitors', ...(say && { say }) },
    asked: call(scene, 'overview', { group_by: by, limit }),
    ...(by === 'entry_path' && { field: 'path' }),
  });

const pagesPanel = (scene: Scene, limit: string): Panel =>
  list(scene, {
    ...{ id: 'pages', title: t('pages'), by: ['path'], value: 'pageviews' },
    asked: call(scene, 'pages', { limit }),
  });
const eventsPanel = (scene: Scene): Panel =>
  list(scene, {
    ...{ id: 'events', title: t('events'), by: ['event_name'], value: 'value' },
    asked: call(scene, 'get_stats', { group_by: 'event_name', limit: '9' }),
  });

const explained = (scene: Scene, why: string): Panel => {
  const [metric = 'uniques', field = ''] = why.split('|');
  const at = field.indexOf('=');
  const narrowed: Scene =
    at < 1
      ? scene
      : {
          ...scene,
          state: {
            ...scene.state,
            filters: [
              ...scene.state.filters,
              { field: field.slice(0, at), not: false, value: field.slice(at + 1) || null },
            ],
          },
        };
  const { from, to } = scene.before;
  const compare = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return {
    ...rowsPanel(
      scene,
      'why',
      `${t('why')}: ${metric === 'count' ? named('pageviews') : t('visitors')} ${at < 1 ? '' : field}`,
      call(narrowed, 'explain_change', { metric, compare, limit: '15' }),
      undefined,
      metric === 'count' ? [] : [t('partsOverlap')],
    ),
    draw: (answer) =>
      h(
        'div',
        {},
        metric === 'count' ? null : h('p', { class: 'dim' }, t('partsOverlap')),
        plainTable(tableOf(answer), scene.tz),
        h('button', { type: 'button', click: () => about(scene, { why: '' }) }, t('close')),
      ),
  };
};

/** A view’s filters on the step where they mean what a person expects. */
const firstly = ({ state }: Scene, event: string) =>
  state.filters.length === 0 ? event : { event, where: whereOf(state.filters) };
const eventOf = ({ state, names }: Scene): string =>
  state.about.event || names.find((name) => !name.startsWith('$')) || '$pageview';

const makers: Readonly<Record<State['view'], (scene: Scene) => readonly Panel[]>> = {
  overview: (scene) => [
    tiles(scene),
    overTime(scene),
    visits(scene, 'sources', t('sources'), 'source,medium'),
    pagesPanel(scene, '9'),
    visits(scene, 'entries', t('entries'), 'entry_path'),
    visits(scene, 'countries', t('countries'), 'country', '9', countryNamed),
    visits(scene, 'devices', t('devices'), 'device_type'),
    eventsPanel(scene),
    justNow(scene),
  ],
  sources: (scene) => {
    const { model = 'last' } = scene.state.about;
    const event = eventOf(scene);
    const asked = call(scene, 'attribution', { event, model });
    return [
      {
        ...list(scene, {
          ...{ id: 'attribution', title: `${t('attribution')} ${event}`, by: ['source', 'medium'] },
          ...{ value: 'conversions', asked },
        }),
        notes: [t('onConversion')],
      },
      visits(scene, 'channels', t('channels'), 'source,medium', '25'),
      visits(scene, 'campaigns', t('campaigns'), 'campaign', '25'),
    ];
  },
  pages: (scene) => [
    rowsPanel(scene, 'pages', t('pages'), call(scene, 'pages', { limit: '50' }), ([path]) =>
      pickFilter(scene, { name: '', value: 0, filter: { field: 'path', value: String(path) } }),
    ),
    visits(scene, 'entries', t('entries'), 'entry_path', '15'),
  ],
  funnel: (scene) => {
    const steps = (scene.state.about.steps ?? '').split('\n').filter((step) => step !== '');
    const [first, ...later] = steps;
    if (first === undefined || later.length === 0) return [];
    const asked = call(scene, 'funnel', { steps: [firstly(scene, first), ...later] }, { filters: false });
    return [
      {
        ...{ id: 'funnel', title: t('funnel'), call: asked, wide: true, tall: 310 },
        notes: [t('onFirst')],
        draw: (answer, _, width) =>
          h(
            'div',
            {},
            scene.state.filters.length === 0 ? null : h('p', { class: 'dim' }, t('onFirst')),
            funnelChart(answer, width),
          ),
        table: (answer) => tableOf(answer),
      },
    ];
  },
  retention: (scene) => {
    const birth = scene.state.about.event || '$pageview';
    return [
      {
        ...{ id: 'retention', title: `${t('retention')}: ${birth}`, wide: true, tall: 330 },
        call: call(scene, 'retention', { birth: firstly(scene, birth) }, { filters: false }),
        notes: [t('onFirst')],
        draw: (answer) => grid(answer),
        table: (answer) => tableOf(answer),
      },
    ];
  },
  paths: (scene) => {
    const anchor = scene.state.about.event || '$pageview';
    return [
      {
        ...{ id: 'paths', title: `${t('paths')}: ${anchor}`, wide: true, tall: 330 },
        call: call(scene, 'flow', { anchor: firstly(scene, anchor) }, { filters: false }),
        notes: [t('onFirst')],
        draw: (answer) => flowChart(answer),
        table: (answer) => tableOf(answer),
      },
    ];
  },
  people: (scene) => {
    const { person = '', search = '' } = scene.state.about;
    if (person !== '') {
      const timeline = call(scene, 'person', { person }, { filters: false });
      return [
        {
          ...rowsPanel(scene, 'person', `${t('timeline')}: ${person}`, timeline, undefined, [t('noFilters')]),
          draw: (answer) =>
            h(
              'div',
              {},
              h('button', { type: 'button', click: () => about(scene, { person: '' }) }, t('back')),
              h(
                'dl',
                {},
                Object.entries(answer.profile ?? {}).map(([name, value]) =>
                  h('div', {}, h('dt', {}, named(name)), h('dd', {}, h('bdi', {}, inUnit(value)))),
                ),
              ),
              plainTable(tableOf(answer), scene.tz),
            ),
        },
      ];
    }
    const asked = call(scene, 'find_people', { limit: '50', ...(search !== '' && { search }) });
    return [rowsPanel(scene, 'people', t('people'), asked, ([who]) => about(scene, { person: String(who) }))];
  },
  events: (scene) => {
    const { event = '', field = '' } = scene.state.about;
    return [
      rowsPanel(scene, 'events', t('events'), call(scene, 'describe_data'), ([name]) =>
        about(scene, { event: String(name), field: '' }),
      ),
      ...(event === ''
        ? []
        : [
            rowsPanel(
              ...([scene, 'properties', `${t('properties')} ${event}`] as const),
              call(scene, 'describe_data', { event }),
              ([property]) => about(scene, { field: String(property) }),
            ),
          ]),
      ...(field === ''
        ? []
        : [
            rowsPanel(
              ...([scene, 'values', `${t('values')} ${field}`] as const),
              call(scene, 'describe_data', { field, ...(event !== '' && { event }) }),
            ),
          ]),
      rowsPanel(
        ...([scene, 'newest', t('newest')] as const),
        call(scene, 'query_events', { limit: '20', ...(event !== '' && { event }) }),
      ),
    ];
  },
  health: (scene) => [
    rowsPanel(
      ...([scene, 'health', t('health')] as const),
      call(scene, 'data_health', {}, { filters: false, bots: false }),
      undefined,
      [t('noFilters')],
    ),
  ],
  projects: (scene) => {
    const all: Scene = { ...scene, state: { ...scene.state, about: {} } };
    return [
      rowsPanel(scene, 'projects', t('projects'), call(all, 'overview'), ([project]) =>
        about(scene, { project: String(project) }),
      ),
    ];
  },
};
