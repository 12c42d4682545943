import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Day, type DayFile, daysPast } from '../../lake/compaction.ts';
import type { Log } from '../../ports.ts';
import { prefixes } from '../settings.ts';
import { compactDay, folderOf, type RunTally, readMerge, type Trouble } from './day.ts';
import type { Merging } from './merging.ts';
import type { LakeObject, Objects } from './objects.ts';

/** What compaction works with. */
export interface CompactionParts {
  readonly objects: Objects;
  /** A new engine whose temporary files go into this folder. */
  readonly merging: (temp: string) => Promise<Merging>;
  /** A folder of its own, for files on their way. */
  readonly scratch: string;
  readonly log: Log;
  /** Milliseconds, for how long a run takes only: ages are told by the bucket’s clock. */
  readonly clock: () => number;
  /** So many days of arrival are kept; undefined: all. */
  readonly keptDays: number | undefined;
}

/** What one run did. */
export interface Compacted extends Readonly<RunTally> {
  /** Did time run out? The next run goes on. */
  readonly cut: boolean;
}

/** No merge is begun after so long: the last one must fit into the function’s 15 minutes. */
const beginningMs = 8 * 60_000;
/**
 * One run over the lake: what an earlier run merged is counted and its inputs deleted, days that are no longer kept go, and small files of a day become few, in the same folder.
 * Whatever fails, twice at once or half-way, leaves rows twice at worst, which questions count once: inputs go only in a later run, an hour after what was made of them came,
 * and only where each of their rows was counted. What cannot be merged stays as it is and is an error in the log.
 */
export const compact = async (parts: CompactionParts): Promise<Compacted> => {
  const { objects, scratch, log, clock, keptDays } = parts;
  const until = clock() + beginningMs;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(join(scratch, 'temp'), { recursive: true });
  // The bucket’s own clock: a function’s may be wrong by an hour.
  await objects.say(`${prefixes.compaction}run`, '');
  const [files, notes] = await Promise.all([objects.list(prefixes.raw), objects.list(prefixes.compaction)]);
  const now = notes.find(({ key }) => key === `${prefixes.compaction}run`)?.at;
  if (now === undefined) throw new Error('the bucket does not show what was just written to it');
  const [stored, noted] = [byDay(files, prefixes.raw), byDay(notes, prefixes.compaction)];

  const done: RunTally = {
    days: 0,
    joined: 0,
    written: 0,
    removed: 0,
    expired: 0,
    rows: 0,
    repeats: 0,
    troubles: 0,
  };
  const trouble: Trouble = (what, fields) => {
    done.troubles += 1;
    log.error(what, fields);
  };
  const past = keptDays === undefined ? [] : daysPast([...stored.keys()], now, keptDays);
  for (const dt of past) {
    const keys = (stored.get(dt) ?? []).map(({ key }) => key);
    await objects.remove(keys);
    done.expired += keys.length;
    stored.delete(dt);
  }

  const merging = await parts.merging(join(scratch, 'temp'));
  let cut = false;
  try {
    // The newest first: they are asked about most.
    for (const dt of [...new Set([...stored.keys(), ...noted.keys()])].toSorted().toReversed()) {
      if (clock() >= until) cut = true;
      if (cut) break;
      try {
        const day = {
          dt,
          files: filesIn(stored.get(dt) ?? [], dt),
          merges: await mergesOf(dt, noted.get(dt) ?? [], objects),
        };
        cut = await compactDay({ objects, merging, scratch, clock, trouble, done, until }, day, now);
        done.days += 1;
      } catch (thrown) {
        trouble('a day could not be compacted; its files stay', { dt, error: String(thrown) });
      }
    }
  } finally {
    merging.close();
    await rm(scratch, { recursive: true, force: true });
  }
  const result = { ...done, cut };
  log[cut ? 'warn' : 'info']('compacted', result);
  return result;
};

const filesIn = (objects: readonly LakeObject[], dt: string): readonly DayFile[] => {
  const folder = folderOf(prefixes.raw, dt);
  return objects.map(({ key, bytes, at }) => ({ name: key.slice(folder.length), bytes, at }));
};

/** What is written down of a day’s merges; one that cannot be read counts for nothing, and its files are files like any other. */
const mergesOf = async (
  dt: string,
  notes: readonly LakeObject[],
  objects: Objects,
): Promise<Day['merges']> => {
  const folder = folderOf(prefixes.compaction, dt);
  const merges: Day['merges'][number][] = [];
  for (const { key, at } of notes) {
    const text = await objects.text(key);
    if (text === undefined) continue;
    merges.push({ name: key.slice(folder.length), at, merge: readMerge(text) });
  }
  return merges;
};

/** Objects by the day in their key; others are none of ours. */
const byDay = (objects: readonly LakeObject[], prefix: string): Map<string, readonly LakeObject[]> => {
  const days = new Map<string, LakeObject[]>();
  for (const object of objects) {
    const [, dt] = /^dt=(\d{4}-\d\d-\d\d)\/[^/]+$/.exec(object.key.slice(prefix.length)) ?? [];
    if (dt === undefined) continue;
    const there = days.get(dt);
    if (there === undefined) days.set(dt, [object]);
    else there.push(object);
  }
  return days;
};
