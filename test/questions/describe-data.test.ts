import { expect, test } from 'vitest';
import { shop, shopProject, shopWeek } from '../shop.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('describe_data');

const { clean } = askers();
const context = { projects: [shopProject], env: 'live' } as const;
const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };

test('it looks back 30 days unless told otherwise, and says what is not here', async () => {
  await clean().keep([shop]);
  const late = { ...asking, now: asking.now + 29 * 86_400_000 };
  const { rows, notes } = await clean().ask('describe_data', {}, context, late);
  expect(rows.map(({ event }) => event)).toEqual(['$pageview', 'add_to_cart', 'purchase']);
  expect(notes.join(' ')).toMatch(/Not here: session replay .* ad-spend .* revenue recognition/);
});

test.each([
  [{ search: 'a', event: 'purchase' }, /search: looks among event names and stands alone/],
  [{ field: 'a"b' }, /field: cannot read "a\\"b"; name a column \(event_name, .* or a property/],
])('%j is refused with what is allowed', async (args, says) => {
  await expect(clean().ask('describe_data', args, context, asking)).rejects.toThrow(says);
});
