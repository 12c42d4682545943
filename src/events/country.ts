import { type CountryResponse, Reader } from 'mmdb-lib';
import { address } from './address.ts';
import { countryCode } from './country-code.ts';
import { remember } from './remember.ts';

/** The country of an address, from tables in MaxMind’s format whose records are `{country_code}`: one for IPv4, one for IPv6. Two upper-case letters; null where unknown, private or no address. */
export const countryTable = (v4: Uint8Array, v6?: Uint8Array): ((ip: string) => string | null) => {
  const four = tableOf(v4);
  const six = v6 === undefined ? null : tableOf(v6);
  return remember(
    (ip) => {
      const asked = address(ip);
      return asked === null ? null : country((asked.includes(':') ? six : four)?.get(asked));
    },
    { entries: 20_000, longest: 45 },
  );
};

const tableOf = (bytes: Uint8Array): Reader<CountryResponse> =>
  new Reader<CountryResponse>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

const country = (found: unknown): string | null => {
  const code =
    typeof found === 'object' && found !== null && 'country_code' in found ? found.country_code : null;
  return typeof code === 'string' ? countryCode(code) : null;
};
