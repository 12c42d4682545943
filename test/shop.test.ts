import { expect, test } from 'vitest';
import { truth } from './oracle/truth.ts';
import { shop, shopProject, shopWeek } from './shop.ts';

const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };
const ask = (question: Parameters<typeof truth>[0], args: object, env: 'live' | 'test' = 'live') =>
  truth(question, shop, { ...shopWeek, ...args }, { projects: [shopProject], env }, asking);

test('the shop’s week has 16 events of six visitors; the order that was delivered twice counts once', () => {
  expect(ask('get_stats', { metric: 'count' })).toEqual([{ value: 16 }]);
  expect(ask('get_stats', { metric: 'uniques' })).toEqual([{ value: 6 }]);
  expect(ask('get_stats', { metric: 'count', event: 'purchase' })).toEqual([{ value: 3 }]);
});

test('the crawler is counted only where bots are asked for', () => {
  expect(ask('get_stats', { metric: 'count', include_bots: true })).toEqual([{ value: 18 }]);
});

test('a test key sees only what test keys sent', () => {
  expect(ask('get_stats', { metric: 'count', group_by: ['event_name'] }, 'test')).toEqual([
    { event_name: 'purchase', value: 1 },
  ]);
});

test('events by name: most first, equal counts by name', () => {
  expect(ask('get_stats', { metric: 'count', group_by: ['event_name'] })).toEqual([
    { event_name: '$pageview', value: 8 },
    { event_name: 'add_to_cart', value: 4 },
    { event_name: 'purchase', value: 3 },
    { event_name: '$identify', value: 1 },
  ]);
});

test('the week’s sources', () => {
  expect(ask('top_sources', {})).toEqual([
    { source: 'direct', medium: 'direct', events: 4, uniques: 2, paid_share: 0 },
    { source: 'google', medium: 'organic', events: 4, uniques: 1, paid_share: 0 },
    { source: 'chatgpt', medium: 'ai', events: 3, uniques: 1, paid_share: 0 },
    { source: 'newsletter', medium: 'email', events: 3, uniques: 1, paid_share: 0 },
    { source: 'facebook', medium: 'paid', events: 2, uniques: 1, paid_share: 1 },
  ]);
});

test('of five people who looked four filled a cart and three bought, Cleo on another device', () => {
  expect(ask('funnel', { steps: ['$pageview', 'add_to_cart', 'purchase'] })).toEqual([
    { step: 1, event: '$pageview', people: 5, conversion: 1, step_conversion: 1, median_seconds: null },
    { step: 2, event: 'add_to_cart', people: 4, conversion: 0.8, step_conversion: 0.8, median_seconds: 1050 },
    { step: 3, event: 'purchase', people: 3, conversion: 0.6, step_conversion: 0.75, median_seconds: 600 },
  ]);
});
