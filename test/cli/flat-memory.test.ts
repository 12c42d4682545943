import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const megabytes = 50;
const perChunk = 500;
const padding = 'x'.repeat(150);

test(`${megabytes} MB of different lines pass through a heap of 96 MB`, async () => {
  const report =
    'data:text/javascript,process.on("exit",()=>console.error("rss",process.resourceUsage().maxRSS))';
  const child = spawn(process.execPath, [
    '--max-old-space-size=96',
    '--import',
    report,
    'bin/millimetric.ts',
    'import',
    '-',
    '--dry-run',
  ]);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const end = once(child, 'close');
  let [lines, bytes] = [0, 0];
  while (bytes < megabytes * 1e6) {
    const chunk = Array.from(
      { length: perChunk },
      (_, i) =>
        `192.0.2.${i % 250} - - [17/May/2015:10:05:03 +0000] "GET /${lines + i} HTTP/1.1" 200 5 "-" "Agent ${lines + i} ${padding}"\n`,
    ).join('');
    lines += perChunk;
    bytes += chunk.length;
    if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  expect(await end).toEqual([0, null]);
  expect(said.out).toContain(
    `${lines.toLocaleString('en-US')} lines read, ${lines.toLocaleString('en-US')} events`,
  );
  expect(Number(/rss (\d+)/.exec(said.err)?.[1]) / 1024).toBeLessThan(300);
}, 600_000);
