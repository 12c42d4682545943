import { expect, test } from 'vitest';
import { shop, shopWeek } from '../shop.ts';
import { story, worked } from '../worlds/worked.ts';
import { moved } from '../worlds/worlds.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('funnel');

const { clean } = askers();
const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };

test.each(worked)('$does: $text', async ({ text, steps, more, reaches }) => {
  const project = `worked-${text}-${steps}-${JSON.stringify(more)}`;
  await clean().keep([moved(story(text, { project_id: 'p' }), project)]);
  const args = { ...shopWeek, steps: [...steps], window: '1h', ...more };
  const { rows } = await clean().ask('funnel', args, { projects: [project], env: 'live' }, asking);
  expect(rows.map(({ people }) => people)).toEqual(reaches);
});

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
