import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { readerOf } from '../../src/cli/formats/index.ts';
import { desk } from './desk.ts';

const log = 'data/access.log.gz';

// The figures were counted without this code, by awk and grep over the unpacked file: 10,000 lines; 1 without a closing quote; 220 with
// status 400 or above; of the rest 36 not GET, 45 answered 206, 163 answered 301; 2,684 whose last segment has no dot and 1,086 that end in a
// page’s extension; 72 in a download’s; 5,693 others. 4,046 of the 4,143 lines that become events are different from each other.
test('the sample log comes to exactly these events', async () => {
  const at = desk();
  expect(await at.type('import', log, '--dry-run', '--site', 'http://www.semicomplete.com')).toBe(0);
  expect(
    at.said.out,
  ).toBe(`10,000 lines read, 4,143 events would be imported; nothing was sent (0.0 s, 10,000,000 lines/s).

read as    combined                              10,000
kept       $pageview                              3,851
           request_failed                           220
           file_download                             72
skipped    asset                                  5,612
           redirect                                 163
           partial                                   45
           method                                    36
           unparseable                                1
repeats    equal lines, kept as separate events      16

What was skipped, one of each:
  asset .png  2,312  /presentations/logstash-monitorama-2013/images/kibana-search.png
  asset .css  1,458  /presentations/logstash-monitorama-2013/css/print/paper.css
  asset .ico    800  /favicon.ico
  asset .jpg    257  /presentations/logstash-monitorama-2013/images/simple-inputs-filters-outputs.jpg
  asset .js     250  /presentations/logstash-monitorama-2013/plugin/highlight/highlight.js
  asset .txt    190  /robots.txt
  asset .gif    149  /presentations/logstash-monitorama-2013/images/apache-icon.gif
  asset .ttf     86  /presentations/logstash-monitorama-2013/css/fonts/Roboto-Bold.ttf
  redirect      163  GET /projects/xdotool 301
  partial        45  GET /presentations/logstash-puppetconf-2012/images/apache-negative-duration.png 206
  method         36  HEAD /projects/xdotool/ 200

The first lines that could not be taken:
  data/access.log.gz, line 8899: not a whole line of the combined format
    46.118.127.106 - - [20/May/2015:12:05:17 +0000] "GET /scripts/grok-py-test/configlib.py HTTP/1.1" 200 235 "-" "Mozilla/5.0 (compatible; Googlebot/2.1; +http://…
`);
});

test('its events have 4,143 names and as many visitors as there are pairs of address and user agent', async () => {
  const read = readerOf('combined', {
    site: 'http://www.semicomplete.com',
    shiftMs: 0,
    visitorKey: Buffer.alloc(32, 7),
    visitor: 'address',
    fields: {},
  });
  const names = new Set<string>();
  const visitors = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(log).pipe(createGunzip()) })) {
    const reading = read(line);
    if ('skip' in reading) continue;
    const { event_id, anonymous_id } = JSON.parse(reading.json);
    names.add(event_id);
    visitors.add(anonymous_id);
  }
  expect(names.size).toBe(4143);
  expect(visitors.size).toBe(1336);
});
