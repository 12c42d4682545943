import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { inFolder } from '../src/local/disk/data-folder.ts';
import { caller } from './call.ts';
import { median, quantile, shown } from './figures.ts';
import { load } from './loads.ts';
import { noise, residentMb } from './machine.ts';
import { type Section, verdicts } from './report.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import { dayMs, endsAt } from './world-rows.ts';

const keysFile = z.object({ keys: z.object({ sk: z.string() }) });
const counted = z.object({ rows: z.array(z.object({ value: z.number() })) });
const days = 60;
/** Events a second on a quiet machine: how long the load is let run. */
const expected = 58_000;
const inFlight = 8;
const lookEveryMs = 250;
/** Between two rounds of questions some two million events come. */
const pauseMs = (2_000_000 / expected) * 1_000;
const roundsOf = 4;

/** A history of one project at full speed, with questions in between: what the process holds, and how long a small question waits. */
export const backfill = async (): Promise<Section> => {
  const around = noise();
  const dir = await mkdtemp(join(settings.data, 'backfill-'));
  const server = await startServer(dir);
  const { sk } = keysFile.parse(JSON.parse(await readFile(join(dir, inFolder.keys), 'utf8'))).keys;
  const client = caller(server.url, 2);
  const hour = new Date(endsAt - 30 * dayMs).toISOString();
  const hourLater = new Date(endsAt - 30 * dayMs + dayMs / 24).toISOString();
  const small = `/v1/stats?metric=count&from=${hour}&to=${hourLater}`;
  const newest = `/v1/query?limit=100&from=${new Date(endsAt - days * dayMs).toISOString()}`;
  const timed = async (path: string): Promise<number> => {
    const began = performance.now();
    const { status, body } = await client.get(path, sk);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${body}`);
    return performance.now() - began;
  };
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(residentMb(server.pid)), lookEveryMs);
  const times = { small: [0].slice(1), newest: [0].slice(1) };
  const ask = async () => {
    for (let round = 0; round < roundsOf; round++) {
      times.small.push(await timed(small));
      times.newest.push(await timed(newest));
    }
  };
  try {
    let running = true;
    const coming = load({
      url: server.url,
      kind: 'batch',
      keys: { [sk]: 1 },
      perSecond: null,
      seconds: settings.backfillEvents / expected,
      inFlight,
      backDays: days,
    }).finally(() => {
      running = false;
    });
    for (let next = performance.now() + pauseMs / 4; running; ) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      around.sample();
      if (!running || performance.now() < next) continue;
      await ask();
      next = performance.now() + pauseMs / 4;
    }
    const came = await coming;
    // The moment after the last is when most of it is not yet a file.
    await ask();
    const { body } = await client.get(
      `/v1/stats?metric=count&include_bots=true&from=2000-01-01&to=${new Date(endsAt + dayMs).toISOString()}`,
      sk,
    );
    const stored = counted.parse(JSON.parse(body)).rows[0]?.value ?? 0;
    await rm(`${dir}.log`, { force: true });
    const worst = Math.max(...times.small);
    const most = Math.max(...memory);
    return {
      title: 'A history at full speed',
      notes: [
        `${shown(came.events)} events of one project over ${days} days, in no order, ${inFlight} batches of 500 under way: ${shown(came.events / came.seconds)} a second. Every half a million events or so, ${roundsOf} times: the events of one hour, and the newest 100.`,
        Object.keys(came.refused).length === 0
          ? 'Every request was answered 202.'
          : `Not answered 202: ${JSON.stringify(came.refused)}.`,
        around.sentence(),
      ],
      tables: [
        verdicts('Targets', [
          {
            what: 'the server’s memory, its highest',
            target: '< 600 MB',
            measured: `${shown(most)} MB`,
            met: most < 600,
          },
          {
            what: 'the events of one hour, slowest',
            target: '≤ 100 ms',
            measured: `${shown(worst)} ms`,
            met: worst <= 100,
          },
          {
            what: 'events acknowledged and then found by a question',
            target: 'all, once',
            measured: `${shown(came.events)} and ${shown(stored)}`,
            met: came.events === stored,
          },
        ]),
        {
          title: 'Questions meanwhile, ms',
          columns: ['', 'median', 'p90', 'slowest', 'asked'],
          rows: [
            ['one hour', ...latency(times.small)],
            ['the newest 100', ...latency(times.newest)],
          ],
        },
      ],
    };
  } finally {
    clearInterval(watch);
    client.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

const latency = (values: readonly number[]): readonly string[] =>
  [median(values), quantile(values, 0.9), quantile(values, 1), values.length].map(shown);
