import { createHmac, type KeyObject } from 'node:crypto';
import { remember } from './remember.ts';

/** 32 hex digits that only who has the day’s salt can compute. */
const keyed = (salt: KeyObject, text: string): string => {
  const known =
    ofSalt.get(salt) ??
    remember((said) => createHmac('sha256', salt).update(said).digest('hex').slice(0, 32), { entries: 5000 });
  ofSalt.set(salt, known);
  return known(text);
};

/** The last answers of each salt: an event of a visitor just seen costs no hash. They go with their salt, so that no address outlives what could be found of it anyway. */
const ofSalt = new WeakMap<KeyObject, (text: string) => string>();

/** What an address is kept as: another tomorrow, and nothing leads back once the salt is gone. */
export const ipHash = (salt: KeyObject, ip: string): string => keyed(salt, ip);

/** The id of a visitor who sent none: the same person on the same day, in one project; no cookie needed (contract §3). */
export const cookielessId = (
  salt: KeyObject,
  project: string,
  ip: string | null,
  userAgent: string | null,
): string => `anon_${keyed(salt, JSON.stringify([project, ip, userAgent]))}`;

/** The session of an event whose sender named none: its half hour of the clock (contract §3). */
export const sessionOf = (anonymousId: string, tsMs: number): string =>
  `${anonymousId}-${Math.floor(tsMs / 1_800_000)}`;
