import type { Running } from '../local/product.ts';

const sources = [
  '?utm_source=google&utm_medium=organic',
  '?utm_source=newsletter&utm_medium=email&utm_campaign=spring',
  '?utm_source=chatgpt&utm_medium=ai',
  '',
  '?utm_source=hacker_news&utm_medium=social',
];
const paths = ['/', '/pricing', '/docs', '/blog/exact-numbers'];
const dayMs = 86_400_000;

/** Sixty days of a small shop’s visits until now, the same every time but for the day they end on. */
export const sendVisits = async ({ url, keys }: Running, now: number): Promise<void> => {
  const events: object[] = [];
  for (let day = 59; day >= 0; day--) {
    const many = 6 + ((day * 7) % 5) + (day < 12 ? 4 : 0);
    for (let i = 0; i < many; i++) {
      const anonymous_id = `v${day % 9}-${i}-${day > 20 ? 'a' : 'b'}`;
      const at = now - day * dayMs - 3_600_000 - i * 400_000;
      const said = (event: string, minutes: number, more: object = {}) =>
        events.push({
          event,
          anonymous_id,
          timestamp: new Date(at + minutes * 60_000).toISOString(),
          ...more,
        });
      const page = (path: string, minutes: number, query = '') =>
        said('$pageview', minutes, { url: `https://shop.example${path}${query}` });
      page(paths[(day + i) % paths.length] ?? '/', 0, sources[(i * 3 + day) % sources.length]);
      if (i % 3 !== 0) page('/pricing', 3);
      if (i % 2 === 0) said('sign_up', 5, { properties: { plan: i % 4 === 0 ? 'pro' : 'free' } });
      if (i % 4 === 0) said('purchase', 9, { properties: { item: 'boots', price: 40 + i } });
    }
  }
  for (let i = 0; i < events.length; i += 500) {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${keys.sk}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ events: events.slice(i, i + 500) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
};
