import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { countryTable } from '../events/country.ts';
import type { World } from '../ports.ts';

const { resolve } = createRequire(import.meta.url);
const table = (version: 'ipv4' | 'ipv6') =>
  readFile(resolve(`@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-${version}.mmdb`));

/** The world’s table of countries, from the package’s files (8 MB, no network). */
export const openCountries = async (): Promise<World['country']> =>
  countryTable(await table('ipv4'), await table('ipv6'));
