import { expect, test } from 'vitest';
import * as z from 'zod';
import { wide as wheres } from '../oracle/oracle.ts';
import { sessionsIn } from '../oracle/sessions.ts';
import { eventsFor } from '../oracle/stored.ts';
import { judgedBy, oracles } from '../oracle/truth.ts';
import { present } from '../worlds/arguments.ts';
import { anEvent, type Said } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('pages');

const { clean, raw } = askers();
const day = { from: '2026-03-02', to: '2026-03-02' };
const asking = { now: Date.parse('2026-03-09T00:00:00Z'), timezone: 'UTC' };
const view = (anonymous_id: string, path: string, at: string): Said => ({
  anonymous_id,
  event_name: '$pageview',
  path,
  url: `https://shop.example${path}`,
  at: `2026-03-${at}:00Z`,
});

test('the pages of a day, with a visit over midnight (questions.md, 8)', async () => {
  const project_id = 'worked-pages';
  const said: readonly Said[] = [
    view('v1', '/a', '02T10:00'),
    view('v1', '/b', '02T10:05'),
    view('v2', '/a', '02T23:58'),
    view('v2', '/a/', '03T00:03'),
    view('v3', '/a', '02T12:00'),
    { anonymous_id: 'v4', event_name: 'sign_up', at: '2026-03-02T13:00:00Z' },
  ];
  await clean().keep([said.map((one) => anEvent({ ...one, project_id }))]);
  const context = { projects: [project_id], env: 'live' } as const;
  const { rows } = await clean().ask('pages', day, context, asking);
  expect(rows[0]).toEqual({
    path: '/a',
    pageviews: 4,
    visitors: 3,
    sessions: 3,
    entries: 3,
    exits: 2,
    bounce_rate: 1 / 3,
    exit_rate: 2 / 3,
    median_seconds: 300,
  });
  expect(rows[1]).toMatchObject({
    path: '/b',
    entries: 0,
    exits: 1,
    bounce_rate: null,
    median_seconds: null,
  });
});

test('entries and exits of all pages are the sessions with a view, in every world', {
  timeout: patience,
}, async () => {
  await inWorlds(cases('pages'), Math.ceil(worlds / 4), raw(), async (world) => {
    const { requests, events, args, context, asking: at } = world;
    await raw().keep(requests);
    const { where = [], include_bots = false } = z
      .object({ where: wheres.optional(), include_bots: z.boolean().optional() })
      .parse(args);
    const period = oracles.pages.period(args, at);
    const { from, to, tz } = args;
    const whole = present({ from, to, tz, where, include_bots, limit: 1000 });
    const judged = judgedBy('pages', whole, at);
    const only = { ...period, where, include_bots, ...(judged === undefined ? {} : { judged }) };
    const sessions = sessionsIn(eventsFor(events, context), only);
    const { rows } = await raw().ask('pages', whole, context, at);
    const sum = (of: string) => rows.reduce((total, row) => total + Number(row[of]), 0);
    const withView = sessions.filter(({ views }) => views.length > 0).length;
    expect([sum('entries'), sum('exits')]).toEqual([withView, withView]);
  });
});

test('a rate of conversion needs a conversion', async () => {
  const context = { projects: ['worked-pages'], env: 'live' } as const;
  await expect(clean().ask('pages', { sort: 'converters' }, context, asking)).rejects.toThrow(
    'sort: converters needs conversion',
  );
});
