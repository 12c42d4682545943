import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  addsUp,
  compactedName,
  type Day,
  type DayFile,
  isCompacted,
  type Merge,
  planOfDay,
} from '../../lake/compaction.ts';
import { prefixes } from '../settings.ts';
import { isTooMuch, type Merging } from './merging.ts';
import type { Objects } from './objects.ts';

/** What a run has done so far, in days, files and rows. */
export interface RunTally {
  days: number;
  joined: number;
  written: number;
  removed: number;
  expired: number;
  rows: number;
  repeats: number;
  /** What it had to leave, each named in the log. */
  troubles: number;
}

/** Says in the log what a person must look at. */
export type Trouble = (what: string, fields: Readonly<Record<string, unknown>>) => void;

/** What work on a day needs. */
export interface DayWork {
  readonly objects: Objects;
  readonly merging: Merging;
  readonly scratch: string;
  readonly clock: () => number;
  readonly trouble: Trouble;
  readonly done: RunTally;
  /** After this instant no merge is begun. */
  readonly until: number;
}

/** So many objects are on their way at once. */
const underWay = 16;
/** In so many parts a single file is cut at most. */
const mostParts = 256;
/** Part of each name, so that another way of writing makes other files. */
const format = '1';

const mergeShape = z.object({
  inputs: z.array(z.string()),
  outputs: z.array(z.object({ name: z.string(), rows: z.number() })),
  rows: z.number(),
  repeats: z.number(),
});
const nothing: Merge = { inputs: [], outputs: [], rows: 0, repeats: 0 };

/** What a text says of a merge; of nothing where it says something else. */
export const readMerge = (text: string): Merge => {
  try {
    return mergeShape.safeParse(JSON.parse(text)).data ?? nothing;
  } catch {
    return nothing;
  }
};

/** Where a day’s files lie under a prefix. */
export const folderOf = (prefix: string, dt: string): string => `${prefix}dt=${dt}/`;

/** Does what the plan of a day says; true where time ran out. */
export const compactDay = async (work: DayWork, day: Day, now: number): Promise<boolean> => {
  const { removable, spent, joins } = planOfDay(day, now);
  const present = new Set(day.files.map(({ name }) => name));
  for (const { merge, remaining } of removable) {
    if (work.clock() >= work.until) return true;
    await removeInputs(work, day.dt, merge, remaining, present);
  }
  await work.objects.remove(spent.map((name) => folderOf(prefixes.compaction, day.dt) + name));
  for (const join of joins) {
    if (work.clock() >= work.until) return true;
    await joinFiles(work, day.dt, join);
  }
  return false;
};

/** Deletes what is left of a merge’s inputs, once its outputs were fetched and have the rows they should. */
const removeInputs = async (
  { objects, merging, scratch, trouble, done }: DayWork,
  dt: string,
  merge: Merge,
  remaining: readonly string[],
  present: ReadonlySet<string>,
): Promise<void> => {
  const folder = folderOf(prefixes.raw, dt);
  const path = join(scratch, 'output.parquet');
  for (const { name, rows } of merge.outputs) {
    // Another run was faster: what it needs is done.
    if (!(await objects.fetch(folder + name, path))) return;
    const found = await merging.rowsIn(path).catch((error: unknown) => String(error));
    await rm(path, { force: true });
    if (found === rows) continue;
    const said = { dt, name, rows, found };
    if (!merge.inputs.every((input) => present.has(input)))
      return trouble(
        'a compacted file is damaged and some of what it was made of is gone: restore its inputs from their versions',
        said,
      );
    // Each of its rows is still in its inputs, and questions cannot read it.
    await objects.remove([folder + name]);
    return trouble('a compacted file was damaged; it is made again from its inputs', said);
  }
  await objects.remove(remaining.map((name) => folder + name));
  done.removed += remaining.length;
};

interface Local extends Pick<DayFile, 'name' | 'at'> {
  readonly path: string;
}

const joinFiles = async (work: DayWork, dt: string, files: readonly DayFile[]): Promise<void> => {
  const { objects, scratch } = work;
  const folder = folderOf(prefixes.raw, dt);
  const locals: Local[] = [];
  const queue = files.map(({ name, at }, i) => ({ name, at, path: join(scratch, `${i}.parquet`) }));
  const wholeOf = [...queue];
  const fetching = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (await objects.fetch(folder + next.name, next.path)) locals.push(next);
  };
  try {
    await Promise.all(Array.from({ length: underWay }, fetching));
    await mergeFitting(work, dt, await fitting(work, dt, locals));
  } catch (error) {
    const half = Math.ceil(files.length / 2);
    if (!isTooMuch(error) || files.length < 2) throw error;
    // The disk was too small for all of them at once.
    await clear(wholeOf);
    await joinFiles(work, dt, files.slice(0, half));
    await joinFiles(work, dt, files.slice(half));
  } finally {
    await clear(wholeOf);
  }
};

const clear = async (files: readonly Pick<Local, 'path'>[]): Promise<void> => {
  for (const { path } of files) await rm(path, { force: true });
};

/** Those with the columns of events; the others are named in the log. */
const fitting = async (
  { merging, trouble }: DayWork,
  dt: string,
  files: readonly Local[],
): Promise<readonly Local[]> => {
  const fit: Local[] = [];
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const reason = await merging.unfit(file.path);
    if (reason === undefined) fit.push(file);
    else trouble('a file is none of events and stays as it is', { dt, name: file.name, reason });
  }
  return fit;
};

/** Merges them; without those that turn out unreadable, and in halves where they are too much at once. */
const mergeFitting = async (
  work: DayWork,
  dt: string,
  files: readonly Local[],
  halved = false,
): Promise<void> => {
  const { merging, trouble } = work;
  // One alone is as it should be, unless it is what is left of many.
  if (files.length < 2 && (!halved || files.every(({ name }) => isCompacted(name)))) return;
  try {
    return await mergeInto(work, dt, files, 1, halved);
  } catch (error) {
    if (isTooMuch(error)) {
      if (files.length === 1) return mergeInParts(work, dt, files, error);
      const half = Math.ceil(files.length / 2);
      await mergeFitting(work, dt, files.slice(0, half), true);
      return mergeFitting(work, dt, files.slice(half), true);
    }
    const bad = await merging.unreadable(files.map(({ path }) => path));
    if (bad.length === 0) throw error;
    const paths = new Set(bad.map(({ path }) => path));
    for (const { path, reason } of bad)
      trouble('a file holds what cannot be read and stays as it is', {
        dt,
        name: files.find((file) => file.path === path)?.name,
        reason,
      });
    return mergeFitting(
      work,
      dt,
      files.filter(({ path }) => !paths.has(path)),
      halved,
    );
  }
};

const mergeInParts = async (
  work: DayWork,
  dt: string,
  files: readonly Local[],
  first: unknown,
): Promise<void> => {
  let last = first;
  for (let parts = 2; parts <= mostParts; parts *= 2) {
    try {
      return await mergeInto(work, dt, files, parts, true);
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      last = error;
    }
  }
  throw last;
};

/** The files as one compacted file or so many; written down first, so that none is there of which nothing is known. `full`: it joins no other. */
const mergeInto = async (
  { objects, merging, scratch, done }: DayWork,
  dt: string,
  files: readonly Local[],
  parts: number,
  full: boolean,
): Promise<void> => {
  const inputs = files.map(({ name }) => name);
  const paths = files.map(({ path }) => path);
  const hash = createHash('sha256')
    .update([format, ...inputs].join('\n'))
    .digest('hex')
    .slice(0, 24);
  const written: (Omit<Local, 'at'> & { readonly rows: number })[] = [];
  try {
    const { rows, repeats } = await merging.count(paths);
    for (let part = 0; part < parts; part++) {
      const name = compactedName(files, hash, part + 1, parts, full);
      const path = join(scratch, name);
      written.push({ name, path, rows: 0 });
      const said = await merging.write(paths, path, part, parts);
      const found = await merging.rowsIn(path);
      if (found !== said) throw new Error(`${name} was written with ${said} rows and has ${found}`);
      written[part] = { name, path, rows: said };
    }
    const outputs = written.map(({ name, rows }) => ({ name, rows }));
    const merge: Merge = { inputs, outputs, rows, repeats };
    if (!addsUp(merge))
      throw new Error(`${rows} rows with ${repeats} repeats became ${JSON.stringify(outputs)}`);
    await objects.say(`${folderOf(prefixes.compaction, dt)}c-${hash}.json`, JSON.stringify(merge));
    for (const { name, path } of written) await objects.place(folderOf(prefixes.raw, dt) + name, path);
    done.joined += inputs.length;
    done.written += outputs.length;
    done.rows += rows;
    done.repeats += repeats;
  } finally {
    await clear(written);
  }
};
