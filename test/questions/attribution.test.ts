import { describe, expect, test } from 'vitest';
import { anEvent, type Said } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('attribution');

const { clean, raw } = askers();
const march = { from: '2026-03-01', to: '2026-03-31' };
const asking = { now: Date.parse('2026-04-01T00:00:00Z'), timezone: 'UTC' };
const context = { projects: ['worked-credit'], env: 'live' } as const;

/** A day’s visit at noon. */
const visit = (day: number, source: string, medium: string, more: Said = {}): Said => ({
  at: `2026-03-0${day}T12:00:00Z`,
  path: '/',
  source,
  medium,
  ...more,
});
const buyer = { anonymous_id: 'b1' };
const said: readonly Said[] = [
  visit(1, 'google', 'paid', buyer),
  visit(3, 'newsletter', 'email', buyer),
  visit(5, 'direct', 'direct', buyer),
  { ...visit(5, 'direct', 'direct', buyer), path: null, event_name: 'buy' },
];

describe('google on day 1, the newsletter on day 3, a direct visit on day 5 that buys (questions.md, 8)', () => {
  test.each([
    ['last', [['newsletter', 1]]],
    ['first', [['google', 1]]],
    [
      'linear',
      [
        ['google', 0.5],
        ['newsletter', 0.5],
      ],
    ],
    [
      'position',
      [
        ['google', 0.5],
        ['newsletter', 0.5],
      ],
    ],
    [
      'time_decay',
      [
        ['newsletter', 0.5493],
        ['google', 0.4507],
      ],
    ],
    [
      'participation',
      [
        ['google', 1],
        ['newsletter', 1],
      ],
    ],
  ] as const)('%s', async (model, wanted) => {
    const project_id = `worked-credit-${model}`;
    await clean().keep([said.map((one, seq) => anEvent({ ...one, project_id, seq, request_id: 'r' }))]);
    const { rows, notes } = await clean().ask(
      'attribution',
      { ...march, event: 'buy', model },
      { ...context, projects: [project_id] },
      asking,
    );
    expect(
      rows.map(({ source, conversions }) => [source, Math.round(Number(conversions) * 1e4) / 1e4]),
    ).toEqual(wanted);
    expect(notes.join(' ')).toContain(`model ${model}`);
  });
});

test('a buyer without visits is direct; so is one whose visits have no origin', async () => {
  const events = [
    { event_name: 'buy', at: '2026-03-05T12:00:00Z', anonymous_id: 'server' },
    { ...visit(5, 'internal', 'internal'), anonymous_id: 'inside' },
    { event_name: 'buy', at: '2026-03-05T12:05:00Z', anonymous_id: 'inside' },
  ];
  await clean().keep([events.map((one) => anEvent({ ...one, project_id: 'no-origin' }))]);
  const { rows } = await clean().ask(
    'attribution',
    { ...march, event: 'buy' },
    { ...context, projects: ['no-origin'] },
    asking,
  );
  expect(rows).toEqual([{ source: 'direct', medium: 'direct', conversions: 2, share: 1, people: 2 }]);
});

test('a visit is a touch of everybody who did something in it, and of a person on any device', async () => {
  const events: readonly Said[] = [
    visit(1, 'google', 'paid', { anonymous_id: 'phone' }),
    { event_name: 'sign_in', at: '2026-03-01T12:05:00Z', anonymous_id: 'phone', user_id: 'u' },
    { event_name: 'buy', at: '2026-03-04T12:00:00Z', anonymous_id: 'desk', user_id: 'u' },
  ];
  await clean().keep([events.map((one) => anEvent({ ...one, project_id: 'devices' }))]);
  const { rows } = await clean().ask(
    'attribution',
    { ...march, event: 'buy', by: 'source' },
    { ...context, projects: ['devices'] },
    asking,
  );
  expect(rows).toEqual([{ source: 'google', conversions: 1, share: 1, people: 1 }]);
});

test('credits add up to the conversions in every model but participation, in every world', {
  timeout: patience,
}, async () => {
  await inWorlds(cases('attribution'), Math.ceil(worlds / 2), raw(), async (world) => {
    await raw().keep(world.requests);
    const { limit: _, ...args } = world.args;
    if (args.model === 'participation') return;
    const ask = (question: string, asked: object) =>
      raw().ask(question, { ...asked }, world.context, world.asking);
    const { rows } = await ask('attribution', args);
    const people = await ask('attribution', { ...args, model: 'first' });
    const whole = rows.reduce((sum, { conversions }) => sum + Number(conversions), 0);
    const first = people.rows.reduce((sum, { conversions }) => sum + Number(conversions), 0);
    expect(whole).toBeCloseTo(first, 6);
    expect(Number.isInteger(first)).toBe(true);
    expect(rows.reduce((sum, { share }) => sum + Number(share), 0)).toBeCloseTo(rows.length === 0 ? 0 : 1, 6);
  });
});

test.each([
  ['lookback', { lookback: '731d' }, 'at most 730d'],
  ['lookback', { lookback: 'soon' }, 'at most 730d'],
  ['value', { value: 'a"b' }, 'name one property'],
] as const)('%s %j is refused by name', async (name, more, says) => {
  const asked = clean().ask('attribution', { event: 'buy', ...more }, context, asking);
  await expect(asked).rejects.toThrow(says);
  await expect(asked).rejects.toThrow(name);
});
