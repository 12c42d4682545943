import type { Measured } from './held.ts';

/** How much there is of what: names, and property keys in all. */
export interface Size {
  readonly names: number;
  readonly keys: number;
  readonly sources: number;
}

/** Text that no engine can make small. */
const noise = (length: number, seed: number): string => {
  let n = seed + 1;
  return Array.from({ length }, () => {
    n = (n * 48271) % 2147483647;
    return (n % 36).toString(36);
  }).join('');
};

/** Batches of a project with so many names, keys and sources, then of events as wide as may be, each near the 4 MiB that a body may have. */
export function* batches({ names, keys, sources }: Size): Generator<readonly object[]> {
  for (let from = 0; from < names; from += 1000)
    yield Array.from({ length: 1000 }, (_, i) => ({
      event: `name_${from + i}`,
      anonymous_id: `a${(from + i) % 5000}`,
      url: `https://shop.example/p/${from + i}?utm_source=source_${(from + i) % sources}&utm_medium=m${i % 7}`,
      properties: Object.fromEntries(
        Array.from({ length: 10 }, (_, k) => [`k_${(from + i + k * 997) % keys}`, i + k / 2]),
      ),
    }));
  const text = noise(5000, 1);
  for (let batch = 0; batch < 3; batch++)
    yield Array.from({ length: 640 }, (_, i) => ({
      event: 'wide',
      anonymous_id: `w${i}`,
      url: `https://shop.example/${text.slice(0, 900)}/${i}`,
      properties: { id: `${batch}-${i}`, text },
    }));
  // Of small things as many as fit.
  yield Array.from({ length: 1000 }, (_, i) => ({
    event: 'wide',
    properties: { id: `s${i}`, list: Array(2020).fill(1) },
  }));
  yield Array.from({ length: 500 }, (_, i) => ({
    event: 'wide',
    properties: Object.fromEntries(Array.from({ length: 800 }, (_, k) => [`${i % 9}${k}`, k % 10])),
  }));
}

/** Sends them, one after the other. */
export const fill = async ({ url, keys }: Pick<Measured, 'url' | 'keys'>, size: Size): Promise<void> => {
  for (const events of batches(size)) {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${keys.pk}`,
        origin: 'http://localhost:3000',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ events }),
    });
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
};
