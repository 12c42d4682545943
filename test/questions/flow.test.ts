import { expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('flow');

const { clean, raw } = askers();
const day = { from: '2026-03-02', to: '2026-03-02' };
const asking = { now: Date.parse('2026-03-09T00:00:00Z'), timezone: 'UTC' };
const pricing = { event: '$pageview', where: [{ field: 'path', op: 'starts_with', value: '/pricing' }] };

/** Each line is one visitor’s session: pages, or events by name, a minute apart. */
const walks = async (project_id: string, ...lines: readonly string[]) => {
  const events = lines.flatMap((line, visitor) =>
    line.split(' ').map((word, minute) =>
      anEvent({
        project_id,
        anonymous_id: `v${visitor}`,
        at: `2026-03-02T09:0${minute}:00Z`,
        request_id: `r${visitor}`,
        seq: minute,
        browser: 'Firefox',
        ...(word.startsWith('/') ? { path: word } : { event_name: word }),
      }),
    ),
  );
  await clean().keep([events]);
  return async (args: object) => {
    const context = { projects: [project_id], env: 'live' } as const;
    const { rows } = await clean().ask('flow', { ...day, ...args }, context, asking);
    return rows.map(({ depth, from, to, sessions }) => `${depth} ${from} ${to} ${sessions}`);
  };
};

test('three visits that begin at /pricing, two steps on (questions.md, 8)', async () => {
  const ask = await walks('worked-flow', '/pricing /signup /home', '/pricing /pricing/ /docs', '/pricing');
  expect(await ask({ anchor: pricing, depth: 2 })).toEqual([
    '1 /pricing (exit) 1',
    '1 /pricing /docs 1',
    '1 /pricing /signup 1',
    '2 /docs (exit) 1',
    '2 /signup /home 1',
  ]);
});

test('before: from the last anchor backwards, to where the visit began', async () => {
  const ask = await walks('flow-before', '/a /b buy /c buy', '/b buy');
  expect(await ask({ anchor: 'buy', direction: 'before', depth: 2 })).toEqual([
    '1 buy /b 1',
    '1 buy /c 1',
    '2 /b (entry) 1',
    '2 /c buy 1',
  ]);
});

test('what is hidden is passed over, and what it stood between is one step', async () => {
  const ask = await walks('flow-hide', '/a scroll /a scroll /b');
  expect(await ask({ anchor: '$pageview', hide: 'scroll' })).toEqual(['1 /a /b 1', '2 /b (exit) 1']);
});

test('names beyond the top are one, (other), and what leaves it is shown', async () => {
  const ask = await walks('flow-top', 'go x', 'go x', 'go y /p', 'go z /p');
  expect(await ask({ anchor: 'go', top: 1, depth: 2 })).toEqual([
    '1 go (other) 2',
    '1 go x 2',
    '2 (other) /p 2',
    '2 x (exit) 2',
  ]);
});

test('by path an event that is the anchor stands for its page, or its name', async () => {
  const ask = await walks('flow-path', 'buy /thanks buy /home');
  expect(await ask({ anchor: 'buy', by: 'path', depth: 2 })).toEqual([
    '1 buy /thanks 1',
    '2 /thanks /home 1',
  ]);
});

test('what leaves a step adds up to what reached it, in every world', { timeout: patience }, async () => {
  await inWorlds(cases('flow'), Math.ceil(worlds / 2), raw(), async (world) => {
    await raw().keep(world.requests);
    const { limit: _, ...args } = world.args;
    const { rows } = await raw().ask('flow', args, world.context, world.asking);
    const sum = (depth: number, end: 'from' | 'to', node: unknown) =>
      rows
        .filter((row) => row.depth === depth && row[end] === node)
        .reduce((total, { sessions }) => total + Number(sessions), 0);
    for (const { depth, from } of rows.filter((row) => Number(row.depth) > 1))
      expect(sum(Number(depth), 'from', from)).toBe(sum(Number(depth) - 1, 'to', from));
  });
});
