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

test.each([
  ['each event is stored once', clean],
  ['repeats are stored', raw],
] as const)(
  'of two identifications the first by its own time counts, whichever arrived first, where %s',
  async (_, asker) => {
    const at = (day: number) => `2026-03-0${day}T09:00:00Z`;
    const is = (user_id: string, day: number, arrived: number) => ({
      event_name: '$identify',
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
    await asker().keep([said.map((one) => anEvent({ project_id: 'twice', ...one }))]);
    const people = async (steps: readonly string[]) => {
      const { rows } = await asker().ask(
        'funnel',
        { ...shopWeek, steps },
        { projects: ['twice'], env: 'live' },
        asking,
      );
      return rows.map((row) => row.people);
    };
    expect(await people(['A', 'B'])).toEqual([1, 1]);
    expect(await people(['A', 'C'])).toEqual([1, 0]);
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
