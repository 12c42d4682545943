import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/routes.ts';
import { type Running, startProduct } from '../local/product.ts';
import { type Variation, variations } from './variations.ts';

const count = Number(process.env.MILLIMETRIC_VARIATIONS ?? 5_000);

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const authorization = () => ({ authorization: `Bearer ${product.keys.rk}` });
const written = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
const pathOf = (tool: string): string =>
  routes.find((route) => 'question' in route && route.question === tool)?.path ?? '';

/** What a refusal said, null where there was an answer, undefined where the request never reached the question. */
const overRest = async ({ tool, args }: Variation): Promise<string | null | undefined> => {
  const query = Object.entries(args).map(
    ([name, value]) => `${name}=${encodeURIComponent(written(value).toWellFormed())}`,
  );
  const answer = await fetch(`${product.url}${pathOf(tool)}?${query.join('&')}`, {
    headers: authorization(),
  });
  const text = await answer.text();
  if (answer.status === 431) return undefined;
  if (answer.status >= 500) throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
  return answer.status === 200 ? null : text;
};

const overMcp = async ({ tool, args }: Variation): Promise<string | null | undefined> => {
  const answer = await fetch(`${product.url}/mcp`, {
    method: 'POST',
    headers: { ...authorization(), 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args },
    }),
  });
  const text = await answer.text();
  if (answer.status === 400 && text.includes('levels deep')) return undefined;
  if (answer.status !== 200 || /tool_failed|internal_error/.test(text))
    throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
  return text.includes('"isError":true') || text.includes('"error"') ? text : null;
};

test(`${count} questions with one argument changed, over REST and MCP: none is a failure of ours, and each refusal names the argument`, {
  timeout: 60_000 + count * 100,
}, async () => {
  const wrong: string[] = [];
  let refused = 0;
  const all = variations(count);
  for (const [i, one] of all.entries()) {
    const ask = i % 2 === 0 ? overRest : overMcp;
    const told = await ask(one).catch((thrown: unknown) => `failed: ${thrown}`);
    if (typeof told === 'string') refused += 1;
    // A choice of projects is refused by what was chosen: “no project with slug …”.
    // A history of nobody is no answer, and it is the id that is named then.
    const named = [one.argument, 'unknown_project', 'person: nobody with the id'].some((word) =>
      told?.includes(word),
    );
    if (typeof told === 'string' && (told.startsWith('failed: ') || !named))
      wrong.push(`${ask.name} ${JSON.stringify(one).slice(0, 400)}: ${told.slice(0, 400)}`);
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(refused).toBeGreaterThan(all.length / 4);
  expect(product.log()).not.toContain('"level":"error"');
});
