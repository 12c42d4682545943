import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { countryTable } from '../../src/events/country.ts';
import { countryCode } from '../../src/events/country-code.ts';
import { countryFiles } from '../../src/events/country-files.ts';
import { isSpecial } from '../../src/events/special-addresses.ts';
import { mmdbOf } from './mmdb.ts';

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

test.each(countryFiles.names)('%s is the file that was tested', (name) => {
  const path = createRequire(import.meta.url).resolve(`${countryFiles.package}/${name}`);
  expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(countryFiles.sha256[name]);
});

test('whose data it is stands in NOTICE, which goes with it', () => {
  expect(readFileSync(countryFiles.notice, 'utf8')).toMatch(
    /Number Resource Organization[\s\S]*nro\.net[\s\S]*CC BY 4\.0/,
  );
});

describe('nobody comes from a block of special purpose', () => {
  const everywhere = countryTable(mmdbOf({ country_code: 'DE' }));
  test.each(
    (
      '0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 169.254.1.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 ' +
      '192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 ::ffff:203.0.113.9 224.0.0.1 ' +
      '239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 64:ff9b::808:808 100::1 2001::1 2001:2::1 2001:db8::1 2002:808:808::1 ' +
      '3fff::1 3fff:fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1'
    ).split(' '),
  )('%s', (ip) => {
    expect(everywhere(ip)).toBeNull();
  });
  test.each(
    (
      '1.1.1.1 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 192.0.3.1 198.17.0.1 ' +
      '198.20.0.1 198.51.101.1 203.0.112.1 203.0.114.1 223.255.255.255 2001:200::1 2001:db7::1 2001:db9::1 2003::1 ' +
      '2400::1 3ffe::1 2a00:1450:4001::1'
    ).split(' '),
  )('%s is beside them', (ip) => {
    expect([isSpecial(ip), everywhere(ip)]).toEqual([false, 'DE']);
  });
});

describe('an operator’s own table', () => {
  test.each([
    ['GeoLite2’s and DB-IP’s', { country: { iso_code: 'FR' }, registered_country: { iso_code: 'US' } }, 'FR'],
    ['GeoLite2’s where only the holder is known', { registered_country: { iso_code: 'US' } }, 'US'],
    ['IPinfo’s', { country: 'FR' }, 'FR'],
    ['IPinfo’s smaller one', { country: 'France', country_code: 'FR' }, 'FR'],
    ['ours', { country_code: 'FR' }, 'FR'],
    ['one of something else', { city: 'Paris' }, null],
    ['one that says unknown', { country_code: 'ZZ' }, null],
  ])('%s holds both families', (_, record, wanted) => {
    const found = countryTable(mmdbOf(record));
    expect([found('8.8.8.8'), found('2a00:1450:4001::1')]).toEqual([wanted, wanted]);
  });

  test('bytes that are no table are refused', () => {
    expect(() => countryTable(Buffer.from('no table'))).toThrow();
  });
});
