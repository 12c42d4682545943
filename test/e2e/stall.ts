import { browser, own, run } from './run.ts';

const ada = {
  anonymous_id: own('ada'),
  ip: '193.99.144.80',
  referrer: 'https://www.google.com/',
  url: 'https://stall.example/?q=1',
};
const ben = {
  anonymous_id: own('ben'),
  ip: '8.8.8.8',
  url: 'https://stall.example/?utm_source=newsletter&utm_medium=email&utm_campaign=spring',
};
const cleo = {
  anonymous_id: own('cleo'),
  ip: '133.11.0.1',
  url: 'https://stall.example/?fbclid=x',
  referrer: 'https://l.facebook.com/',
};
const dan = { anonymous_id: own('dan'), ip: '8.8.8.8', url: 'https://stall.example/' };
const crawler = {
  anonymous_id: own('crawler'),
  ip: '8.8.8.8',
  url: 'https://stall.example/',
  user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
};

const did = (who: object, event: string, at: string, more: object = {}) => ({
  user_agent: browser,
  ...who,
  event: own(event),
  timestamp: `2026-03-${at}Z`,
  properties: { run, ...more },
});

/**
 * A market stall, two days, four people. Ada comes from Google, takes a hat after ten minutes and pays after ten more; her order is delivered twice. Ben comes from a newsletter and takes
 * a hat after half an hour. Cleo comes from an advertisement and only looks. Dan looks twice and pays on the second day. A crawler looks as well. Without it and the repeat, 9 events.
 */
export const stall = [
  did(crawler, 'view', '02T04:00:00'),
  did(ada, 'view', '02T09:00:00'),
  did(ada, 'take', '02T09:10:00', { item: 'hat' }),
  did(ada, 'pay', '02T09:20:00', { price: 40, order: 1 }),
  did(ben, 'view', '02T10:00:00'),
  did(ben, 'take', '02T10:30:00', { item: 'hat' }),
  did(cleo, 'view', '02T11:00:00'),
  did(dan, 'view', '02T12:00:00'),
  did(dan, 'view', '03T08:00:00'),
  did(dan, 'pay', '03T09:00:00', { price: 15.5, order: 2 }),
  did(ada, 'pay', '02T09:20:00', { price: 40, order: 1, again: true }),
].map((event) =>
  event.event === own('pay') ? { ...event, event_id: own(`order-${event.timestamp}`) } : event,
);

/** The stall’s two days; `to` is exclusive. */
export const days = { from: '2026-03-02', to: '2026-03-04' } as const;

/** Only the stall’s events. */
export const ofStall = [{ field: 'properties.run', op: 'eq', value: run }] as const;
