import { writeSync } from 'node:fs';
import { openLake } from '../../src/local/lake.ts';
import { anEvent } from '../worlds/event.ts';

// A process that keeps events until it is killed. It writes `ack <n>` once request n is acknowledged and `log <line>` for each line of the log.
// Request n is 20 events, ids `n-0` … `n-19`, every third of them also in request n + 1, so that repeats are always on their way.

const [dir = '', from = '0', work = 'ingest'] = process.argv.slice(2);
const say = (line: string) => void writeSync(1, `${line}\n`);
const note = (message: string) => say(`log ${message}`);
const lake = await openLake({ dir, log: { info: note, warn: note, error: note }, clock: Date.now });
say('open');

let next = Number(from);
const monday = Date.parse('2026-03-02T00:00:00Z');
const eventOf = (request: number, i: number) =>
  anEvent({
    ts: monday + (((request * 7 + i) % 40) * 86_400_000) / 4,
    event_id: `${request}-${i}`,
    project_id: i % 2 === 0 ? 'shop' : 'other',
    event_name: i === 5 ? '$identify' : '$pageview',
    user_id: i === 5 ? 'u1' : null,
    request_id: `r${request}`,
    seq: i,
  });
const client = async () => {
  for (;;) {
    const mine = next++;
    const own = Array.from({ length: 20 }, (_, i) => eventOf(mine, i));
    const repeats =
      mine === 0 ? [] : own.filter((_, i) => i % 3 === 0).map((_, i) => eventOf(mine - 1, i * 3));
    await lake.sink.keep([...own, ...repeats]).then(
      () => say(`ack ${mine}`),
      () => say(`refused ${mine}`),
    );
  }
};
const tidy = async () => {
  for (;;)
    await (work === 'ingest' ? lake.flush() : lake.compact()).catch((error: unknown) => note(String(error)));
};
for (let i = 0; i < 4; i++) void client();
if (work !== 'quiet') void tidy();
