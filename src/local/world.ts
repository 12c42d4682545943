import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { forgetOldSalts } from '../access/salt.ts';
import type { Ledger, Log, World } from '../ports.ts';
import { questionTime } from '../serve/time-left.ts';
import { openLocalCounters } from './counters.ts';
import { openLocalCountries } from './country.ts';
import { claimDataFolder, inFolder, pepperIn } from './disk/data-folder.ts';
import { isKept } from './disk/kept-twice.ts';
import { openLake } from './lake.ts';
import { openLocalLedger } from './ledger.ts';

/** So often old salts are looked for, where no event comes that would. */
const forgetEveryMs = 3_600_000;

/** What a world in a folder is made with. */
export interface Surroundings {
  /** The data folder. */
  readonly dir: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly countryHeader?: string;
  /** A table of countries of the operator’s own, its path. */
  readonly countryTable?: string | undefined;
}

/** A world whose every port lives in one folder. Throws an Error with one clear sentence when the folder cannot be ours; `close` finishes what was accepted. */
export const openWorld = async ({
  dir,
  log,
  clock,
  countryHeader,
  countryTable,
}: Surroundings): Promise<{ readonly world: World; readonly close: () => Promise<void> }> => {
  await claimDataFolder(dir);
  // The lake's lock comes first: what follows must not happen in two processes at once.
  const lake = await openLake({ dir: join(dir, inFolder.events), knownAs: dir, log, clock });
  const opened: (() => void)[] = [];
  try {
    const file = join(dir, inFolder.ledger);
    const pepper = await pepperIn(dir, isKept(file));
    const country = await openLocalCountries(countryTable);
    const { ledger, close } = openLocalLedger(file, log);
    opened.push(close);
    const counted = openLocalCounters(join(dir, inFolder.counters), clock, log);
    opened.push(counted.close);
    const forget = () =>
      forgetOldSalts({ ledger }, clock()).catch((cause: unknown) =>
        log.warn('old salts could not be erased; in an hour it will be tried again', {
          cause: String(cause),
        }),
      );
    await samePepper(ledger, pepper, join(dir, inFolder.pepper));
    await forget();
    const hourly = setInterval(forget, forgetEveryMs).unref();
    return {
      world: {
        sink: lake.sink,
        engine: lake.engine,
        eraser: lake.eraser,
        ledger,
        counters: counted.counters,
        clock,
        breathe: () => setImmediate(),
        random: (n) => randomBytes(n),
        pepper: async () => pepper,
        country,
        ...(countryHeader !== undefined && { countryHeader }),
        log,
        questionTimeMs: questionTime,
        lake: 'clean',
      },
      close: async () => {
        clearInterval(hourly);
        await lake.close();
        counted.close();
        close();
      },
    };
  } catch (thrown) {
    for (const close of opened) close();
    await lake.close();
    throw thrown;
  }
};

/** Throws where keys were made under another pepper: each of them would be refused as unknown. */
const samePepper = async (ledger: Ledger, pepper: Uint8Array, path: string): Promise<void> => {
  const id = 'PEPPER#check';
  const mac = createHmac('sha256', pepper).update(id).digest('hex');
  const stored = (await ledger.read(id))?.data.mac;
  if (stored === undefined) await ledger.write({ id, data: { mac } }, 0);
  else if (stored !== mac)
    throw new Error(
      `${path} is not the one that the keys in this folder were made with, so none of them could be checked; put it back from a backup, or start with a new folder.`,
    );
};
