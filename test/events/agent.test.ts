import { expect, test } from 'vitest';
import { agentOf } from '../../src/events/agent.ts';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
test.each([
  ['Chrome on Windows', chrome, 'desktop', 'Chrome', 'Windows'],
  [
    'Firefox on Linux',
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
    'desktop',
    'Firefox',
    'Linux',
  ],
  [
    'Safari on an iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'mobile',
    'Mobile Safari',
    'iOS',
  ],
  [
    'an iPad',
    'Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
    'tablet',
    'Mobile Safari',
    'iOS',
  ],
  [
    'a television',
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36',
    'desktop',
    'Safari',
    'Tizen',
  ],
  [
    'Googlebot',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'bot',
    null,
    null,
  ],
  [
    'Googlebot as an iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 6_0 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A5376e Safari/8536.25 (compatible; Googlebot/2.1)',
    'bot',
    null,
    null,
  ],
  ['a feed reader', 'UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/', 'bot', null, null],
  ['curl', 'curl/8.5.0', 'bot', null, null],
  ['a headless browser', chrome.replace('Chrome/', 'HeadlessChrome/'), 'bot', null, null],
  ['a visitor that hides it', '', 'bot', null, null],
  ['a web log’s “none”', '-', 'bot', null, null],
  ['none known', null, 'desktop', null, null],
  ['words that no browser says', 'something new', 'bot', null, null],
  ['a very long one', `${chrome} ${'x'.repeat(50_000)}`, 'desktop', 'Chrome', 'Windows'],
])('%s', (_, userAgent, device_type, browser, os) => {
  expect(agentOf(userAgent)).toEqual({ device_type, browser, os });
});
