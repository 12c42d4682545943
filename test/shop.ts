import type { Event } from '../src/events/columns.ts';
import { anEvent, type Said } from './worlds/event.ts';

/** The shop’s project. */
export const shopProject = 'shop';

/** The shop’s week, Monday to Sunday in UTC: `from` inclusive, `to` exclusive. */
export const shopWeek = { from: '2026-03-02T00:00:00.000Z', to: '2026-03-09T00:00:00.000Z' } as const;

const ada = {
  anonymous_id: 'a-ada',
  source: 'google',
  medium: 'organic',
  source_confidence: 'medium',
  source_rule_id: 'ref_search',
  country: 'DE',
};
const ben = {
  anonymous_id: 'a-ben',
  source: 'facebook',
  medium: 'paid',
  source_rule_id: 'fbclid',
  country: 'US',
  device_type: 'mobile',
};
const cleo = {
  anonymous_id: 'a-cleo',
  source: 'newsletter',
  medium: 'email',
  source_rule_id: 'utm',
  campaign: 'spring',
  country: 'FR',
  device_type: 'tablet',
};
const cleosPhone = { anonymous_id: 'a-phone', user_id: 'u-cleo', country: 'FR', device_type: 'mobile' };
const dan = { anonymous_id: 'a-dan', browser: 'Firefox', os: 'Linux' };
const eve = {
  anonymous_id: 'a-eve',
  source: 'chatgpt',
  medium: 'ai',
  source_confidence: 'medium',
  source_rule_id: 'ref_ai',
  country: 'IN',
};
const crawler = { anonymous_id: 'a-bot', device_type: 'bot' };

const view = (path: string): Said => ({ event_name: '$pageview', url: `https://shop.example${path}`, path });
const cart = (item: string, price: number): Said => ({
  event_name: 'add_to_cart',
  properties: JSON.stringify({ item, price }),
});
const buy = (order: string, item: string, price: number): Said => ({
  event_name: 'purchase',
  event_id: order,
  properties: JSON.stringify({ item, price, gift: order === 'order-3' }),
});

/**
 * A shop, a week, five people. Ada looks at shoes, puts them in her cart and buys them on Monday. Ben stops at the cart on Tuesday. Cleo reads over midnight,
 * signs in on Thursday (`a-cleo` is `u-cleo`) and buys a hat on her phone on Friday. Dan looks twice. Eve buys on Sunday. Besides: a crawler, Ada’s
 * order delivered twice, and a purchase sent with a test key. 16 events count: Ada’s 4, Ben’s 2, Cleo’s 3 and 2, Dan’s 2, Eve’s 3.
 */
export const shop: readonly Event[] = [
  { ...ada, ...view('/'), at: '2026-03-02T09:00:00Z' },
  { ...ada, ...view('/shoes'), at: '2026-03-02T09:05:00Z' },
  { ...ada, ...cart('shoes', 40), at: '2026-03-02T09:10:00Z' },
  { ...ada, ...buy('order-1', 'shoes', 40), at: '2026-03-02T09:20:00Z' },
  {
    ...ada,
    ...buy('order-1', 'shoes', 40),
    at: '2026-03-02T09:20:00Z',
    received_at: Date.parse('2026-03-02T09:21:00Z'),
    request_id: 'r-again',
  },
  { ...ada, ...buy('order-0', 'shoes', 1), env: 'test', at: '2026-03-02T09:30:00Z' },
  { ...ben, ...view('/'), at: '2026-03-03T10:00:00Z' },
  { ...ben, ...cart('hat', 15), at: '2026-03-03T10:20:00Z' },
  { ...crawler, ...view('/'), at: '2026-03-04T04:00:00Z' },
  { ...crawler, ...view('/shoes'), at: '2026-03-04T04:00:01Z' },
  { ...cleo, ...view('/'), at: '2026-03-04T23:50:00Z' },
  { ...cleo, ...view('/hats'), at: '2026-03-05T00:10:00Z' },
  { ...cleo, event_name: '$identify', user_id: 'u-cleo', at: '2026-03-05T12:00:00Z' },
  { ...cleosPhone, ...cart('hat', 15), at: '2026-03-06T15:00:00Z' },
  { ...cleosPhone, ...buy('order-2', 'hat', 15), at: '2026-03-06T15:05:00Z' },
  { ...dan, ...view('/'), at: '2026-03-06T18:00:00Z' },
  { ...dan, ...view('/'), at: '2026-03-07T11:00:00Z' },
  { ...eve, ...view('/shoes'), at: '2026-03-08T06:30:00Z' },
  { ...eve, ...cart('shoes', 40), at: '2026-03-08T06:45:00Z' },
  { ...eve, ...buy('order-3', 'shoes', 40), at: '2026-03-08T07:30:00Z' },
].map(anEvent);
