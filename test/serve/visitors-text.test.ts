import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { visible } from '../../src/tools/visible.ts';
import { type Running, startProduct } from '../local/product.ts';

const seed = Number(process.env.MILLIMETRIC_FUZZ_SEED ?? 20_260_301);
const awkward = fc.constantFrom(
  ...[
    '<U+202E>',
    '<U+003C>',
    '<U+',
    '>',
    '\\u{202e}',
    '\\',
    '"',
    ',',
    ' ',
    '%',
    '%25',
    '{',
    '[',
    'a',
    'é',
    '😀',
  ],
  ...[
    '\n',
    '\t',
    '\u0007',
    '\u202e',
    '\u200b',
    '\u200d',
    '\u00ad',
    '\ufeff',
    '\u2028',
    '\u{e0049}',
    '\ufe0f',
  ],
);
/** Names as intake keeps them, without NUL or halves of a pair. DuckDB’s package for Node takes a byte order mark off the beginning of every text. */
const names = fc
  .sample(fc.string({ unit: fc.oneof(awkward, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) }), {
    numRuns: 400,
    seed,
  })
  .map((name) => name.replace(/^\ufeff+|\0/g, '').toWellFormed())
  .filter((name) => name !== '' && name.length <= 60);
const all = [...new Set([...names, 'me\u202eow', 'me<U+202E>ow', '50% off', '\u200bzero', '\nline'])].filter(
  // A name of blanks alone is refused on the way in.
  (name) => name.replace(/[\s\p{C}\p{Z}]/gu, '') !== '',
);
/** How often the name at a place is sent: every name is told by its number from its neighbours. */
const times = (i: number) => 1 + (i % 3);
const canBeKey = (name: string) => !/["\\\p{Cc}]/u.test(name);

let product: Running;
beforeAll(async () => {
  product = await startProduct();
  const events = all.flatMap((name, i) =>
    Array.from({ length: times(i) }, (_, n) => ({
      event: name,
      anonymous_id: `a-${i}-${n}`,
      user_id: name,
      properties: { value: name, [name]: `of ${i}`, tags: ['a', 'b'], cart: { total: 3 } },
    })),
  );
  for (let at = 0; at < events.length; at += 500) {
    const body = JSON.stringify({ events: events.slice(at, at + 500) });
    const taken = await fetch(`${product.url}/v1/batch`, post(product.keys.sk, body));
    expect(taken.status, await taken.clone().text()).toBe(202);
  }
});
afterAll(() => product.stop());

const post = (key: string, body: string) => ({
  method: 'POST',
  headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
  body,
});
const said = z.object({
  rows: z.array(z.record(z.string(), z.unknown())),
  notes: z.array(z.string()),
  resolved: z.record(z.string(), z.unknown()),
});
const rest = async (path: string, args: Readonly<Record<string, unknown>>) => {
  const query = Object.entries(args).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const answer = await fetch(`${product.url}/v1/${path}?${new URLSearchParams(query)}`, {
    headers: { Authorization: `Bearer ${product.keys.rk}` },
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return said.parse(JSON.parse(text));
};
const mcp = async (method: string, params: object) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return z
    .looseObject({ result: z.unknown(), error: z.unknown() })
    .partial()
    .parse(await (await fetch(`${product.url}/mcp`, post(product.keys.rk, body))).json());
};
const read = async (uri: string): Promise<unknown> => {
  const { result, error } = await mcp('resources/read', { uri });
  if (error !== undefined) return error;
  const { contents } = z.object({ contents: z.array(z.object({ text: z.string() })) }).parse(result);
  return JSON.parse(contents[0]?.text ?? '');
};

describe('a name is asked for by what was shown', () => {
  test('every answer shows each name once, in a form of its own', async () => {
    const { rows } = await rest('stats', { group_by: 'event_name', limit: 1000 });
    const sorted = (pairs: readonly string[]) => pairs.toSorted();
    expect(sorted(rows.map(({ event_name, value }) => `${value} ${event_name}`))).toEqual(
      sorted(all.map((name, i) => `${times(i)} ${visible(name)}`)),
    );
  });

  test('as event, step, exclusion, value, id, key of properties and resource', {
    timeout: 300_000,
  }, async () => {
    for (const [i, name] of all.entries()) {
      if (i % 4 !== 0 && i < all.length - 5) continue;
      const as = visible(name);
      const counted = [{ value: times(i) }];
      const { rows, resolved } = await rest('stats', { event: as });
      expect([rows, resolved.event], as).toEqual([counted, as]);
      const equal = (field: string, value = as) => rest('stats', { where: [{ field, op: 'eq', value }] });
      expect((await equal('properties.value')).rows, as).toEqual(counted);
      expect((await rest('query', { user_id: as })).rows.length, as).toBe(times(i));
      const steps = await rest('funnel', { steps: [as, 'nobody'], exclude: [as] });
      expect(
        steps.rows.map(({ people, event }) => [event, people]),
        as,
      ).toEqual([
        [as, 1],
        ['nobody', 0],
      ]);
      expect(await read(`schema://events/${encodeURIComponent(as)}`), as).toMatchObject({ event: as });
      if (!canBeKey(name)) continue;
      const field = `properties["${as}"]`;
      expect((await equal(field, `of ${i}`)).rows, as).toEqual(counted);
      // REST’s list of fields has commas between them.
      if (as.includes(',')) continue;
      const grouped = await rest('stats', { group_by: field, where: [{ field, op: 'exists' }] });
      expect(grouped.rows, as).toEqual([{ [field]: `of ${i}`, value: times(i) }]);
    }
  });

  test('a name that spells an escape and the name that is escaped are two', async () => {
    const [escaped, spelled] = [visible('me\u202eow'), visible('me<U+202E>ow')];
    expect([escaped, spelled]).toEqual(['me<U+202E>ow', 'me<U+003C>U+202E>ow']);
    expect(await read(`schema://events/${encodeURIComponent('me\u202eow')}`)).toMatchObject({
      event: escaped,
    });
  });

  test.each(['50% off', '50%25%20off', '50%2525%20off'])(
    'the resource of an event is found as %s, encoded never, once or twice',
    async (spelled) => {
      expect(await read(`schema://events/${spelled}`)).toMatchObject({ event: '50% off' });
    },
  );
});

describe('properties that are no single value', () => {
  test.each([
    [
      { group_by: 'properties.tags' },
      'properties.tags is null in every row: it holds lists, which can neither be grouped nor compared; properties.tags.0, the first entry of each, can.',
    ],
    [
      { group_by: 'properties.cart' },
      'properties.cart is null in every row: it holds objects, which can neither be grouped nor compared; a place inside can, e.g. properties.cart.total.',
    ],
    [
      { where: [{ field: 'properties.tags', op: 'eq', value: 'a' }] },
      'where compares properties.tags: it holds lists, which can neither be grouped nor compared; properties.tags.0, the first entry of each, can.',
    ],
    [{ group_by: 'properties.tag' }, 'no event in this project has properties.tag; nearest: "tags"'],
  ])('%j is told what to ask', async (args, note) => {
    expect((await rest('stats', { event: '50% off', ...args })).notes).toContain(note);
  });

  test('and what it is told works', async () => {
    const { rows } = await rest('stats', { event: '50% off', group_by: 'properties.tags.0' });
    expect(rows).toEqual([{ 'properties.tags.0': 'a', value: expect.any(Number) }]);
  });

  test('the keys that are listed are the keys that can be asked for, the empty one too', async () => {
    const kept = await fetch(
      `${product.url}/v1/track`,
      post(
        product.keys.sk,
        JSON.stringify({
          event: 'keys',
          anonymous_id: 'k',
          properties: { '': 'empty', 'a"b': 1, 'a\\b': 1, 'a\u0007b': 1, ['k'.repeat(287)]: 1, 'a.b': 1 },
        }),
      ),
    );
    expect(kept.status).toBe(202);
    expect(await read('schema://events/keys')).toEqual({
      event: 'keys',
      events: 1,
      property_keys: ['', 'a.b'],
    });
    const { rows } = await rest('stats', { event: 'keys', group_by: 'properties[""]' });
    expect(rows).toEqual([{ 'properties[""]': 'empty', value: 1 }]);
  });
});

test('of 3,000 names with many keys the most frequent fit into 24,000 characters, and it is said of how many', async () => {
  const project = await startProduct();
  try {
    for (let at = 0; at < 3_000; at += 500) {
      const events = Array.from({ length: 500 }, (_, i) => ({
        event: `name ${at + i}`,
        anonymous_id: 'n',
        properties: Object.fromEntries(
          Array.from({ length: 40 }, (_, k) => [`key ${k} ${'\u202e'.repeat(20)}`, k]),
        ),
      }));
      const body = JSON.stringify({ events: [...events, { event: 'often', anonymous_id: 'n' }] });
      expect((await fetch(`${project.url}/v1/batch`, post(project.keys.sk, body))).status).toBe(202);
    }
    const answer = await fetch(
      `${project.url}/mcp`,
      post(
        project.keys.rk,
        JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'resources/read',
          params: { uri: 'schema://events' },
        }),
      ),
    );
    const { result } = z
      .object({ result: z.object({ contents: z.tuple([z.object({ text: z.string() })]) }) })
      .parse(await answer.json());
    const [{ text }] = result.contents;
    expect(text.length).toBeLessThanOrEqual(24_000);
    expect(text.length).toBeGreaterThan(20_000);
    const { events, notes } = z
      .object({ events: z.array(z.looseObject({ event: z.string() })), notes: z.array(z.string()) })
      .parse(JSON.parse(text));
    expect(events[0]).toEqual({ event: 'often', events: 6, property_keys: [] });
    expect(events[1]).toMatchObject({ property_keys_of: 40 });
    expect(notes).toEqual([
      expect.stringMatching(
        /^These are the \d+ most frequent of [\d,]+ names\. Of any other: schema:\/\/events\/\{event\}/,
      ),
      expect.stringContaining('property_keys_of'),
    ]);
  } finally {
    await project.stop();
  }
});
