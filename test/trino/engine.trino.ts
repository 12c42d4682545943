import { expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { eventsOf, identifiesOf, type Reading } from '../../src/lake/events-of.ts';
import { Problem } from '../../src/problems.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { cellOf, trinoEngine, trinoServer } from './engine.ts';

const ts = Date.parse('2026-11-20T23:59:59.123Z');
const event = anEvent({
  ts,
  received_at: ts + 1,
  request_id: 'r1',
  anonymous_id: "Zoë's 😀",
  session_id: 's',
  session_sent: true,
  path: '/',
  properties: '{"a b":1.5,"t":"ä\\n"}',
});
const identified: Event = {
  ...event,
  event_name: '$identify',
  user_id: 'zoe',
  ts: ts + 5,
  seq: 9007199254740991,
};
const engine = await trinoEngine(
  [event, identified, { ...event, project_id: 'other' }],
  trinoServer(),
  ts + 1000,
);
const reading: Reading = { projects: ['shop'], env: 'live', bots: false, lake: 'clean' };
const reads = { reading, period: { from: ts - 1000, to: ts + 1000 } };
const limits = { timeMs: 60_000 };

test('what was stored comes back cell by cell', async () => {
  const { rows, completeUntil } = await engine.ask(
    sql`select * from (${eventsOf(reading, reads.period)}) as e order by ts`,
    reads,
    limits,
  );
  const times = ({ ts, received_at }: Event) => ({
    ts: new Date(ts).toISOString(),
    received_at: new Date(received_at).toISOString(),
  });
  expect(rows).toEqual([event, identified].map((kept) => ({ ...kept, ...times(kept) })));
  expect(completeUntil).toBe(ts + 1000);
});

test('a raw lake with repeats gives each event once', async () => {
  const raw: Reading = { ...reading, lake: 'raw' };
  const copies = await trinoEngine([event, event, { ...event, received_at: ts + 2 }], trinoServer());
  const { rows } = await copies.ask(
    sql`select count(*) as n, min(received_at) as first from (${eventsOf(raw, reads.period)}) as e`,
    reads,
    limits,
  );
  expect(rows).toEqual([{ n: 1, first: new Date(ts + 1).toISOString() }]);
});

test('identifications are found apart from events', async () => {
  const { rows } = await engine.ask(sql`select user_id from (${identifiesOf(reading)}) as i`, reads, limits);
  expect(rows).toEqual([{ user_id: 'zoe' }]);
});

test('an empty lake answers with no rows', async () => {
  const { rows } = await (await trinoEngine([], trinoServer())).ask(
    sql`select ts from (${eventsOf(reading, reads.period)}) as e`,
    reads,
    limits,
  );
  expect(rows).toEqual([]);
});

test('a question over its time is a query_timeout', async () => {
  const endless = sql`select count(*) as n from unnest(sequence(1, 10000)) as a(x) cross join unnest(sequence(1, 10000)) as b(y) cross join unnest(sequence(1, 10000)) as c(z)`;
  await expect(engine.ask(endless, reads, { timeMs: 300 })).rejects.toSatisfy(
    (error) => error instanceof Problem && error.code === 'query_timeout',
  );
});

test.each([
  [9007199254740993n, 'bigint', '9007199254740993'],
  [7, 'integer', 7],
  ['2026-01-01 00:00:00.120', 'timestamp(3)', '2026-01-01T00:00:00.120Z'],
  ['2026-01-01 00:00:00.120 UTC', 'timestamp(3) with time zone', '2026-01-01T00:00:00.120Z'],
  ['1.50', 'decimal(3,2)', 1.5],
  ['12345678901234567890', 'decimal(38,0)', '12345678901234567890'],
  ['NaN', 'double', 'NaN'],
  [null, 'varchar', null],
])('%s of type %s is the cell %j', (value, type, cell) => {
  expect(cellOf(value, type)).toBe(cell);
});

test('a list is no cell', () => {
  expect(() => cellOf([1], 'array(integer)')).toThrow('a array(integer) is no cell');
});
