import { statfsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { inFolder } from '../src/local/disk/data-folder.ts';
import { caller } from './call.ts';
import { median, quantile, shown } from './figures.ts';
import type { Loaded } from './load-settings.ts';
import { load } from './loads.ts';
import { cpuSeconds, noise, residentMb } from './machine.ts';
import { type Section, verdicts } from './report.ts';
import { type Server, startServer } from './server.ts';
import { settings } from './settings.ts';

/** Linux’s number for tmpfs. */
const inMemory = (folder: string): boolean => statfsSync(folder).type === 0x01021994;

const keysFile = z.object({ keys: z.object({ sk: z.string() }) });
const counted = z.object({ rows: z.array(z.object({ value: z.number() })) });
const inFlight = 8;
const singlesInFlight = 256;

/** What one load did to the server. */
interface Run {
  readonly load: Loaded;
  /** The server’s resident memory, MB, once a second. */
  readonly memory: readonly number[];
  /** Cores the server used. */
  readonly cores: number;
}

/** How fast events are taken in and kept: one server process, the load from a second one, every sync real. */
export const takeIn = async (): Promise<Section> => {
  const around = noise();
  const dir = await mkdtemp(join(settings.data, 'ingest-'));
  const server = await startServer(dir);
  const { sk } = keysFile.parse(JSON.parse(await readFile(join(dir, inFolder.keys), 'utf8'))).keys;
  const common = { url: server.url, keys: { [sk]: 1 }, backDays: 0 };
  try {
    around.sample();
    // The first seconds of a process compile it. Single calls first: after three million events the same second would also be spent on compacting them.
    const first = await load({
      ...common,
      kind: 'track',
      perSecond: 1_000,
      seconds: 5,
      inFlight: singlesInFlight,
    });
    const singles = await watched(server, () =>
      load({
        ...common,
        kind: 'track',
        perSecond: 1_000,
        seconds: settings.trackSeconds,
        inFlight: singlesInFlight,
      }),
    );
    around.sample();
    const warm = await load({ ...common, kind: 'batch', perSecond: null, seconds: 2, inFlight });
    const batches = await watched(server, () =>
      load({ ...common, kind: 'batch', perSecond: null, seconds: settings.batchSeconds, inFlight }),
    );
    around.sample();
    const acknowledged = first.events + warm.events + batches.load.events + singles.load.events;
    const client = caller(server.url);
    const { body } = await client.get('/v1/stats?metric=count&from=last:1d&include_bots=true', sk);
    client.close();
    const stored = counted.parse(JSON.parse(body)).rows[0]?.value ?? 0;
    await rm(`${dir}.log`, { force: true });
    return section(batches, singles, { acknowledged, stored }, around.sentence());
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

const watched = async ({ pid }: Server, act: () => Promise<Loaded>): Promise<Run> => {
  const memory: number[] = [];
  const before = cpuSeconds(pid);
  const timer = setInterval(() => memory.push(residentMb(pid)), 1_000);
  const result = await act();
  clearInterval(timer);
  memory.push(residentMb(pid));
  return { load: result, memory, cores: (cpuSeconds(pid) - before) / result.seconds };
};

const section = (
  batches: Run,
  singles: Run,
  { acknowledged, stored }: { acknowledged: number; stored: number },
  sentence: string,
): Section => {
  const rate = batches.load.events / batches.load.seconds;
  const memory = [...batches.memory, ...singles.memory];
  const refused = { ...batches.load.refused, ...singles.load.refused };
  const { p99 } = singles.load.latency;
  return {
    title: 'Ingest',
    notes: [
      `One server process, the load from a second one over loopback on the same machine, ${inFlight} batches of 500 events under way; each event has its own event_id, address, user agent, URL, referrer and three properties. 202 comes after the sync.`,
      `Single calls are sent at fixed times and timed from when they were due, so waiting in line counts.`,
      `Processor: the server used ${batches.cores.toFixed(2)} cores during the batches and ${singles.cores.toFixed(2)} during the single calls, the load ${(batches.load.cpuSeconds / batches.load.seconds).toFixed(2)} and ${(singles.load.cpuSeconds / singles.load.seconds).toFixed(2)}.`,
      Object.keys(refused).length === 0
        ? 'Every request was answered 202.'
        : `Not answered 202: ${JSON.stringify(refused)}.`,
      ...(inMemory(settings.data)
        ? [
            '**The data folder is in memory (tmpfs), so syncs cost nothing here: set MILLIMETRIC_BENCH_DATA to a disk.**',
          ]
        : []),
      sentence,
    ],
    tables: [
      verdicts('Targets', [
        {
          what: `events a second over ${shown(batches.load.seconds)} s`,
          target: '≥ 50,000',
          measured: shown(rate),
          met: rate >= 50_000,
        },
        {
          what: 'p99 of single calls at 1,000 a second',
          target: '< 20 ms',
          measured: `${shown(p99)} ms`,
          met: p99 < 20,
        },
        {
          what: 'the server’s memory, its highest',
          target: '< 400 MB',
          measured: `${shown(Math.max(...memory))} MB`,
          met: Math.max(...memory) < 400,
        },
        {
          what: 'events acknowledged and then found by a question',
          target: 'all, once',
          measured: `${shown(acknowledged)} and ${shown(stored)}`,
          met: acknowledged === stored,
        },
      ]),
      {
        title: 'Batches: events acknowledged in a second, by quarters of the run',
        columns: ['quarter', 'median', 'slowest second', 'server memory, MB'],
        rows: [0, 1, 2, 3].map((quarter) => {
          const seconds = part(batches.load.perSecond, quarter);
          return [
            String(quarter + 1),
            shown(median(seconds)),
            shown(Math.min(...seconds)),
            shown(Math.max(...part(batches.memory, quarter))),
          ];
        }),
      },
      {
        title: 'Latency, ms',
        columns: ['', 'p50', 'p90', 'p99', 'slowest', 'requests a second', 'server memory at the end, MB'],
        rows: [
          ['batches of 500', ...latency(batches, 500)],
          ['single calls', ...latency(singles, 1)],
        ],
      },
    ],
  };
};

const latency = ({ load: { latency: l, events, seconds }, memory }: Run, size: number): readonly string[] =>
  [l.p50, l.p90, l.p99, l.max, events / size / seconds, quantile(memory.slice(-1), 1)].map(shown);

const part = (values: readonly number[], quarter: number): readonly number[] =>
  values.slice(
    Math.floor((values.length * quarter) / 4),
    Math.max(1, Math.floor((values.length * (quarter + 1)) / 4)),
  );
