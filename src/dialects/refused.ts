import * as z from 'zod/mini';
import type { Ledger, LedgerItem } from '../ports.ts';

const dayMs = 86_400_000;
/** So many days counts are kept. */
const keptDays = 35;
/** So many reasons have a count of their own; others share one. */
const mostReasons = 50;
/** Several functions may count at the same instant. */
const tries = 8;

const groupOf = (projectId: string): string => `REFUSED#${projectId}`;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const stored = z.object({ counts: z.record(z.string(), z.number()) });

/** How many events of other tools’ SDKs a project did not get on a UTC day (YYYY-MM-DD), by reason: `segment: timestamp`. */
export interface Refused {
  readonly day: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Adds to the day’s counts of a project. False where others kept getting in between, so that these are not counted. */
export const countRefused = async (
  ledger: Ledger,
  projectId: string,
  atMs: number,
  more: Readonly<Record<string, number>>,
): Promise<boolean> => {
  const day = dayOf(atMs);
  const id = `${groupOf(projectId)}#${day}`;
  for (let tried = 0; tried < tries; tried += 1) {
    const item = await ledger.read(id);
    const counts = added(item === undefined ? {} : stored.parse(item.data).counts, more);
    const written = await ledger.write(
      { id, group: groupOf(projectId), at: day, data: { counts } },
      item?.version ?? 0,
      Date.parse(day) + (keptDays + 1) * dayMs,
    );
    if (!written) continue;
    // Once a day: not every twin forgets by itself.
    if (item === undefined) await forget(ledger, projectId, atMs);
    return true;
  }
  return false;
};

/** A project’s counts, by day, oldest first; days without any are left out. */
export const refusedOf = async (
  ledger: Pick<Ledger, 'list'>,
  projectId: string,
): Promise<readonly Refused[]> =>
  (await ledger.list(groupOf(projectId))).items.map((item: LedgerItem) => ({
    day: item.at ?? '',
    counts: stored.parse(item.data).counts,
  }));

const added = (
  counts: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> => {
  const sums = new Map(Object.entries(counts));
  for (const [reason, count] of Object.entries(more)) {
    const name = sums.has(reason) || sums.size < mostReasons ? reason : 'other';
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sums);
};

const forget = async (ledger: Ledger, projectId: string, atMs: number): Promise<void> => {
  const before = dayOf(atMs - keptDays * dayMs);
  for (const { id, at = '', version } of (await ledger.list(groupOf(projectId))).items)
    if (at < before) await ledger.erase(id, version);
};
