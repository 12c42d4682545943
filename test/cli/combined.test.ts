import { describe, expect, test } from 'vitest';
import { parseCombined } from '../../src/cli/formats/combined.ts';

const line = ({
  time = '17/May/2015:10:05:03 +0000',
  request = 'GET / HTTP/1.1',
  numbers = '200 5',
  referrer = '-',
  agent = 'Firefox',
} = {}): string => `192.0.2.1 - - [${time}] "${request}" ${numbers} "${referrer}" "${agent}"`;

test('a line of the combined format is read field by field', () => {
  expect(
    parseCombined(
      '192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 2326 "http://example.com/start" "Mozilla/4.08 [en] (Win98)"',
    ),
  ).toEqual({
    address: '192.0.2.1',
    at: Date.UTC(2000, 9, 10, 20, 55, 36),
    method: 'GET',
    target: '/a.gif?x=1',
    status: 200,
    referrer: 'http://example.com/start',
    userAgent: 'Mozilla/4.08 [en] (Win98)',
    forwarded: [],
    host: undefined,
    scheme: undefined,
  });
});

describe('what a server escapes comes back as it was', () => {
  test.each([
    ['a quote in the user agent', { agent: String.raw`say \"hi\" now` }, { userAgent: 'say "hi" now' }],
    [
      'a backslash before the closing quote',
      { agent: String.raw`ends with \\` },
      { userAgent: 'ends with \\' },
    ],
    ['a quote in the request', { request: String.raw`GET /?q=\"a\" HTTP/1.1` }, { target: '/?q="a"' }],
    ['bytes that are UTF-8', { agent: String.raw`caf\xc3\xa9` }, { userAgent: 'café' }],
    [
      'bytes that are not: one character each',
      { referrer: String.raw`http://\xe4\xe5.example/` },
      { referrer: 'http://äå.example/' },
    ],
    ['nginx’s quote', { agent: String.raw`a\x22b` }, { userAgent: 'a"b' }],
    ['a tab', { agent: String.raw`a\tb` }, { userAgent: 'a\tb' }],
    ['nothing, where nothing was sent', { agent: '-', referrer: '-' }, { userAgent: '-', referrer: '-' }],
    ['nothing, where empty text was sent', { agent: '', referrer: '' }, { userAgent: '', referrer: '' }],
  ])('%s', (_, given, read) => {
    expect(parseCombined(line(given))).toMatchObject(read);
  });
});

describe('requests as they come', () => {
  test.each([
    ['a target with spaces', 'GET /a b HTTP/1.1', 'GET', '/a b'],
    ['HTTP/0.9, without a protocol', 'GET /a', 'GET', '/a'],
    ['HTTP/2', 'GET /a HTTP/2.0', 'GET', '/a'],
    ['no request at all', '-', '-', ''],
    ['a TLS handshake on a plain port', String.raw`\x16\x03\x01\x00`, '-', ''],
    ['a proxy’s', 'GET http://other.example/a HTTP/1.1', 'GET', 'http://other.example/a'],
    ['one to the server itself', 'OPTIONS * HTTP/1.1', 'OPTIONS', '*'],
  ])('%s', (_, request, method, target) => {
    expect(parseCombined(line({ request }))).toMatchObject({ method, target });
  });
});

describe('an instant keeps its zone', () => {
  test.each([
    ['17/May/2015:10:05:03 +0200', Date.UTC(2015, 4, 17, 8, 5, 3)],
    ['17/May/2015:10:05:03 -0330', Date.UTC(2015, 4, 17, 13, 35, 3)],
    ['29/Feb/2024:23:59:59 +0000', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['31/Dec/2016:23:59:60 +0000', Date.UTC(2017, 0, 1)],
  ])('%s', (time, at) => {
    expect(parseCombined(line({ time }))?.at).toBe(at);
  });
});

test('fields some servers add at the end are passed over', () => {
  expect(parseCombined(`${line()} "192.0.2.7" 0.004`)).toMatchObject({ userAgent: 'Firefox' });
});

describe('a line that is not whole is no line', () => {
  test.each([
    ['empty', ''],
    ['text', 'hello world'],
    ['cut inside the user agent', line().slice(0, -1)],
    ['cut so that its last quote is an escaped one', line({ agent: String.raw`a\"` }).slice(0, -1)],
    ['cut before the user agent', line().slice(0, -10)],
    [
      'without referrer and user agent (the common format)',
      '192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5',
    ],
    ['a day that never was', line({ time: '30/Feb/2015:10:05:03 +0000' })],
    ['a month that never was', line({ time: '17/Mai/2015:10:05:03 +0000' })],
    ['an hour that never was', line({ time: '17/May/2015:24:05:03 +0000' })],
    ['no zone', line({ time: '17/May/2015:10:05:03' })],
    ['no status', line({ numbers: '- 5' })],
    ['a word for the size', line({ numbers: '200 many' })],
    ['text glued to the last quote', `${line()}x`],
  ])('%s', (_, broken) => {
    expect(parseCombined(broken)).toBeUndefined();
  });
});
