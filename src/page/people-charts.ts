import type { AnswerRow, Datum, Heard } from './ask.ts';
import { h, s } from './dom.ts';
import { inUnit, lasting, onClock, percent, plain } from './format.ts';
import { cellNumber, type Table, textIn } from './shown.ts';
import { named, t } from './words.ts';

/** Steps as columns that shrink, with what was lost between them. */
export const funnelChart = ({ rows }: Heard, width: number): HTMLElement => {
  const [W, H] = [Math.max(280, width), 180];
  const slot = W / Math.max(1, rows.length);
  const first = Math.max(1, cellNumber(rows[0], 'people'));
  const tall = (row: AnswerRow) => (H * cellNumber(row, 'people')) / first;
  const svg = s('svg', {
    viewBox: `0 0 ${W} ${H}`,
    width: W,
    height: H,
    role: 'img',
    'aria-label': rows
      .map((row) => `${textIn(row, 'event')}: ${plain(cellNumber(row, 'people'))}`)
      .join('; '),
  });
  for (const [i, row] of rows.entries()) {
    const [a, b] = [i * slot + 6, i * slot + 6 + slot * 0.56];
    const next = rows[i + 1];
    svg.append(
      s('rect', { x: a, y: 0, width: b - a, height: H, rx: 6, class: 'lost' }),
      s('rect', {
        x: a,
        y: H - tall(row),
        width: b - a,
        height: tall(row),
        rx: Math.min(6, tall(row) / 2),
        class: 'kept',
      }),
    );
    if (next !== undefined)
      svg.append(
        s('path', {
          d: `M${b} ${H - tall(row)}L${(i + 1) * slot + 6} ${H - tall(next)}L${(i + 1) * slot + 6} ${H}L${b} ${H}Z`,
          class: 'flow',
        }),
      );
  }
  const heads = h(
    'ol',
    { class: 'steps' },
    rows.map((row, i) =>
      h(
        'li',
        {},
        h('bdi', { class: 'step', title: textIn(row, 'event') }, textIn(row, 'event')),
        h('b', {}, inUnit(row.conversion ?? null, 'share')),
        h('span', { class: 'dim' }, `${plain(cellNumber(row, 'people'))} ${t('people')}`),
        i === 0
          ? h('span', { class: 'dim' }, t('start'))
          : h(
              'span',
              { class: 'down' },
              `−${plain(cellNumber(rows[i - 1], 'people') - cellNumber(row, 'people'))} · ${inUnit(row.step_conversion ?? null, 'share')} ${t('goOn')}`,
            ),
        i === 0 || typeof row.median_seconds !== 'number'
          ? null
          : h('span', { class: 'dim' }, `${t('median')} ${lasting(row.median_seconds)}`),
      ),
    ),
  );
  return h('div', {}, heads, svg);
};

/** Cohorts as rows, periods as columns, shaded by share; the pooled row last. */
export const grid = ({ rows, period }: Heard): HTMLElement => {
  const wide = Math.max(0, ...rows.map((row) => cellNumber(row, 'period'))) + 1;
  const cohorts = Map.groupBy(rows, (row) => textIn(row, 'cohort'));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('retention') },
    h(
      'table',
      { class: 'cohorts' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, t('cohort')),
          h('th', { scope: 'col' }, t('size')),
          Array.from({ length: wide }, (_, i) => h('th', { scope: 'col' }, `${t('week')} ${i}`)),
        ),
      ),
      h(
        'tbody',
        {},
        [...cohorts].map(([cohort, cells]) =>
          h(
            'tr',
            {},
            h(
              'th',
              { scope: 'row' },
              cohort === null ? t('all') : onClock(Date.parse(cohort), period.timezone, 'week'),
            ),
            h('td', { class: 'size' }, plain(cellNumber(cells[0], 'size'))),
            Array.from({ length: wide }, (_, i) => {
              const cell = cells.find((one) => one.period === i);
              const share = cell?.share;
              if (typeof share !== 'number')
                return h('td', { class: 'open', title: t('unfinished') }, cell === undefined ? '' : '…');
              return h(
                'td',
                {
                  class: `s${Math.min(10, Math.ceil(share * 10))}`,
                  title: `${plain(cellNumber(cell, 'people'))} ${t('of')} ${plain(cellNumber(cell, 'size'))}`,
                },
                percent(share),
              );
            }),
          ),
        ),
      ),
    ),
  );
};

/** The way on from step to step, each step a column of its most frequent names. */
export const flowChart = (answer: Heard): HTMLElement => {
  const depths = Map.groupBy(answer.rows, (row) => cellNumber(row, 'depth'));
  return h(
    'div',
    { class: 'flows scroll', tabindex: 0, role: 'group', 'aria-label': t('paths') },
    [...depths].map(([depth, rows]) => {
      const most = Math.max(1, ...rows.map((row) => cellNumber(row, 'sessions')));
      return h(
        'ol',
        { class: 'bars', 'aria-label': String(depth) },
        rows.slice(0, 12).map((row) => {
          const fill = h('i', { class: 'fill' });
          fill.style.width = `${(100 * cellNumber(row, 'sessions')) / most}%`;
          const way = `${textIn(row, 'from') ?? ''} → ${textIn(row, 'to') ?? ''}`;
          return h(
            'li',
            {},
            fill,
            h(
              'span',
              { class: 'bar' },
              h('bdi', { class: 'name', title: way }, way),
              h('span', { class: 'value' }, plain(cellNumber(row, 'sessions'))),
              h('span', { class: 'delta dim' }, inUnit(row.share ?? null, 'share')),
            ),
          );
        }),
      );
    }),
  );
};

/** A table as such; the first cell of a row is a button where something can be picked. */
export const plainTable = (
  { heads, rows }: Table,
  tz: string,
  pick?: (cells: readonly Datum[]) => void,
): HTMLElement => {
  const say = (cell: Datum, i: number): string => {
    const head = heads[i];
    const time = typeof cell === 'string' && head?.type === 'time' ? Date.parse(cell) : Number.NaN;
    return Number.isNaN(time) ? inUnit(cell, head?.unit) : onClock(time, tz, 'instant');
  };
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('asTable') },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map(({ name }) => h('th', { scope: 'col' }, named(name))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            {},
            row.map((cell, i) => {
              const text = h('bdi', {}, say(cell, i));
              return h(
                'td',
                { class: typeof cell === 'number' ? 'number' : null },
                i === 0 && pick !== undefined && cell !== null
                  ? h('button', { type: 'button', class: 'link', click: () => pick(row) }, text)
                  : text,
              );
            }),
          ),
        ),
      ),
    ),
  );
};
