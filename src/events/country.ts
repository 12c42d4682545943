import { type CountryResponse, Reader } from 'mmdb-lib';
import { address } from './address.ts';
import { countryCode } from './country-code.ts';
import { remember } from './remember.ts';
import { isSpecial } from './special-addresses.ts';

/**
 * The country of an address, from tables in MaxMind’s format: one for IPv4 and one for IPv6, or one that holds
 * both. Their records are `{country_code}`, `{country}`, or GeoLite2’s and DB-IP’s `{country: {iso_code}}`. Two
 * upper-case letters; null where unknown, no address, or of a block that nobody can come from. Throws an Error
 * where the bytes are no such table.
 */
export const countryTable = (v4: Uint8Array, v6?: Uint8Array): ((ip: string) => string | null) => {
  const four = tableOf(v4);
  const six = v6 !== undefined ? tableOf(v6) : four.metadata.ipVersion === 6 ? four : null;
  return remember(
    (ip) => {
      const asked = address(ip);
      if (asked === null || isSpecial(asked)) return null;
      return country((asked.includes(':') ? six : four)?.get(asked));
    },
    { entries: 20_000, longest: 45 },
  );
};

const tableOf = (bytes: Uint8Array): Reader<CountryResponse> =>
  new Reader<CountryResponse>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

const country = (found: unknown): string | null => {
  for (const name of ['country_code', 'country', 'registered_country']) {
    const told = field(found, name);
    const code = typeof told === 'string' ? told : field(told, 'iso_code');
    const known = typeof code === 'string' ? countryCode(code) : null;
    if (known !== null) return known;
  }
  return null;
};

const field = (record: unknown, name: string): unknown =>
  typeof record === 'object' && record !== null && name in record ? Reflect.get(record, name) : null;
