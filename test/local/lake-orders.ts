import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { eventsOf } from '../../src/lake/events-of.ts';
import { openLake } from '../../src/local/lake.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';

// A process with a lake that does what it is told, an order a line: `keep <from> <to>` keeps the events of these numbers as one request, `flush`,
// `compact`, `later <ms>`, which moves its clock, and `ask`, which answers with what it found. Each is answered by one line of JSON, and the log
// comes as lines that begin with `log`.

const [dir = ''] = process.argv.slice(2);
const say = (line: string) => void writeSync(1, `${line}\n`);
const note = (message: string, fields = {}) => say(`log ${message} ${JSON.stringify(fields)}`);
const monday = Date.parse('2026-03-02T00:00:00Z');
const period = { from: 0, to: 4e12 };
const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: 'clean' as const };
let later = 0;
const lake = await openLake({
  dir,
  log: { info: note, warn: note, error: note },
  clock: () => Date.now() + later,
});

const orders: Readonly<Record<string, (from: number, to: number) => Promise<unknown>>> = {
  keep: (from, to) =>
    lake.sink.keep(
      Array.from({ length: to - from }, (_, i) =>
        anEvent({ ts: monday + ((from + i) % 3) * 86_400_000, event_id: `e${from + i}`, seq: i }),
      ),
    ),
  flush: lake.flush,
  compact: lake.compact,
  later: async (ms) => {
    later += ms;
  },
  ask: async () => {
    const { rows, notes } = await lake.engine.ask(
      sql`select event_id from (${eventsOf(reading, period)}) as e order by event_id`,
      { reading, period },
      { timeMs: 20_000 },
    );
    return { ids: rows.map(({ event_id }) => event_id), notes };
  },
};

say('open');
for await (const line of createInterface({ input: process.stdin })) {
  const [order = '', from, to] = line.split(' ');
  const done = await orders[order]?.(Number(from), Number(to)).then(
    (gave) => ({ done: true, gave }),
    (error: unknown) => ({ done: false, error: String(error) }),
  );
  say(JSON.stringify(done));
}
await lake.close();
