import { createSecretKey, type KeyObject } from 'node:crypto';
import type { World } from '../ports.ts';
import { itemsOf } from './items.ts';

const dayMs = 86_400_000;
const group = 'SALT';
/** A salt is good on its day and kept for two more. */
const keptDays = 2;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * The salt of the UTC day of an instant (ms since 1970): 32 random bytes that all instances share through the ledger and that are erased once more than two days old,
 * after which no hash made with it can be recomputed.
 */
export const dailySalts = (
  world: Pick<World, 'ledger' | 'random' | 'log'>,
): ((atMs: number) => Promise<KeyObject>) => {
  const known = new Map<string, Promise<KeyObject>>();
  return (atMs) => {
    const today = day(atMs);
    const have = known.get(today);
    if (have !== undefined) return have;
    const found = saltOf(world, atMs);
    known.set(today, found);
    for (const other of known.keys()) if (known.size > 2) known.delete(other);
    // A failure is not remembered: the next request asks the ledger again.
    found.catch(() => known.get(today) === found && known.delete(today));
    return found;
  };
};

const saltOf = async (world: Pick<World, 'ledger' | 'random' | 'log'>, atMs: number): Promise<KeyObject> => {
  const today = day(atMs);
  const id = `${group}#${today}`;
  const stored = (await world.ledger.read(id))?.data.salt;
  if (typeof stored === 'string') return key(stored);
  const made = Buffer.from(world.random(32)).toString('base64');
  if (
    await world.ledger.write(
      { id, group, at: today, data: { salt: made } },
      0,
      Date.parse(today) + (keptDays + 1) * dayMs,
    )
  ) {
    await forgetOldSalts(world, atMs).catch((cause: unknown) =>
      world.log.warn('old salts could not be erased; tomorrow they will be', { cause: String(cause) }),
    );
    return key(made);
  }
  // Another instance was first: its salt is everybody's.
  const theirs = (await world.ledger.read(id))?.data.salt;
  if (typeof theirs !== 'string') throw new Error(`the ledger holds no salt under ${id}`);
  return key(theirs);
};

/** Erases the salts that an instant (ms since 1970) finds more than two days old, for a twin that must not wait for the next event. */
export const forgetOldSalts = (world: Pick<World, 'ledger'>, atMs: number): Promise<void> =>
  forgetBefore(world, day(atMs - keptDays * dayMs));

const forgetBefore = async ({ ledger }: Pick<World, 'ledger'>, oldest: string): Promise<void> => {
  for await (const { id, at, version } of itemsOf(ledger, group))
    if (at !== undefined && at < oldest) await ledger.erase(id, version);
};

const key = (base64: string): KeyObject => createSecretKey(Buffer.from(base64, 'base64'));
