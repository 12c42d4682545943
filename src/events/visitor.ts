import { createHmac, type KeyObject } from 'node:crypto';

/** 32 hex digits that only who has the day’s salt can compute. */
const keyed = (salt: KeyObject, text: string): string => createHmac('sha256', salt).update(text).digest('hex').slice(0, 32);

/** What an address is kept as: another tomorrow, and nothing leads back once the salt is gone. */
export const ipHash = (salt: KeyObject, ip: string): string => keyed(salt, ip);

/** The id of a visitor who sent none: the same person on the same day, in one project; no cookie needed (contract §3). */
export const cookielessId = (salt: KeyObject, project: string, ip: string | null, userAgent: string | null): string =>
  `anon_${keyed(salt, JSON.stringify([project, ip, userAgent]))}`;

/** The session of an event whose sender named none: its half hour of the clock (contract §3). */
export const sessionOf = (anonymousId: string, tsMs: number): string => `${anonymousId}-${Math.floor(tsMs / 1_800_000)}`;
