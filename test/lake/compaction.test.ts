import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addsUp,
  type Day,
  type DayFile,
  daysPast,
  isCompacted,
  joining,
  type Merge,
  planOfDay,
} from '../../src/lake/compaction.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const dt = '2026-03-02';
const morning = Date.parse(`${dt}T00:00:00Z`);
const noon = morning + 12 * hour;
const nextNoon = noon + day;

const file = (name: string, at = morning, bytes = 10_000): DayFile => ({ name, at, bytes });
const small = (n: number, at = morning) => Array.from({ length: n }, (_, i) => file(`events-${i}`, at));
const merge = (inputs: readonly string[], output: string, more: Partial<Merge> = {}): Merge => ({
  inputs,
  outputs: [{ name: output, rows: 5 }],
  rows: 6,
  repeats: 1,
  ...more,
});
const written = (it: Merge, at = morning): Day['merges'][number] => ({
  name: `${it.outputs[0]?.name}`,
  at,
  merge: it,
});
const namesOf = (joins: readonly (readonly DayFile[])[]) => joins.map((join) => join.map(({ name }) => name));
const plan = (files: readonly DayFile[], merges: Day['merges'] = [], now = noon) =>
  planOfDay({ dt, files, merges }, now);
const removedBy = (files: readonly DayFile[], merges: Day['merges'], now = noon) =>
  plan(files, merges, now).removable.flatMap(({ remaining }) => remaining);

describe('which files of a day join', () => {
  const both = ['a', 'b'];
  test.each<readonly [string, readonly DayFile[], number, readonly (readonly string[])[]]>([
    ['of an empty day: none', [], noon, []],
    ['of today: a handful is left alone', small(7), noon, []],
    ['of today: eight are worth it', small(8), noon, [small(8).map(({ name }) => name)]],
    ['of today: those of the last hour are left alone', small(9, noon - 59 * minute), noon, []],
    ['of a past day: two', small(2), nextNoon, [['events-0', 'events-1']]],
    ['of a past day: not one alone', small(1), nextNoon, []],
    [
      'of a past day: a late file joins what there is',
      [file('late', noon), file('c-1')],
      nextNoon,
      [['late', 'c-1']],
    ],
    ['of a past day: compacted ones become one', [file('c-1'), file('c-2')], nextNoon, [['c-1', 'c-2']]],
    ['of a day that ended less than two hours ago: as of today', small(2), morning + day + hour, []],
    [
      'of today: compacted ones up to twice as large as what has gathered',
      [...small(8), file('c-1', morning, 160_000), file('c-2', morning, 500_000)],
      noon,
      [[...small(8).map(({ name }) => name), 'c-1']],
    ],
    ['of today: compacted ones alone stay as they are', [file('c-1'), file('c-2')], noon, []],
    [
      'of a past day: as many bytes as one merge takes, the rest by itself',
      Array.from({ length: 4 }, (_, i) => file(`events-${i}`, morning, 100 << 20)),
      nextNoon,
      [
        ['events-0', 'events-1'],
        ['events-2', 'events-3'],
      ],
    ],
    [
      'of a past day: what is full joins nothing',
      [file('c-1', morning, 200 << 20), file('c-2', morning, 100 << 20)],
      nextNoon,
      [],
    ],
    ['of a clock that runs back: none', small(20), morning - hour, []],
  ])('%s', (_, files, now, joins) => {
    expect(namesOf(plan(files, [], now).joins)).toEqual(joins);
  });

  test('inputs of a merge whose output is there are merged; where it is missing they are files like any other', () => {
    const record = written(merge(both, 'c-1'));
    const inputs = both.map((name) => file(name));
    expect(namesOf(plan([...inputs, file('c-1', nextNoon - minute)], [record], nextNoon).joins)).toEqual([]);
    expect(namesOf(plan(inputs, [record], nextNoon).joins)).toEqual([both]);
  });

  test.each<readonly [string, Partial<Merge>]>([
    ['that lost a row', { repeats: 0 }],
    ['without outputs', { outputs: [] }],
  ])('a merge %s counts for nothing', (_, wrong) => {
    const inputs = both.map((name) => file(name));
    const record = { ...written(merge(both, 'c-1')), merge: merge(both, 'c-1', wrong) };
    expect(addsUp(record.merge)).toBe(false);
    const made = plan([...inputs, file('c-1')], [record], nextNoon);
    expect(made.removable).toEqual([]);
    expect(namesOf(made.joins)).toEqual([['a', 'b', 'c-1']]);
  });
});

describe('inputs may go', () => {
  const inputs = [file('a'), file('b')];
  const record = written(merge(['a', 'b', 'gone'], 'c-1'));
  test.each<readonly [string, number, readonly string[]]>([
    ['an hour after the output came: those that remain', noon - hour, ['a', 'b']],
    ['not a millisecond earlier', noon - hour + 1, []],
  ])('%s', (_, came, gone) => {
    expect(removedBy([...inputs, file('c-1', came)], [record])).toEqual(gone);
  });
  test('not while one of two outputs is missing', () => {
    const two = merge(['a', 'b'], 'c-1', {
      outputs: [
        { name: 'c-1', rows: 2 },
        { name: 'c-2', rows: 3 },
      ],
    });
    expect(removedBy([...inputs, file('c-1')], [written(two)])).toEqual([]);
    expect(removedBy([...inputs, file('c-1'), file('c-2')], [written(two)])).toEqual(['a', 'b']);
  });
});

describe('what is written down of a merge is erased', () => {
  const record = (at: number) => written(merge(['a'], 'c-1'), at);
  test.each<readonly [string, readonly DayFile[], number, number]>([
    ['once no input is left', [file('c-1')], morning, 1],
    ['not while one is', [file('a'), file('c-1')], morning, 0],
    ['not while its run may be about to write', [file('a')], noon - hour, 0],
    ['a day after a run that died', [file('a')], noon - day, 1],
  ])('%s', (_, files, at, erased) => {
    expect(plan(files, [record(at)]).spent).toHaveLength(erased);
  });
});

test.each<readonly [string, readonly DayFile[], Day['merges'], number, boolean]>([
  ['a past day of one file', [file('c-1')], [], nextNoon, true],
  ['a past day without any', [], [], nextNoon, true],
  ['not today', [file('c-1')], [], noon, false],
  ['not while files are to join', [file('c-1'), file('c-2')], [], nextNoon, false],
  ['not while inputs remain', [file('a'), file('c-1')], [written(merge(['a'], 'c-1'))], nextNoon, false],
  ['not while a file is younger than an hour', [file('c-1', nextNoon)], [], nextNoon, false],
])('done is: %s', (_, files, merges, now, done) => {
  expect(plan(files, merges, now).done).toBe(done);
});

test('days are past by their name, whenever their files were written', () => {
  expect(daysPast(['2026-02-27', '2026-02-28', '2026-03-01', dt], noon, 2)).toEqual(['2026-02-27']);
});

test('a row that comes hour by hour is rewritten a logarithm of times', () => {
  const sizeOf = (rows: number) => ({ rows, bytes: rows });
  let settled: number[] = [];
  let rewritten = 0;
  for (let i = 0; i < 1_000; i++) {
    const rule = { sizeOf, fits: () => true, costOf: ({ rows }: { rows: number }) => rows, whole: false };
    const join = joining(
      settled.toSorted((a, b) => a - b),
      { rows: 1, bytes: 1 },
      rule,
    );
    const made = join.reduce((a, b) => a + b, 1);
    rewritten += made;
    settled = [...settled.toSorted((a, b) => a - b).slice(join.length), made];
  }
  expect(rewritten).toBeLessThan(1_000 * Math.log2(1_000) * 1.5);
  expect(settled.length).toBeLessThanOrEqual(Math.ceil(Math.log2(1_000)));
});

/** A folder in which each file is a set of rows, and what is written down beside it. */
interface Model {
  readonly files: Map<string, { readonly rows: ReadonlySet<number>; readonly at: number }>;
  readonly merges: Map<string, Day['merges'][number]>;
}
const listed = ({ files, merges }: Model): Day => ({
  dt,
  files: [...files].map(([name, { rows, at }]) => ({ name, at, bytes: rows.size * 1_000 })),
  merges: [...merges.values()],
});
/** Each step of a run over what it had listed, one at a time, so that runs interleave and die anywhere. */
function* run(model: Model, now: () => number): Generator<string> {
  const { removable, spent, joins } = planOfDay(listed(model), now());
  for (const { merge: it, remaining } of removable) {
    if (!it.outputs.every(({ name, rows }) => model.files.get(name)?.rows.size === rows)) continue;
    for (const name of remaining) {
      model.files.delete(name);
      yield 'removed';
    }
  }
  for (const name of spent) {
    model.merges.delete(name);
    yield 'erased';
  }
  for (const join of joins) {
    const read = join.filter(({ name }) => model.files.has(name));
    const inputs = read.map(({ name }) => name);
    const sets = read.map(({ name }) => [...(model.files.get(name)?.rows ?? [])]);
    yield 'read';
    if (read.length < 2) continue;
    const rows = new Set(sets.flat());
    const name = `c-${inputs.toSorted().join('+')}`;
    const total = sets.flat().length;
    model.merges.set(name, {
      name,
      at: now(),
      merge: { inputs, outputs: [{ name, rows: rows.size }], rows: total, repeats: total - rows.size },
    });
    yield 'written down';
    if (!model.files.has(name)) model.files.set(name, { rows, at: now() });
    yield 'written';
  }
}

test('whatever runs do at once and wherever they die, each row is in some file, and few files are left', () => {
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.constant('file' as const) },
    { weight: 2, arbitrary: fc.constant('begin' as const) },
    { weight: 8, arbitrary: fc.constant('step' as const) },
    { weight: 1, arbitrary: fc.constant('die' as const) },
    { weight: 3, arbitrary: fc.constant('hour' as const) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(act, fc.nat(3)), { maxLength: 120 }), (acts) => {
      const model: Model = { files: new Map(), merges: new Map() };
      let [now, next] = [morning, 0];
      const runs: Generator<string>[] = [];
      const whole = () => {
        const there = new Set([...model.files.values()].flatMap(({ rows }) => [...rows]));
        expect(there.size).toBe(next);
      };
      for (const [what, which] of acts) {
        if (what === 'file') model.files.set(`events-${next}`, { rows: new Set([next++, next++]), at: now });
        if (what === 'begin') runs.push(run(model, () => now));
        if (what === 'step') runs[which % Math.max(1, runs.length)]?.next();
        if (what === 'die') runs.splice(which % Math.max(1, runs.length), 1);
        if (what === 'hour') now += hour;
        whole();
      }
      now = Math.max(now, nextNoon);
      for (let i = 0; i < 6; i++, now += 1.5 * hour) for (const _ of run(model, () => now)) whole();
      now += day;
      for (let i = 0; i < 3; i++, now += 1.5 * hour) for (const _ of run(model, () => now)) whole();
      expect(model.files.size).toBeLessThanOrEqual(1);
      expect([...model.merges.values()]).toEqual([]);
      expect([...model.files.keys()].every(isCompacted) || next === 2).toBe(true);
      expect(planOfDay(listed(model), now).done).toBe(true);
    }),
    { numRuns: 300 },
  );
});
