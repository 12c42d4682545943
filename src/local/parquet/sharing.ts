import type { LakeFile } from './kinds.ts';
import { daysOf, type FilePlace, fits, fullRows } from './places.ts';

/** One project’s new rows and settled files that become one file. */
export interface Union {
  /** The day, or what the dates of its days begin with. */
  readonly dt: string;
  readonly added: readonly FilePlace[];
  readonly old: readonly LakeFile[];
  readonly rows: number;
  readonly bytes: number;
}

/** What has fewer rows than this (and bytes than their share of a file) may be in a file with others. */
const fewRows = 1_000;
const fewBytes = 512 << 10;
/** So many small files of a month, of a year, of a century or of all time share one, so that fewer are left of any project. */
const manySmall = 8;
/** What months, years, centuries and all of time have of a date in common. */
const prefixes = [7, 4, 2, 0] as const;

/** About how many bytes the rows of a file take where they are sorted; of files of an earlier version a guess. */
export const weightOf = ({ weight, rows, bytes }: LakeFile): number =>
  weight ?? Math.max(4 * bytes, 400 * rows);

const isSmall = ({ rows, bytes }: Pick<Union, 'rows' | 'bytes'>): boolean =>
  rows < fewRows && bytes < fewBytes;

/** The small ones of one project, days and files, as they are to share files; those that stay alone are not in it. */
export const sharing = (places: readonly FilePlace[], settled: readonly LakeFile[]): readonly Union[] => {
  const days = new Map<string, Union>();
  const put = (dt: string, more: Omit<Union, 'dt'>) => {
    const there = days.get(dt);
    days.set(dt, there === undefined ? { dt, ...more } : union(dt, [there, { dt, ...more }]));
  };
  for (const place of places)
    put(place.dt, { added: [place], old: [], rows: place.rows, bytes: place.bytes });
  for (const file of settled) {
    const bytes = weightOf(file);
    if (isSmall({ rows: file.rows, bytes })) put(file.dt, { added: [], old: [file], rows: file.rows, bytes });
  }
  let small = [...days.values()].filter(isSmall);
  const shared: Union[] = [];
  for (const length of prefixes) {
    const alike = Map.groupBy(small, ({ dt }) => dt.slice(0, length));
    if (small.length < manySmall) break;
    small = [];
    for (const [prefix, own] of alike) {
      if (own.length < manySmall) small.push(...own);
      else
        for (const run of runs(own)) {
          const whole = run.length === 1 ? run[0] : union(prefix, run);
          if (whole === undefined) continue;
          if (isSmall(whole)) small.push(whole);
          else shared.push(whole);
        }
    }
  }
  return [...shared, ...small].filter(({ added, old }) => added.length + old.length > 1 && spans(added, old));
};

/** One day’s new rows and files are as they were: they join as those of busier days do. */
const spans = (added: readonly FilePlace[], old: readonly LakeFile[]): boolean =>
  new Set([...added, ...old].map(({ dt }) => dt)).size > 1;

/** In the order of time, as many together as make one file. */
function* runs(own: readonly Union[]): Iterable<readonly Union[]> {
  let run: Union[] = [];
  let [rows, bytes] = [0, 0];
  for (const next of own.toSorted((a, b) => firstOf(a) - firstOf(b))) {
    if (run.length > 0 && (rows + next.rows > fullRows / 2 || !fits(rows + next.rows, bytes + next.bytes))) {
      yield run;
      run = [];
      [rows, bytes] = [0, 0];
    }
    run.push(next);
    rows += next.rows;
    bytes += next.bytes;
  }
  if (run.length > 0) yield run;
}

const firstOf = ({ added, old }: Union): number => Math.min(...[...added, ...old].map(({ minTs }) => minTs));

const union = (dt: string, all: readonly Union[]): Union => ({
  dt,
  added: all.flatMap(({ added }) => added),
  old: all.flatMap(({ old }) => old),
  rows: all.reduce((sum, { rows }) => sum + rows, 0),
  bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** The new rows of a union as one place. */
export const placeOf = ({ dt, added, old }: Union): FilePlace | undefined => {
  const [first] = added;
  if (first === undefined) return undefined;
  return {
    ...first,
    dt,
    ...(added.length === 1 && old.length === 0 ? {} : { days: added.flatMap(daysOf) }),
    rows: added.reduce((sum, { rows }) => sum + rows, 0),
    bytes: added.reduce((sum, { bytes }) => sum + bytes, 0),
    minTs: Math.min(...added.map(({ minTs }) => minTs)),
    maxTs: Math.max(...added.map(({ maxTs }) => maxTs)),
  };
};
