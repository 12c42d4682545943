import { dayMs, endsAt } from './world-rows.ts';

/** Bodies made beforehand, so that making them does not compete with the server: only event ids and times of sending change. */
export interface Bodies {
  /** The n-th body: no event id in it was ever used before in this run. Good until the same slot comes round again. */
  readonly next: () => Buffer;
}

const mark = '@@@@@@@@@@@@';
/** Stands where the time of sending comes: as long as that is. */
const whenSent = '########################';
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
];
const names = ['$pageview', '$pageview', '$pageview', 'view_item', 'add_to_cart', 'search', 'purchase'];
const queries = [
  '',
  '',
  '?utm_source=newsletter&utm_medium=email',
  '?gclid=abc123',
  '?utm_source=partner&utm_campaign=spring',
];
const referrers = ['https://www.google.com/', 'https://chatgpt.com/', 'https://www.shop.example/', ''];

const at = <T>(values: readonly T[], i: number): T | undefined => values[i % values.length];

/** An event as a backend or an importer sends it: with address and agent of its visitor. */
const eventOf = (i: number, backDays: number) => {
  const visitor = ((i >> 2) * 7919) % 5_000;
  return {
    event: at(names, i),
    event_id: `${mark}-${i}`,
    timestamp:
      backDays === 0
        ? whenSent
        : new Date(endsAt - backDays * dayMs + ((i * 1_301 * backDays) % (backDays * dayMs))).toISOString(),
    anonymous_id: `visitor-${visitor}`,
    ...(visitor % 5 < 2 ? { user_id: `user-${visitor}` } : {}),
    url: `https://www.shop.example/p/${(i * 31) % 400}${at(queries, i)}`,
    referrer: at(referrers, i >> 2),
    ip: `203.${visitor % 100}.${visitor % 250}.${1 + (visitor % 199)}`,
    user_agent: at(agents, visitor),
    properties: {
      plan: i % 3 === 0 ? 'pro' : 'free',
      amount: (i * 37) % 10_000,
      variant: i % 2 === 0 ? 'a' : 'b',
    },
  };
};

/** `events` per body (1: a track body), `slots` bodies in turn. */
export const bodies = (events: number, slots: number, backDays: number): Bodies => {
  const run = Date.now().toString(36).slice(-4);
  const made = Array.from({ length: slots }, (_, slot) => {
    const all = Array.from({ length: events }, (_, i) => eventOf(slot * events + i, backDays));
    const body = Buffer.from(JSON.stringify(events === 1 ? all[0] : { events: all }));
    return { body, ids: placesOf(mark, body), times: placesOf(whenSent, body) };
  });
  let n = 0;
  return {
    next: () => {
      const { body, ids, times } = at(made, n) ?? { body: Buffer.alloc(0), ids: [], times: [] };
      const id = `${run}${(n++).toString(36).padStart(8, '0')}`;
      for (const place of ids) body.write(id, place, 'latin1');
      const now = new Date().toISOString();
      for (const place of times) body.write(now, place, 'latin1');
      return body;
    },
  };
};

const placesOf = (text: string, body: Buffer): readonly number[] => {
  const places: number[] = [];
  for (let place = body.indexOf(text); place !== -1; place = body.indexOf(text, place + text.length))
    places.push(place);
  return places;
};
