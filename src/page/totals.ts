import type { Heard } from './ask.ts';
import { delta, series } from './charts.ts';
import { h } from './dom.ts';
import { inUnit, plain } from './format.ts';
import type { Panel } from './panel.ts';
import { about, call, earlier, type Scene } from './scene.ts';
import { cellNumber, over, pointsOf, tableOf } from './shown.ts';
import { bucketStarts } from './state.ts';
import { named, t } from './words.ts';

const measures = [
  ['visitors', undefined, 'uniques'],
  ['sessions', undefined, ''],
  ['pageviews', undefined, 'count'],
  ['bounce_rate', 'share', ''],
  ['average_session_seconds', 'seconds', ''],
] as const;
const unitOf = (measure: string) => measures.find(([name]) => name === measure)?.[1];

/** Five numbers; a click shows one of them over time, a click on its change explains it. */
export const tiles = (scene: Scene): Panel => {
  const asked = call(scene, 'overview');
  const chosen = scene.state.about.measure ?? 'visitors';
  return {
    ...{
      id: 'totals',
      title: t('overview'),
      call: asked,
      before: earlier(scene, asked),
      wide: true,
      tall: 92,
    },
    draw: ({ rows: [row] }, then) =>
      h(
        'div',
        { class: 'tiles' },
        measures.map(([name, unit, metric]) => {
          const was = then?.rows[0];
          const [now, before] = [cellNumber(row, name), cellNumber(was, name)];
          // More bounces or a longer stay are not good or bad by themselves.
          const shown = was === undefined ? null : delta(now, before, { 'data-plain': unit !== undefined });
          return h(
            'div',
            { class: 'tile' },
            h(
              'button',
              {
                type: 'button',
                'aria-pressed': String(name === chosen),
                click: () => about(scene, { measure: name }),
              },
              h('span', { class: 'dim' }, named(name)),
              h('b', {}, inUnit(row?.[name] ?? null, unit)),
            ),
            shown === null || metric === ''
              ? shown
              : h(
                  'button',
                  {
                    type: 'button',
                    class: 'why',
                    title: t('why'),
                    click: () =>
                      about(scene, { why: metric === 'count' ? 'count|event_name=$pageview' : `${metric}|` }),
                  },
                  shown,
                ),
            was === undefined
              ? null
              : h('span', { class: 'dim' }, `${t('before')}: ${inUnit(was[name] ?? null, unit)}`),
          );
        }),
      ),
    table: (answer, then) => {
      const now = tableOf(answer);
      return then === undefined ? now : { heads: now.heads, rows: [...now.rows, ...tableOf(then).rows] };
    },
  };
};

/** The chosen number over time. */
export const overTime = (scene: Scene): Panel => {
  const measure = scene.state.about.measure ?? 'visitors';
  const form = scene.days <= 2 ? 'hour' : scene.days > 182 ? 'week' : 'day';
  const asked = call(scene, 'overview', { interval: form, limit: '1000' });
  const points = (answer: Heard, before: Heard | undefined) =>
    pointsOf(bucketStarts(scene.span, scene.tz, form), bucketStarts(scene.before, scene.tz, form), {
      answer,
      before,
      value: measure,
    });
  return {
    id: 'over-time',
    title: `${named(measure)} · ${t('overTime')} (${scene.tz})`,
    ...{ call: asked, before: earlier(scene, asked), wide: true, tall: 280 },
    draw: (answer, before, width) =>
      h(
        'div',
        {},
        series(points(answer, before), {
          ...{ tz: scene.tz, unit: unitOf(measure), form, width, name: named(measure) },
        }),
        h(
          'p',
          { class: 'legend dim' },
          h('span', { class: 'is-now' }, t('thisPeriod')),
          before === undefined ? null : h('span', { class: 'is-before' }, t('daysBefore')),
          h('span', { class: 'is-part' }, t('unfinished')),
        ),
      ),
    table: (answer, before) => ({
      heads: [
        { name: 'bucket', type: 'time' },
        { name: measure, ...(unitOf(measure) && { unit: String(unitOf(measure)) }) },
        ...(before === undefined ? [] : [{ name: `${measure}_before` }]),
      ],
      rows: points(answer, before).map(({ at, value, before: was }) => [
        new Date(at).toISOString(),
        value,
        ...(before === undefined ? [] : [was ?? null]),
      ]),
    }),
  };
};

/** Who is there. */
export const justNow = (scene: Scene): Panel => ({
  ...{ id: 'now', title: t('now'), tall: 60 },
  call: over(call(scene, 'get_stats', { metric: 'uniques' }), scene.recent),
  draw: ({ rows: [row] }) =>
    h('p', { class: 'big' }, h('b', {}, plain(cellNumber(row, 'value'))), ` ${t('nowMeans')}`),
  table: (answer) => tableOf(answer),
});
