/** How much something holds; bytes as whoever plans counts them. */
export interface Size {
  readonly rows: number;
  readonly bytes: number;
}

/** How settled files join what has gathered. */
export interface Joining<File> {
  readonly sizeOf: (file: File) => Size;
  /** May so much be one file? */
  readonly fits: (size: Size) => boolean;
  /** What rewriting so much costs. */
  readonly costOf: (size: Size) => number;
  /** Join as many as fit, whatever that rewrites. */
  readonly whole: boolean;
}

/**
 * The settled files, given from the cheapest up, that join what has gathered: while each costs no more
 * than twice what has gathered, so that a row is rewritten a logarithm of times.
 */
export const joining = <File>(
  settled: readonly File[],
  gathered: Size,
  { sizeOf, fits, costOf, whole }: Joining<File>,
): readonly File[] => {
  const join: File[] = [];
  let sum = gathered;
  for (const file of settled) {
    const size = sizeOf(file);
    const next = { rows: sum.rows + size.rows, bytes: sum.bytes + size.bytes };
    if (!fits(next) || !(whole || costOf(size) <= 2 * costOf(sum))) break;
    join.push(file);
    sum = next;
  }
  return join;
};

/** The first files, up to so many rows and bytes; at least one where there is any. */
export const firstUpTo = <File>(
  files: readonly File[],
  sizeOf: (file: File) => Size,
  mostRows: number,
  mostBytes = Number.POSITIVE_INFINITY,
): readonly File[] => {
  let [end, rows, bytes] = [0, 0, 0];
  for (const file of files) {
    const size = sizeOf(file);
    rows += size.rows;
    bytes += size.bytes;
    if (end > 0 && (rows > mostRows || bytes > mostBytes)) break;
    end++;
  }
  return files.slice(0, end);
};

/** A file of a raw lake’s day; `at`: since when it is there, ms since 1970 by the store’s own clock. */
export interface DayFile {
  readonly name: string;
  readonly bytes: number;
  readonly at: number;
}

/** What is written down of a merge, before its outputs are there. */
export interface Merge {
  /** Names in the day’s folder. */
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly rows: number }[];
  /** How many rows were read, and how many of them were repeats and left out. */
  readonly rows: number;
  readonly repeats: number;
}

/** A day of a raw lake: what lies in its folder, and the merges that are written down under their names. */
export interface Day {
  /** `yyyy-MM-dd`, UTC. */
  readonly dt: string;
  readonly files: readonly DayFile[];
  readonly merges: readonly { readonly name: string; readonly at: number; readonly merge: Merge }[];
}

/** What is to be done for a day, in this order. */
export interface DayPlan {
  /** Merges whose outputs are there long enough: once these have been counted the inputs that remain may go. */
  readonly removable: readonly { readonly merge: Merge; readonly remaining: readonly string[] }[];
  /** Names of merges that nothing needs any more. */
  readonly spent: readonly string[];
  /** Groups of files, each of which is to become one. */
  readonly joins: readonly (readonly DayFile[])[];
  /** Is there nothing left to do until another file comes? Never of a day that files still come for. */
  readonly done: boolean;
}

const [hourMs, dayMs] = [3_600_000, 86_400_000];
/** A file is left alone until it is so old, and inputs stay for so long beside what was made of them: a question that listed them may run for 30 minutes. */
const restMs = hourMs;
/** A day is past when it has been over for so long: until then files that were begun in it arrive. */
const tailMs = 2 * hourMs;
/** So many small files of a day that is not past are worth a merge. */
const manyFiles = 8;
/** A merge reads so many bytes of files at most, or one file, and what it makes may grow to as many. */
const mergedBytes = 256 << 20;
/** So many files at once: each is opened. */
const mergedFiles = 4_000;
/** A merge that came to nothing is forgotten after so long: its run has ended. */
const abandonedMs = dayMs;

/** What compaction wrote, by its name: files of Firehose are called after their stream. */
export const isCompacted = (name: string): boolean => name.startsWith('c-');

/** When the newest of what a file holds was delivered, ms since 1970: of a compacted one its name says it, since its inputs go. */
export const deliveredAt = ({ name, at }: Pick<DayFile, 'name' | 'at'>): number => {
  const [, said] = /^c-(\d{12,16})-/.exec(name) ?? [];
  return said === undefined ? at : Number(said);
};

/** The name of what these become, one of so many: `hash` tells which they are. `full`: it joins no other. */
export const compactedName = (
  inputs: readonly Pick<DayFile, 'name' | 'at'>[],
  hash: string,
  part: number,
  of: number,
  full: boolean,
): string => `c-${Math.max(...inputs.map(deliveredAt))}-${hash}-${part}of${of}${full ? '-full' : ''}.parquet`;

/** Is it as large as memory allowed, so that it joins no other? */
const isFull = (name: string): boolean => name.endsWith('-full.parquet');

/** The day of an instant, `yyyy-MM-dd`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().split('T')[0] ?? '';

/**
 * What to do for a day at `now`, by the store’s clock. An input counts as merged while all outputs of its merge are there; where one is missing its inputs are files like any
 * other. So a run that died, two runs at once and a plan made of an old list leave rows twice, which questions count once, and never leave a row nowhere.
 */
export const planOfDay = ({ dt, files, merges }: Day, now: number): DayPlan => {
  const present = new Map(files.map((file) => [file.name, file]));
  const isWhole = (merge: Merge) => addsUp(merge) && merge.outputs.every(({ name }) => present.has(name));
  const whole = merges.filter(({ merge }) => isWhole(merge));
  const merged = new Set(whole.flatMap(({ merge }) => merge.inputs));
  const isOld = (at: number) => at <= now - restMs;

  const remainingOf = ({ inputs }: Merge) => inputs.filter((name) => present.has(name));
  const removable = whole
    .map(({ merge }) => ({ merge, remaining: remainingOf(merge) }))
    .filter(
      ({ merge, remaining }) =>
        remaining.length > 0 && merge.outputs.every(({ name }) => isOld(present.get(name)?.at ?? now)),
    );
  const spent = merges
    .filter(
      ({ at, merge }) => remainingOf(merge).length === 0 || (!isWhole(merge) && at <= now - abandonedMs),
    )
    .map(({ name }) => name);

  const free = files.filter(({ name, at }) => !merged.has(name) && isOld(at));
  const past = dt < dayOf(now - tailMs);
  const joins = joinsOf(free, past);
  const resting = files.some(({ name, at }) => merged.has(name) || !isOld(at));
  return { removable, spent, joins, done: past && joins.length === 0 && !resting && spent.length === 0 };
};

/** Is each row that a merge read in one of its outputs, or a repeat? */
export const addsUp = ({ outputs, rows, repeats }: Merge): boolean =>
  outputs.length > 0 && outputs.reduce((sum, output) => sum + output.rows, 0) + repeats === rows;

const sizeOf = ({ bytes }: DayFile): Size => ({ rows: 0, bytes });

const joinsOf = (free: readonly DayFile[], past: boolean): readonly (readonly DayFile[])[] => {
  let small = free
    .filter(({ name }) => !isCompacted(name))
    .toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
  let settled = free
    .filter(({ name }) => isCompacted(name) && !isFull(name))
    .toSorted((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
  if (!past && small.length < manyFiles) return [];
  const rule = {
    sizeOf,
    fits: ({ bytes }: Size) => bytes <= mergedBytes,
    costOf: ({ bytes }: Size) => bytes,
    whole: past,
  };
  const joins: (readonly DayFile[])[] = [];
  while (small.length > 0 || settled.length > 0) {
    const news = firstUpTo(small.slice(0, mergedFiles), sizeOf, 0, mergedBytes);
    small = small.slice(news.length);
    const bytes = news.reduce((sum, file) => sum + file.bytes, 0);
    const olds = news.length > 0 || past ? joining(settled, { rows: 0, bytes }, rule) : [];
    settled = settled.slice(olds.length);
    const join = [...news, ...olds];
    if (join.length === 0) break;
    if (join.length > 1) joins.push(join);
  }
  return joins;
};

/** The days of these that are older than so many days at `now`: their files are to go, whenever they were written. */
export const daysPast = (dts: readonly string[], now: number, keptDays: number): readonly string[] =>
  dts.filter((dt) => dt < dayOf(now - keptDays * dayMs));
