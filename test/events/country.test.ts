import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { countryTable } from '../../src/events/country.ts';
import { countryCode } from '../../src/events/country-code.ts';

const bytes = (family: string) =>
  readFileSync(
    createRequire(import.meta.url).resolve(
      `@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-${family}.mmdb`,
    ),
  );
const country = countryTable(bytes('ipv4'), bytes('ipv6'));

test.each([
  ['8.8.8.8', 'US'],
  ['::ffff:8.8.8.8', 'US'],
  ['193.99.144.80', 'DE'],
  ['133.11.0.1', 'JP'],
  ['2001:4860:4860::8888', 'US'],
  ['2a00:1450:4001::1', 'IE'],
  ['127.0.0.1', null],
  ['10.0.0.1', null],
  ['::1', null],
  ['1.2.3', null],
  ['no address', null],
  ['', null],
])('%s is in %s', (ip, wanted) => {
  expect(country(ip)).toBe(wanted);
  expect(country(ip)).toBe(wanted);
});

test('without a table for IPv6 its addresses are unknown', () => {
  const four = countryTable(bytes('ipv4'));
  expect([four('8.8.8.8'), four('2001:4860:4860::8888')]).toEqual(['US', null]);
});

test('a country code is two upper-case letters that name one', () => {
  expect(['DE', 'de', 'DEU', 'ZZ', 'XX', ''].map(countryCode)).toEqual(['DE', null, null, null, null, null]);
});
