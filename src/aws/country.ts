import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countryTable } from '../events/country.ts';
import type { Log, World } from '../ports.ts';
import { countryFiles } from './settings.ts';

/**
 * The world’s table of countries, from the two files in this folder, read at the first look-up (8 MB, some 15 ms): doors that take no events never pay for it. Without the
 * files every country is unknown, which is logged once: events matter more than where they came from.
 */
export const openCountries = (folder: string, log: Log): World['country'] => {
  let table: World['country'] | undefined;
  const open = (): World['country'] => {
    try {
      const [four, six] = countryFiles.names.map((file) => readFileSync(join(folder, file)));
      return four === undefined ? () => null : countryTable(four, six);
    } catch (thrown) {
      log.error('the tables of countries cannot be read; every country is unknown', {
        error: String(thrown),
      });
      return () => null;
    }
  };
  return (ip) => {
    table ??= open();
    return table(ip);
  };
};
