import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { countryTable } from '../events/country.ts';
import { countryFiles } from '../events/country-files.ts';
import type { World } from '../ports.ts';

const { resolve } = createRequire(import.meta.url);
const [four, six] = countryFiles.names;
const table = (name: string) => readFile(resolve(`${countryFiles.package}/${name}`));

/**
 * The world’s table of countries: the operator’s own file where they name one, else the package’s (8 MB, no
 * network). Throws an Error with one sentence where their file cannot be read as a table.
 */
export const openLocalCountries = async (own?: string): Promise<World['country']> => {
  if (own === undefined) return countryTable(await table(four), await table(six));
  try {
    return countryTable(await readFile(own));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(
      `MILLIMETRIC_COUNTRY_TABLE must be a table of countries in MaxMind’s format (.mmdb), and ${own} cannot be ` +
        `read as one: ${why}. Leave it out for the table that comes with the product.`,
    );
  }
};
