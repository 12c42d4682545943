import type { Period } from '../../lake/events-of.ts';
import type { Row } from '../../ports.ts';
import { quoted } from '../visible.ts';
import type { Compared } from './explained.ts';

/** What was counted on each side, and of how many. */
interface Sides {
  readonly b: number;
  readonly a: number;
  readonly mb: number;
  readonly ma: number;
}
interface Value extends Sides {
  readonly dimension: string;
  readonly value: string | null;
  /** Its place among equals: dimensions as asked, properties after them. */
  readonly order: number;
  readonly small: boolean;
}

const sidesOf = ({ b, a, mb, ma }: Row): Sides => ({
  b: Number(b ?? 0),
  a: Number(a ?? 0),
  mb: Number(mb ?? 0),
  ma: Number(ma ?? 0),
});

/**
 * One project’s rows of `explained` as answer rows: the whole, then its parts, the most deviating first. `rates`:
 * what is counted are conversions; `spelled`: the dimensions as they were asked for.
 */
export function toldOf(rates: boolean, spelled: readonly string[], rows: readonly Row[]): readonly Row[] {
  const isWhole = (row: Row): boolean => Number(row.dim) === 0 && row.key === null;
  const all = sidesOf(rows.find(isWhole) ?? {});
  const named = rows
    .filter((row) => !isWhole(row))
    .map(
      (row): Value => ({
        dimension: row.key === null ? (spelled[Number(row.dim) - 1] ?? '') : propertyOf(String(row.key)),
        value: row.value === null || row.value === undefined ? null : String(row.value),
        order: row.key === null ? Number(row.dim) : spelled.length + 1,
        small: Number(row.kept) === 0,
        ...sidesOf(row),
      }),
    );
  const properties = [
    ...Map.groupBy(
      named.filter(({ order }) => order > spelled.length),
      (one) => one.dimension,
    ),
  ];
  const values = [
    ...named.filter(({ order }) => order <= spelled.length),
    ...properties.flatMap(([dimension, own]) => withMissing(rates, dimension, own, all)),
  ];
  const isNothing = ({ b, a, mb, ma }: Sides): boolean => (rates ? mb === 0 && ma === 0 : b === 0 && a === 0);
  const parts = values
    .filter((one) => !(one.small && isNothing(one)))
    .map((one) => ({ one, weight: weightOf(rates, one, all) }));
  const scale = Math.max(0, ...parts.map(({ weight }) => weight));
  const rank = (weight: number): number => (scale === 0 ? 0 : Math.round((1e9 * weight) / scale));
  return [
    { dimension: null, value: null, ...measured(rates, all, all) },
    ...parts
      .toSorted(
        (x, y) =>
          rank(y.weight) - rank(x.weight) ||
          x.one.order - y.one.order ||
          byText(x.one.dimension, y.one.dimension) ||
          Number(x.one.small) - Number(y.one.small) ||
          Number(x.one.value === null) - Number(y.one.value === null) ||
          byText(x.one.value ?? '', y.one.value ?? ''),
      )
      .map(({ one }) => ({
        dimension: one.dimension,
        value: one.small ? '(other)' : one.value,
        ...measured(rates, one, all),
      })),
  ];
}

const propertyOf = (key: string): string =>
  /^[^.[\]]+$/.test(key) ? `properties.${key}` : `properties["${key}"]`;

/** A property’s values and what lacks it: the rest of the whole. */
function withMissing(rates: boolean, dimension: string, own: readonly Value[], all: Sides): readonly Value[] {
  const rest = (side: keyof Sides): number => {
    const left = all[side] - own.reduce((sum, one) => sum + one[side], 0);
    return Math.abs(left) <= 1e-9 * Math.abs(all[side]) ? 0 : left;
  };
  const missing: Sides = { b: rest('b'), a: rest('a'), mb: rest('mb'), ma: rest('ma') };
  if (Object.values(missing).every((side) => side === 0)) return own;
  const sizes = rates ? (['mb', 'ma'] as const) : (['b', 'a'] as const);
  const large = sizes.some(
    (side) => missing[side] !== 0 && 100 * Math.abs(missing[side]) >= Math.abs(all[side]),
  );
  const order = own[0]?.order ?? 0;
  if (large) return [...own, { dimension, value: null, order, small: false, ...missing }];
  const other = own.find(({ small }) => small) ?? { b: 0, a: 0, mb: 0, ma: 0 };
  const sum: Sides = {
    b: other.b + missing.b,
    a: other.a + missing.a,
    mb: other.mb + missing.mb,
    ma: other.ma + missing.ma,
  };
  return [...own.filter(({ small }) => !small), { dimension, value: null, order, small: true, ...sum }];
}

/** How far it is from what the whole’s change lets expect, as a number to compare with others of the same answer. */
function weightOf(rates: boolean, { b, a, mb, ma }: Sides, all: Sides): number {
  if (!rates) return all.b === 0 ? Math.abs(a - b) : Math.abs(a * all.b - b * all.a);
  const [before, after, wb, wa] = [per(b, mb), per(a, ma), per(all.b, all.mb), per(all.a, all.ma)];
  if (before === null || after === null || wb === null || wa === null) return 0;
  return ma * (wb === 0 ? Math.abs(after - before) : Math.abs(after - (before * wa) / wb));
}

const per = (n: number, of: number): number | null => (of === 0 ? null : n / of);

/** The measures of a row. Of conversions: the rates, and how much of the whole’s change this value makes. */
function measured(rates: boolean, one: Sides, all: Sides): Row {
  const before = rates ? per(one.b, one.mb) : one.b;
  const after = rates ? per(one.a, one.ma) : one.a;
  const wholeBefore = rates ? per(all.b, all.mb) : all.b;
  const wholeAfter = rates ? per(all.a, all.ma) : all.a;
  const expected =
    before === null || wholeBefore === null || wholeAfter === null || wholeBefore === 0
      ? null
      : (before * wholeAfter) / wholeBefore;
  const change = minus(wholeAfter, wholeBefore);
  const part = rates ? minus(per(one.a, all.ma), per(one.b, all.mb)) : minus(after, before);
  return {
    before,
    after,
    difference: minus(after, before),
    expected,
    excess: minus(after, expected),
    share_of_change: part === null || change === null || change === 0 ? null : part === 0 ? 0 : part / change,
    ...(rates ? { people_before: one.mb, people_after: one.ma } : {}),
  };
}

const minus = (x: number | null, y: number | null): number | null =>
  x === null || y === null ? null : x - y;

const byText = (a: string, b: string): number => (a === b ? 0 : pointsOf(a) < pointsOf(b) ? -1 : 1);
/** So written that comparing it compares code points. */
const pointsOf = (text: string): string =>
  Array.from(text, (letter) => (letter.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('');

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The words a reader needs: which periods, what stands out, what may be added up. `rows`: of one project. */
export const notesOf = (
  { before, after }: Compared,
  counts: 'count' | 'uniques' | 'people' | 'sum' | 'conversion',
  rows: readonly Row[] | undefined,
): readonly string[] => {
  const span = ({ from, to }: Period): string =>
    `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  const runs = before.cut ? '; the period still runs, so an equally long part of the other one is taken' : '';
  const once = `Everybody is counted once, under the value of their ${counts === 'conversion' ? 'counted first step' : 'first event in each period'}.`;
  return [
    `before is ${span(before)}, after is ${span(after)} (ends exclusive)${runs}.`,
    ...(rows === undefined ? [] : causeOf(rows)),
    counts === 'conversion'
      ? 'before and after are rates of the people who did the first step; share_of_change adds up to 1 over the values of one dimension.'
      : 'Each dimension tells the same whole apart: add up the rows of one dimension only (the first row is the whole).',
    ...(counts === 'count' || counts === 'sum' ? [] : [once]),
    'expected is before times the whole’s change; excess is after less expected; values under 1 % of both periods are (other).',
  ];
};

/** The value that did most of what the whole did, and what would be left of the change without it. */
function causeOf([all, ...rows]: readonly Row[]): readonly string[] {
  const [from, to, change] = [
    Number(all?.before ?? 0),
    Number(all?.after ?? 0),
    Number(all?.difference ?? 0),
  ];
  if (change === 0) return ['The whole did not change.'];
  const moved = `The whole ${change < 0 ? 'fell' : 'rose'} from ${shown(from)} to ${shown(to)}${from === 0 ? '' : ` (${percent(change / from)})`}`;
  const towards = rows.filter(
    ({ excess, share_of_change: share, value }) =>
      value !== '(other)' && Number(share ?? 0) > 0 && Number(excess ?? change) * change > 0,
  );
  const first = towards[0];
  if (first === undefined) return [`${moved}; no value stands out: all moved alike.`];
  const also = towards.find(({ dimension }) => dimension !== first.dimension);
  const [b, a] = [from - Number(first.before ?? 0), to - Number(first.after ?? 0)];
  const without =
    'people_before' in first || b === 0 ? '' : `; without it the change is ${percent((a - b) / b)}`;
  return [
    `${moved}; ${percent(Number(first.share_of_change))} of that is ${pairOf(first)}${without}.${also === undefined ? '' : ` Beside it ${pairOf(also)}: ${percent(Number(also.share_of_change))}.`}`,
  ];
}

const shown = (n: number): string => String(Math.round(n * 10_000) / 10_000);
const pairOf = ({ dimension, value }: Row): string =>
  `${String(dimension)} = ${value === null || value === undefined ? 'null' : quoted(String(value).slice(0, 100))}`;
