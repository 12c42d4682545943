import { type Attributes, h, s } from './dom.ts';
import { brief, change, inUnit, onClock } from './format.ts';
import type { Named, Point } from './shown.ts';
import { t } from './words.ts';

let drawn = 0;
const nice = (most: number): { readonly step: number; readonly top: number } => {
  const raw = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((one) => raw / power <= one) ?? 10) * power;
  return { step, top: Math.ceil(most / step) * step || step };
};
const line = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
/** A delta says its direction by sign and word, not only by colour. */
export const delta = (now: number, before: number, attributes: Attributes = {}) =>
  h(
    'span',
    { ...attributes, class: `delta ${now === before ? 'dim' : now > before ? 'up' : 'down'}` },
    change(now, before),
  );

/** A number over time, the days before it as a dashed line, buckets that are not whole hatched. Arrows read each value. */
export const series = (
  points: readonly Point[],
  {
    tz,
    unit,
    form,
    name,
    width,
  }: {
    readonly tz: string;
    readonly unit: string | undefined;
    readonly form: 'hour' | 'day' | 'week';
    readonly name: string;
    readonly width: number;
  },
): HTMLElement => {
  const [W, H, left, right, top, bottom] = [Math.max(280, width), 240, 48, 12, 12, 26];
  const id = `c${drawn++}`;
  const most = Math.max(
    ...points.flatMap(({ value, before = 0 }) => [value, before]),
    unit === 'share' ? 0.01 : 1,
  );
  const scale = nice(most);
  const slot = (W - left - right) / Math.max(1, points.length);
  const x = (i: number) => left + (i + 0.5) * slot;
  const y = (value: number) => H - bottom - (value / scale.top) * (H - top - bottom);
  const place = ({ value }: Point, i: number): readonly [number, number] => [x(i), y(value)];
  const highest = points.reduce<Point | undefined>((a, b) => (a && a.value >= b.value ? a : b), undefined);
  const svg = s('svg', {
    viewBox: `0 0 ${W} ${H}`,
    width: W,
    height: H,
    role: 'img',
    tabindex: 0,
    class: 'series',
    'aria-label': `${name}. ${highest ? `${t('highest')}: ${inUnit(highest.value, unit)}, ${onClock(highest.at, tz, form)}. ` : ''}${t('arrows')}`,
  });
  svg.append(
    s(
      'defs',
      {},
      s(
        'linearGradient',
        { id: `${id}f`, x1: 0, y1: 0, x2: 0, y2: 1 },
        s('stop', { offset: 0, class: 'fade-top' }),
        s('stop', { offset: 1, class: 'fade-end' }),
      ),
      s(
        'pattern',
        { id: `${id}h`, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
        s('line', { x1: 0, y1: 0, x2: 0, y2: 6, class: 'hatch' }),
      ),
    ),
  );
  for (let v = 0; v <= scale.top + scale.step / 2; v += scale.step) {
    const label = unit === undefined || unit === 'count' ? brief(v) : inUnit(v, unit);
    svg.append(
      s('line', { x1: left, x2: W - right, y1: y(v), y2: y(v), class: v === 0 ? 'base' : 'grid' }),
      s('text', { x: left - 8, y: y(v) + 4, 'text-anchor': 'end', class: 'tick' }, label),
    );
  }
  const every = Math.ceil(points.length / Math.max(2, Math.floor((W - left) / 84)));
  for (const [i, { at, whole }] of points.entries()) {
    if (!whole)
      svg.append(
        s('rect', {
          x: x(i) - slot / 2,
          y: top,
          width: slot,
          height: H - top - bottom,
          fill: `url(#${id}h)`,
        }),
      );
    if (i % every === 0)
      svg.append(
        s(
          'text',
          { x: x(i), y: H - 8, 'text-anchor': 'middle', class: 'tick' },
          onClock(at, tz, form === 'hour' ? 'tickhour' : 'tickday'),
        ),
      );
  }
  const places = points.map(place);
  if (points.some(({ before }) => before !== undefined))
    svg.append(s('path', { d: line(points.map(({ before = 0 }, i) => [x(i), y(before)])), class: 'before' }));
  if (places.length > 0)
    svg.append(
      s('path', {
        d: `${line(places)}L${x(points.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z`,
        fill: `url(#${id}f)`,
      }),
    );
  const solid = (i: number) => points[i - 1]?.whole === true && points[i]?.whole === true;
  for (let i = 1; i < places.length; i++) {
    let last = i;
    while (last + 1 < places.length && solid(last + 1) === solid(i)) last++;
    svg.append(s('path', { d: line(places.slice(i - 1, last + 1)), class: solid(i) ? 'now' : 'now unsure' }));
    i = last;
  }
  const cursor = s('line', { y1: top, y2: H - bottom, class: 'cursor', visibility: 'hidden' });
  const dot = s('circle', { r: 4, class: 'dot', visibility: 'hidden' });
  if (places.length === 1)
    svg.append(s('circle', { cx: x(0), cy: y(points[0]?.value ?? 0), r: 4, class: 'dot' }));
  const tip = h('div', { class: 'tip', role: 'status', hidden: true });
  let at = -1;
  const show = (i: number) => {
    at = i;
    const point = points[i];
    for (const mark of [cursor, dot]) mark.setAttribute('visibility', point ? 'visible' : 'hidden');
    tip.hidden = point === undefined;
    if (point === undefined) return;
    cursor.setAttribute('x1', String(x(i)));
    cursor.setAttribute('x2', String(x(i)));
    dot.setAttribute('cx', String(x(i)));
    dot.setAttribute('cy', String(y(point.value)));
    const { before, beforeAt } = point;
    tip.replaceChildren(
      h('b', {}, onClock(point.at, tz, form)),
      h(
        'span',
        {},
        `${inUnit(point.value, unit)} `,
        before === undefined ? null : delta(point.value, before),
      ),
      ...(before === undefined || beforeAt === undefined
        ? []
        : [h('span', { class: 'dim' }, `${onClock(beforeAt, tz, form)}: ${inUnit(before, unit)}`)]),
      ...(point.whole ? [] : [h('span', { class: 'warn' }, t('unfinished'))]),
    );
    tip.style.left = `${Math.min(W - 180, Math.max(0, x(i) + 10))}px`;
    tip.style.top = `${Math.max(0, y(point.value) - 70)}px`;
  };
  const within = (i: number) => show(Math.max(0, Math.min(points.length - 1, i)));
  svg.append(cursor, dot);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    within(Math.floor((((event.clientX - box.left) / box.width) * W - left) / slot));
  });
  svg.addEventListener('pointerleave', () => show(-1));
  svg.addEventListener('blur', () => show(-1));
  svg.addEventListener('focus', () => within(points.length - 1));
  svg.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft') within(at - 1);
    if (key === 'ArrowRight') within(at + 1);
    if (key === 'Home') within(0);
    if (key === 'End') within(points.length - 1);
  });
  return h('div', { class: 'chart' }, svg, tip);
};

/** Names with bars behind them: a click filters, a click on the change explains it. */
export const bars = (
  rows: readonly Named[],
  {
    unit,
    pick,
    why,
  }: {
    readonly unit: string | undefined;
    readonly pick: ((row: Named) => void) | undefined;
    readonly why: ((row: Named) => void) | undefined;
  },
): HTMLElement => {
  const most = Math.max(1e-9, ...rows.map(({ value }) => value));
  return h(
    'ol',
    { class: 'bars' },
    rows.map((row) => {
      const fill = h('i', { class: 'fill' });
      fill.style.width = `${(100 * row.value) / most}%`;
      const name = row.name === '' ? t('none') : row.name;
      const inside = [
        h('bdi', { class: 'name', title: name }, name),
        h('span', { class: 'value' }, inUnit(row.value, unit)),
      ];
      const { before } = row;
      return h(
        'li',
        {},
        fill,
        pick === undefined
          ? h('span', { class: 'bar' }, inside)
          : h('button', { type: 'button', class: 'bar', click: () => pick(row) }, inside),
        before === undefined
          ? null
          : why === undefined
            ? delta(row.value, before)
            : h(
                'button',
                { type: 'button', class: 'why', title: t('why'), click: () => why(row) },
                delta(row.value, before),
              ),
      );
    }),
  );
};
