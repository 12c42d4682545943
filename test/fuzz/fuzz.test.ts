import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startProduct } from '../local/product.ts';
import { bytesOf, exchange, type Wire, wrongWith } from './exchange.ts';
import { requests } from './requests.ts';

const cases = Number(process.env.MILLIMETRIC_FUZZ ?? 5_000);
/** The same cases on every run; another number by hand, and always when a nightly run wants new ground. */
const seed = Number(process.env.MILLIMETRIC_FUZZ_SEED ?? 20_260_301);

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const marker = { event: 'fuzz_marker', event_id: 'marker', anonymous_id: 'marker' };
const post = (path: string, body: unknown) =>
  fetch(product.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${product.keys.sk}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const markers = async (): Promise<unknown> =>
  (
    await fetch(`${product.url}/v1/stats?event=fuzz_marker&from=last:1d`, {
      headers: { Authorization: `Bearer ${product.keys.rk}` },
    })
  ).json();
const errorLines = () =>
  product
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));

const told = (wire: Wire) =>
  `${wire.method} ${wire.target}\n${wire.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${wire.body}`;

test(`${cases} fuzzed requests (seed ${seed}): each gets a whole answer of the contract’s form, none of them a failure of ours`, {
  timeout: 60_000 + cases * 100,
}, async () => {
  expect((await post('/v1/track', marker)).status).toBe(202);
  await fc.assert(
    fc.asyncProperty(requests(product.keys), async (wire) => {
      const answer = await exchange(product.url, bytesOf(wire));
      const wrong = wrongWith(answer, wire);
      if (wrong !== undefined)
        throw new Error(
          `${wrong}\n--- asked\n${told(wire).slice(0, 4000)}\n--- answered\n${answer.slice(0, 2000)}\n--- log\n${errorLines().slice(-2).join('\n')}`,
        );
    }),
    { seed, numRuns: cases },
  );
  expect(errorLines()).toEqual([]);
  expect(await markers()).toMatchObject({ rows: [{ value: 1 }] });
});

test('what came in meanwhile is found again by the next start, and answers still come', {
  timeout: 60_000,
}, async () => {
  await product.stop({ keep: true });
  product = await startProduct({ dir: product.dir });
  expect(await markers()).toMatchObject({ rows: [{ value: 1 }] });
  expect(errorLines()).toEqual([]);
});
