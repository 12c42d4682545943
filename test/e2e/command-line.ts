import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { At } from './place.ts';
import { ask, askUntil } from './run.ts';

/** The command line against the place: a real web server’s log goes in, and the numbers are those of the README. */
export const commandLine = (at: At): void => {
  describe('the command line', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'millimetric-e2e-'));
      await writeFile(join(folder, 'keys.json'), JSON.stringify(at().saved), { mode: 0o600 });
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const type = async (...words: string[]) => {
      const env = { ...process.env, MILLIMETRIC_DATA: folder };
      const child = spawn(process.execPath, ['bin/millimetric.ts', ...words, '--url', at().url], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { out: '', err: '' };
      child.stdout.on('data', (text) => (said.out += text));
      child.stderr.on('data', (text) => (said.err += text));
      const [exit] = await once(child, 'close');
      return { exit, ...said };
    };
    const days = { from: '2015-05-17', to: '2015-05-21' };
    const flags = ['--from', days.from, '--to', days.to];

    const names = [
      { event_name: '$pageview', value: 3851 },
      { event_name: 'request_failed', value: 220 },
      { event_name: 'file_download', value: 72 },
    ];
    const site = ['--site', 'http://www.semicomplete.com'];

    test('brings the real log in, and a part of it that comes again adds nothing', {
      timeout: 240_000,
    }, async () => {
      const brought = await type('import', 'data/access.log.gz', ...site);
      expect(brought).toMatchObject({ exit: 0 });
      expect(brought.out).toContain(
        `10,000 lines read, 4,143 events delivered to ${at().saved.project_slug} at ${at().url}`,
      );
      // An emulator of Firehose takes its time with thousands.
      await askUntil(at(), 'stats', { group_by: 'event_name', include_bots: true, ...days }, names, 180_000);
      const lines = gunzipSync(await readFile('data/access.log.gz'))
        .toString()
        .split('\n');
      await writeFile(join(folder, 'part.log'), `${lines.slice(0, 300).join('\n')}\n`);
      const again = await type('import', join(folder, 'part.log'), ...site);
      expect(again.out).toContain('300 lines read');
    });

    test('its sources, its busiest hours and its second pages are those of the README', async () => {
      const { out: sources } = await type('ask', 'top_sources', ...flags, '--limit', '6', '--csv');
      expect(sources).toBe(
        [
          'source,medium,events,uniques,paid_share',
          'internal,direct,543,274,0',
          'google,organic,454,402,0',
          'direct,direct,345,223,0',
          'feedburner,feed,65,1,0',
          'stackoverflow,social,34,33,0',
          'logstash-net,referral,31,30,0\n',
        ].join('\n'),
      );
      expect(
        (await ask(at(), 'stats', { group_by: 'event_name', include_bots: true, ...days })).rows,
      ).toEqual(names);
      expect((await ask(at(), 'stats', { metric: 'uniques', include_bots: true, ...days })).rows).toEqual([
        { value: 1336 },
      ]);
      const { out: hours } = await type(
        'ask',
        'get_stats',
        '--event',
        '$pageview',
        '--metric',
        'uniques',
        '--interval',
        'hour',
        '--csv',
        ...flags,
      );
      const busiest = hours
        .trim()
        .split('\n')
        .slice(1)
        .toSorted((a, b) => Number(b.split(',')[1]) - Number(a.split(',')[1]))
        .slice(0, 2);
      expect(busiest).toEqual(['2015-05-19T04:00:00.000Z,23', '2015-05-19T11:00:00.000Z,22']);
      const { out: funnel } = await type(
        'ask',
        'funnel',
        '--steps',
        '$pageview,$pageview',
        '--window',
        '1d',
        '--from',
        '2015-05-17',
        '--to',
        '2015-05-20',
        '--csv',
      );
      expect(funnel).toBe(
        [
          'step,event,people,conversion,step_conversion,median_seconds',
          '1,$pageview,915,1,1,',
          `2,$pageview,264,${264 / 915},${264 / 915},24\n`,
        ].join('\n'),
      );
    });

    test('tools lists what the reading key may call, and a mistyped argument is mended by what the answer says', async () => {
      const { out } = await type('tools');
      for (const name of ['query_events', 'get_stats', 'top_sources', 'funnel'])
        expect(out).toMatch(new RegExp(`^${name} `, 'm'));
      expect(out).not.toContain('track_event');
      expect((await type('ask', 'get_stats', '--metrik', 'count')).err).toContain('did you mean metric?');
    });
  });
};
