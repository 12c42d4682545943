import { nextStart, startOf } from '../sql/zone.ts';

/** The page’s views, in the order they are shown. */
export const views = [
  'overview',
  'sources',
  'pages',
  'funnel',
  'retention',
  'paths',
  'people',
  'events',
  'health',
  'projects',
] as const;
export type View = (typeof views)[number];

/** One filter; a null value means that there is none. */
export interface Filter {
  readonly field: string;
  readonly not: boolean;
  readonly value: string | null;
}

/** All that decides what the page shows; the fragment of its address says it whole. */
export interface State {
  readonly view: View;
  /** Days, or the first and last date `2026-03-02..2026-03-08`. */
  readonly period: string;
  readonly compare: boolean;
  readonly bots: boolean;
  readonly filters: readonly Filter[];
  /** What a view is about: `steps`, `event`, `person`, `project`, `why` … */
  readonly about: Readonly<Record<string, string>>;
}

const isView = (word: string): word is View => views.some((view) => view === word);
const periods = /^(\d{1,3}|\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d)$/;
const own = ['view', 'period', 'compare', 'bots', 'f'];

/** The state that a fragment says; what it does not say is as usual. */
export const stateFrom = (fragment: string): State => {
  const said = new URLSearchParams(fragment.replace(/^#/, ''));
  const view = said.get('view') ?? '';
  const period = said.get('period') ?? '';
  return {
    view: isView(view) ? view : 'overview',
    period: periods.test(period) ? period : '28',
    compare: said.get('compare') !== 'no',
    bots: said.get('bots') === 'yes',
    filters: said.getAll('f').map(filterFrom),
    about: Object.fromEntries([...said].filter(([name]) => !own.includes(name))),
  };
};

/** The fragment that says this state. */
export const fragmentOf = ({ view, period, compare, bots, filters, about }: State): string => {
  const said = new URLSearchParams();
  if (view !== 'overview') said.set('view', view);
  if (period !== '28') said.set('period', period);
  if (!compare) said.set('compare', 'no');
  if (bots) said.set('bots', 'yes');
  for (const filter of filters) said.append('f', filterText(filter));
  for (const [name, value] of Object.entries(about)) if (value !== '') said.set(name, value);
  const text = said.toString();
  return text === '' ? '#' : `#${text}`;
};

/** `source=google`, `source!=google`; `source=` is: no source. */
export const filterFrom = (text: string): Filter => {
  const [, field = text, not = '', value = ''] = /^([^=!]*)(!?)=([\s\S]*)$/.exec(text) ?? [];
  return { field: field.trim(), not: not !== '', value: value === '' ? null : value };
};
/** The same as text. */
export const filterText = ({ field, not, value }: Filter): string =>
  `${field}${not ? '!' : ''}=${value ?? ''}`;

/** Filters as the questions take them. */
export const whereOf = (filters: readonly Filter[]): readonly Readonly<Record<string, string>>[] =>
  filters.map(({ field, not, value }) =>
    value === null ? { field, op: not ? 'exists' : 'not_exists' } : { field, op: not ? 'neq' : 'eq', value },
  );

/** A stretch of time, ms since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Whole days of the project’s zone. A running day counts up to `now`, and the days before then end at the same hour. */
export const spansOf = (
  period: string,
  tz: string,
  now: number,
): { readonly span: Stretch; readonly before: Stretch; readonly days: number } => {
  const [first = '', last = ''] = period.split('..');
  const dated = last !== '';
  const today = startOf(tz, 'day', now);
  const from = dated ? dayOf(first, tz) : shifted(today, 1 - Number(period), tz);
  const end = dated ? nextStart(tz, 'day', dayOf(last, tz)) : nextStart(tz, 'day', today);
  const days = Math.max(1, Math.round((end - from) / dayMs));
  const to = Math.max(from + 60_000, Math.min(end, Math.floor(now / 60_000) * 60_000));
  const earlier = shifted(from, -days, tz);
  const lastDay = startOf(tz, 'day', to - 1);
  const sameHour = shifted(lastDay, -days, tz) + (to - lastDay);
  return { span: { from, to }, before: { from: earlier, to: Math.min(from, sameHour) }, days };
};

const dayMs = 86_400_000;
const dayOf = (date: string, tz: string): number => startOf(tz, 'day', Date.parse(`${date}T12:00:00Z`));
/** Noon is on the day meant, whatever the clocks do. */
const shifted = (start: number, days: number, tz: string): number =>
  startOf(tz, 'day', start + dayMs / 2 + days * dayMs);

/** Every bucket of a span, oldest first: an answer leaves out those in which nothing was. */
export const bucketStarts = (span: Stretch, tz: string, unit: 'hour' | 'day' | 'week'): readonly number[] => {
  const found: number[] = [];
  for (let at = startOf(tz, unit, span.from); at < span.to; at = nextStart(tz, unit, at)) found.push(at);
  return found;
};
