import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countryTable } from '../events/country.ts';
import { countryFiles } from '../events/country-files.ts';
import type { Log, World } from '../ports.ts';

/**
 * The world’s table of countries, read at the first look-up (8 MB, some 15 ms): doors that take no events never pay
 * for it. The operator’s own file if it lies in this folder, else the two that come with the product. Without a
 * file that can be read every country is unknown, which is logged once: events matter more than where they came from.
 */
export const openCloudCountries = (folder: string, log: Log): World['country'] => {
  let table: World['country'] | undefined;
  const open = (): World['country'] => {
    try {
      const own = join(folder, countryFiles.own);
      if (existsSync(own)) return countryTable(readFileSync(own));
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
