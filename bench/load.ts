import { caller } from './call.ts';
import { quantile } from './figures.ts';
import { bodies } from './load-bodies.ts';
import { type Loaded, loadSettings } from './load-settings.ts';

// A process that loads a server and says on stdout what became of it. Its one argument: LoadSettings as JSON.

const { url, kind, keys, perSecond, seconds, inFlight, backDays } = loadSettings.parse(
  JSON.parse(process.argv[2] ?? ''),
);
const events = kind === 'batch' ? 500 : 1;
const path = kind === 'batch' ? '/v1/batch' : '/v1/track';
// A body is being sent while its slot could come round again only if more wait than there are slots.
const source = bodies(events, Math.max(2 * inFlight, 64), backDays);
const client = caller(url, inFlight);

const total = Object.values(keys).reduce((a, b) => a + b, 0);
const debts = new Map(Object.keys(keys).map((key) => [key, 0]));
/** The key that is furthest behind its share. */
const nextKey = (): string => {
  let most = '';
  for (const [key, debt] of debts) {
    debts.set(key, debt + (keys[key] ?? 0) / total);
    if (most === '' || (debts.get(key) ?? 0) > (debts.get(most) ?? 0)) most = key;
  }
  debts.set(most, (debts.get(most) ?? 0) - 1);
  return most;
};

const latencies: number[] = [];
const refused: Record<string, number> = {};
const perSecondDone: number[] = [];
let acknowledged = 0;
let waiting = 0;
let wake = () => {};
const began = performance.now();

const send = async (due: number) => {
  waiting++;
  const status = await client.post(path, nextKey(), source.next()).then(
    ({ status }) => String(status),
    (error: unknown) => String(error),
  );
  const now = performance.now();
  latencies.push(now - due);
  if (status === '202') {
    acknowledged += events;
    const second = Math.floor((now - began) / 1000);
    while (perSecondDone.length <= second) perSecondDone.push(0);
    perSecondDone[second] = (perSecondDone[second] ?? 0) + events;
  } else refused[status] = (refused[status] ?? 0) + 1;
  waiting--;
  wake();
};

const gapMs = perSecond === null ? 0 : (events * 1000) / perSecond;
for (let sent = 0; performance.now() - began < seconds * 1000; ) {
  const due = gapMs === 0 ? performance.now() : began + sent * gapMs;
  if (waiting >= inFlight || due > performance.now()) {
    // Whoever is late is not let off: latency counts from when a request was due.
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (waiting < inFlight) setTimeout(resolve, Math.max(0, due - performance.now()));
    });
    continue;
  }
  sent++;
  void send(due);
}
while (waiting > 0) await new Promise<void>((resolve) => (wake = resolve));
client.close();

const used = process.cpuUsage();
const result: Loaded = {
  events: acknowledged,
  seconds: (performance.now() - began) / 1000,
  latency: {
    p50: quantile(latencies, 0.5),
    p90: quantile(latencies, 0.9),
    p99: quantile(latencies, 0.99),
    max: quantile(latencies, 1),
  },
  refused,
  perSecond: perSecondDone,
  cpuSeconds: (used.user + used.system) / 1e6,
};
process.stdout.write(JSON.stringify(result));
