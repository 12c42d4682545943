import { expect, test } from 'vitest';
import { shop, shopWeek } from '../shop.ts';
import { anEvent } from '../worlds/event.ts';
import { story, worked } from '../worlds/worked.ts';
import { moved } from '../worlds/worlds.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('funnel');

const { clean, raw } = askers();
const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };

test.each(worked)('$does: $text', async ({ text, steps, more, reaches }) => {
  const project = `worked-${text}-${steps}-${JSON.stringify(more)}`;
  await clean().keep([moved(story(text, { project_id: 'p' }), project)]);
  const args = { ...shopWeek, steps: [...steps], window: '1h', ...more };
  const { rows } = await clean().ask('funnel', args, { projects: [project], env: 'live' }, asking);
  expect(rows.map(({ people }) => people)).toEqual(reaches);
});

const lakes = [
  ['each event is stored once', clean],
  ['repeats are stored', raw],
] as const;
const words = [
  ['a server said, the first by its own time', 'sk', [1, 1], [1, 0]],
  ['a browser said, the first that arrived', 'pk', [1, 0], [1, 1]],
] as const;
test.each(lakes.flatMap(([where, asker]) => words.map((word) => [...word, where, asker] as const)))(
  'of two identifications that %s counts (%s; %j, %j), where %s',
  async (_, key_kind, early, late, _where, asker) => {
    const at = (day: number) => `2026-03-0${day}T09:00:00Z`;
    const is = (user_id: string, day: number, arrived: number) => ({
      event_name: '$identify',
      key_kind,
      user_id,
      at: at(day),
      received_at: Date.parse(at(arrived)),
    });
    const device = { anonymous_id: 'other' };
    const said = [
      { event_name: 'A', at: at(2) },
      is('late', 5, 5),
      is('early', 3, 6),
      { event_name: 'B', at: at(7), user_id: 'early', ...device },
      { event_name: 'C', at: at(7), user_id: 'late', ...device },
    ];
    await asker().keep([said.map((one, seq) => anEvent({ project_id: `twice-${key_kind}`, seq, ...one }))]);
    const people = async (steps: readonly string[]) => {
      const { rows } = await asker().ask(
        'funnel',
        { ...shopWeek, steps },
        { projects: [`twice-${key_kind}`], env: 'live' },
        asking,
      );
      return rows.map((row) => row.people);
    };
    expect(await people(['A', 'B'])).toEqual(early);
    expect(await people(['A', 'C'])).toEqual(late);
  },
);

test.each(lakes)(
  'visitors who share a placeholder for a user, or were identified as one, stay different people, where %s',
  async (_, asker) => {
    const visitors = ['a1', 'a2', 'a3'].flatMap((anonymous_id, place) => [
      anEvent({ anonymous_id, at: '2026-03-02T09:00:00Z', event_name: 'A' }),
      anEvent({
        anonymous_id,
        at: '2026-03-02T09:01:00Z',
        event_name: '$identify',
        user_id: ['undefined', 'NULL', '[object Object]'][place] ?? null,
      }),
      anEvent({ anonymous_id, at: '2026-03-02T09:02:00Z', event_name: 'B', user_id: 'undefined' }),
      // No visitor’s id either: it joins nobody with this user.
      anEvent({ anonymous_id: 'null', at: '2026-03-02T09:03:00Z', event_name: '$identify', user_id: 'u1' }),
      anEvent({ anonymous_id: 'null', at: '2026-03-02T09:04:00Z', event_name: 'C' }),
      anEvent({ anonymous_id: 'other', at: '2026-03-02T09:05:00Z', event_name: 'D', user_id: 'u1' }),
    ]);
    await asker().keep(
      visitors.map((event, place) => [{ ...event, project_id: 'nobody', request_id: `nobody-${place}` }]),
    );
    const people = async (steps: readonly string[]) =>
      (
        await asker().ask('funnel', { ...shopWeek, steps }, { projects: ['nobody'], env: 'live' }, asking)
      ).rows.map((row) => row.people);
    expect(await people(['A', 'B'])).toEqual([3, 3]);
    expect(await people(['C', 'D'])).toEqual([1, 0]);
  },
);

test('in the shop’s week four of five fill a cart and three buy, one of them on another device', async () => {
  await clean().keep(shop.map((event) => [event]));
  const args = { ...shopWeek, steps: ['$pageview', 'add_to_cart', 'purchase'] };
  const { rows } = await clean().ask('funnel', args, { projects: ['shop'], env: 'live' }, asking);
  expect(rows.map(({ people, median_seconds }) => [people, median_seconds])).toEqual([
    [5, null],
    [4, 1050],
    [3, 600],
  ]);
});

test('a step may be any of several events, or any but system ones', async () => {
  const project = 'any-step';
  await clean().keep([moved(story('A $scroll C X', { project_id: 'p' }), project)]);
  const reaches = async (...steps: readonly unknown[]) => {
    const args = { ...shopWeek, steps, order: 'loose' };
    const { rows } = await clean().ask('funnel', args, { projects: [project], env: 'live' }, asking);
    return rows.map(({ event, people }) => [event, people]);
  };
  expect(await reaches('A', { any_of: ['B', 'C'] })).toEqual([
    ['A', 1],
    ['B or C', 1],
  ]);
  expect(await reaches('$scroll', '*', '*', '*')).toEqual([
    ['$scroll', 1],
    ['*', 1],
    ['*', 1],
    ['*', 0],
  ]);
});

test.each([
  [{ steps: ['A', { any_of: ['B', 'C'], event: 'D' }] }, 'without event and where beside it'],
  [{ steps: ['A', 'B'], window: '15x' }, 'a window is a number and s, m, h, d or w'],
  [{ steps: ['A', 'B'], interval: 'hour', from: '2000-01-01' }, 'take a longer one or a shorter period'],
])('%j is refused', async (args, says) => {
  const context = { projects: ['any-step'], env: 'live' } as const;
  await expect(clean().ask('funnel', args, context, asking)).rejects.toThrow(says);
});

test('a funnel of one bucket is the funnel of that day', async () => {
  await clean().keep([moved(story('A@00:10 B@00:20 A@23:50', { project_id: 'p' }), 'one-bucket')]);
  const context = { projects: ['one-bucket'], env: 'live' } as const;
  const args = { from: '2026-03-02', to: '2026-03-02', steps: ['A', 'B'], window: '1h' };
  const { rows } = await clean().ask('funnel', { ...args, interval: 'day' }, context, asking);
  const alone = await clean().ask('funnel', args, context, asking);
  expect(rows.map(({ bucket: _, ...row }) => row)).toEqual(alone.rows);
});

test('where the largest source is internal, that is said', async () => {
  const events = story('A B', { project_id: 'p', source: 'internal' });
  await clean().keep([moved(events, 'internal-source')]);
  const context = { projects: ['internal-source'], env: 'live' } as const;
  const args = { ...shopWeek, steps: ['A', 'B'], group_by: 'source' };
  const { notes } = await clean().ask('funnel', args, context, asking);
  expect(notes.join(' ')).toContain('The largest source is internal');
});
