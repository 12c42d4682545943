import { expect, test } from 'vitest';
import { anEvent, type Said } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';

const { clean, raw } = askers();
const asking = { now: Date.parse('2026-03-09T00:00:00Z'), timezone: 'UTC' };
const context = { projects: ['where'], env: 'live' } as const;

const did = (anonymous_id: string, event_name: string, at: string, more: Said = {}) =>
  anEvent({
    ...{ project_id: 'where', anonymous_id, event_name, at: `2026-03-${at}:00Z`, browser: 'Firefox' },
    request_id: `${anonymous_id}-${at}`,
    ...more,
  });
const views = (anonymous_id: string, at: string, path: string, more: Said = {}) =>
  did(anonymous_id, '$pageview', at, { path, ...more });
/** Ann (a1, a2) is pro and bought twice, early in the week; Bob is free and bounced from /pricing; Cid read two pages and bought on Sunday. */
const week = [
  views('a1', '02T09:00', '/', { source: 'google' }),
  views('a1', '02T09:10', '/pricing'),
  did('a1', 'buy', '02T09:20', { properties: '{"price":30}' }),
  did('a1', '$identify', '02T09:21', { user_id: 'ann', properties: '{"plan":"free"}' }),
  did('a2', '$identify', '03T09:00', { user_id: 'ann', properties: '{"plan":"pro","team":{"size":5}}' }),
  did('a2', 'buy', '03T10:00', { properties: '{"price":10}' }),
  did('b', '$identify', '04T09:00', { user_id: 'bob', properties: '{"plan":"free"}' }),
  views('b', '04T10:00', '/pricing/', { source: 'newsletter', medium: 'email' }),
  views('c', '08T10:00', '/', { source: 'internal' }),
  views('c', '08T10:05', '/about'),
  did('c', 'buy', '08T10:06', { properties: '{"price":50}' }),
];
const once: { kept?: Promise<void> } = {};
const kept = () => {
  once.kept ??= clean().keep([week]);
  return once.kept;
};

/** Where a condition is asked of page views and purchases: who is left, by visitor. */
const left = async (...where: readonly unknown[]) => {
  await kept();
  const { rows } = await clean().ask(
    'query_events',
    { where: [{ field: 'event_name', op: 'neq', value: '$identify' }, ...where], from: '2026-03-02' },
    context,
    asking,
  );
  return [...new Set(rows.map((row) => String(row.anonymous_id)))].toSorted().join(' ');
};

test.each([
  ['a trait of the person, on every device', { field: 'person.plan', op: 'eq', value: 'pro' }, 'a1 a2'],
  ['the latest of it', { field: 'person.plan', op: 'eq', value: 'free' }, 'b'],
  ['a place inside a trait', { field: 'person.team.size', op: 'gte', value: 5 }, 'a1 a2'],
  ['who never said it has it not', { field: 'person.plan', op: 'neq', value: 'pro' }, 'b c'],
  ['nor is it there', { field: 'person.plan', op: 'not_exists' }, 'c'],
  [
    'the page a visit began on, a slash or not',
    { field: 'session.entry_path', op: 'eq', value: '/pricing' },
    'b',
  ],
  ['the page it ended on', { field: 'session.exit_path', op: 'eq', value: '/pricing' }, 'a1 b'],
  [
    'where it came from; within the site is direct',
    { field: 'session.source', op: 'eq', value: 'direct' },
    'a2 c',
  ],
  ['bounces', { field: 'session.bounce', op: 'eq', value: true }, 'b'],
  ['visits of some length', { field: 'session.duration_seconds', op: 'gt', value: 600 }, 'a1'],
  ['who did it', { did: 'buy' }, 'a1 a2 c'],
  ['who did it twice, over devices', { did: { event: 'buy', at_least: 2 } }, 'a1 a2'],
  [
    'who did it for so much',
    { did: { event: 'buy', where: [{ field: 'properties.price', op: 'gte', value: 50 }] } },
    'c',
  ],
  ['who did it lately', { did: { event: 'buy', within: '2d' } }, 'c'],
  ['who did not', { did_not: 'buy' }, 'b'],
  ['who did not lately', { did_not: { event: 'buy', within: '2d' } }, 'a1 a2 b'],
  [
    'one of several',
    { any: [{ did_not: 'buy' }, { field: 'person.plan', op: 'eq', value: 'pro' }] },
    'a1 a2 b',
  ],
] as const)('where keeps %s', async (_, condition, visitors) => {
  expect(await left(condition)).toBe(visitors);
});

test('all of them at once', async () => {
  expect(
    await left(
      { did: 'buy' },
      { field: 'person.plan', op: 'eq', value: 'pro' },
      { field: 'session.entry_path', op: 'eq', value: '/' },
    ),
  ).toBe('a1');
});

test('who did and who did not are everybody, in every world', { timeout: patience }, async () => {
  await inWorlds(cases('get_stats'), Math.ceil(worlds / 4), raw(), async (world) => {
    await raw().keep(world.requests);
    const count = async (...where: readonly object[]) => {
      const args = { from: '1900-01-01', to: '2100-01-01', where };
      const { rows } = await raw().ask('get_stats', args, world.context, world.asking);
      return Number(rows[0]?.value ?? 0);
    };
    const event = { event: 'A', at_least: 2 };
    const fits = { field: 'session.bounce', op: 'eq', value: true };
    expect((await count({ did: event })) + (await count({ did_not: event }))).toBe(await count());
    expect((await count(fits)) + (await count({ ...fits, op: 'neq' }))).toBe(await count());
  });
});

test('a name in did that nobody sends is pointed out', async () => {
  await kept();
  const { notes } = await clean().ask('get_stats', { where: [{ did: 'buyy' }] }, context, asking);
  expect(notes.join(' ')).toContain('no event "buyy" in this project; nearest: "buy"');
});
