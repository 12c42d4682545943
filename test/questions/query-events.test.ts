import { expect, test } from 'vitest';
import type { Row } from '../../src/ports.ts';
import { cases, filterings } from '../worlds/worlds.ts';
import { askers, expected, expectSame, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('query_events');

const { clean, raw } = askers();

test('pages of query_events are its rows, once each, whatever arrives between them', {
  timeout: patience,
}, async () => {
  await inWorlds(cases('query_events'), Math.ceil(worlds / 4), clean(), async (world) => {
    const { requests, args, context, asking, project } = world;
    await clean().keep(requests);
    const all = expected('query_events', { ...world, args: { ...args, limit: 1000 } });
    const rows: Row[] = [];
    let page = await clean().ask('query_events', { ...args, limit: 3 }, context, asking);
    rows.push(...page.rows);
    for (let n = 0; page.next_cursor !== null; n++) {
      expect(n).toBeLessThanOrEqual(all.length / 3);
      const newest = page.rows[0]?.timestamp;
      const late = requests
        .flat()
        .filter((event) => event.event_id === null && new Date(event.ts).toISOString() >= String(newest));
      await clean().keep([
        late.map((event, seq) => ({
          ...event,
          received_at: event.received_at + 1e9,
          request_id: `${project}-z${n}`,
          seq,
        })),
      ]);
      page = await clean().ask(
        'query_events',
        { ...args, limit: 3, cursor: page.next_cursor },
        context,
        asking,
      );
      rows.push(...page.rows);
    }
    expectSame(rows, all);
  });
});

test('every operator of `where` means on every kind of value what the oracle says', {
  timeout: patience * 3,
}, async () => {
  await inWorlds(filterings, worlds * 3, raw(), async (world) => {
    await raw().keep(world.requests);
    const { rows } = await raw().ask('query_events', world.args, world.context, world.asking);
    expectSame(rows, expected('query_events', world));
  });
});
