import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { end, highestMb, keysIn, startProcess } from './product-process.ts';
import { webLog } from './web-log.ts';

/** `MILLIMETRIC_IMPORT_MB=10000` is the ten gigabytes of the specification. */
const megabytes = Number(process.env.MILLIMETRIC_IMPORT_MB ?? 10);
/** What either process may have at its highest, however much passes through. */
const mostMb = 700;

let data: string;
const running: ChildProcess[] = [];
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'large-'));
});
afterAll(async () => {
  for (const child of running.splice(0)) await end(child);
  await rm(data, { recursive: true, force: true });
});

const valued = z.object({ rows: z.tuple([z.object({ value: z.number() })]) });

test(
  `${megabytes} MB of a web log go through a pipe into the product: every line is counted, both processes stay below ${mostMb} MB`,
  async () => {
    const product = await startProcess(data, (child) => running.push(child), {
      command: [process.execPath, '--max-semi-space-size=4', '--initial-old-space-size=64', 'bin/local.ts'],
    });
    const importing = spawn(
      process.execPath,
      ['bin/millimetric.ts', 'import', '-', '--site', 'http://www.example.com', '--url', product.url],
      {
        env: { PATH: process.env.PATH, MILLIMETRIC_DATA: data },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    running.push(importing);
    const said = { out: '', err: '' };
    importing.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    importing.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    const ended = once(importing, 'close');
    const log = webLog();
    let highest: number | undefined;
    while (log.bytes < megabytes * 1e6) {
      if (importing.stdin.write(log.next(2_000))) continue;
      await once(importing.stdin, 'drain');
      highest = (await highestMb(importing.pid)) ?? highest;
    }
    importing.stdin.end();
    expect(await ended, said.err).toEqual([0, null]);

    const number = (count: number) => count.toLocaleString('en-US');
    const kept = ['$pageview', 'file_download', 'request_failed'].map(
      (kind) => [kind, log.kinds.get(kind) ?? 0] as const,
    );
    const all = kept.reduce((sum, [, count]) => sum + count, 0);
    expect(said.out).toContain(`${number(log.lines)} lines read, ${number(all)} events delivered`);
    for (const [kind, count] of log.kinds)
      expect(said.out).toMatch(new RegExp(`${kind.replace('$', '\\$')} +${number(count)}\n`));

    const { keys } = z
      .object({ keys: z.object({ rk: z.string() }) })
      .parse(JSON.parse(await readFile(keysIn(data), 'utf8')));
    const ask = async (question: Readonly<Record<string, string>>): Promise<number> => {
      const to = new Date(Date.UTC(2025, 0, 1 + log.days)).toISOString();
      const asked = new URLSearchParams({ from: '2025-01-01', to, include_bots: 'true', ...question });
      const answer = await fetch(`${product.url}/v1/stats?${asked}`, {
        headers: { authorization: `Bearer ${keys.rk}` },
      });
      return valued.parse(await answer.json()).rows[0].value;
    };
    for (const [event, count] of kept) expect(await ask({ event }), event).toBe(count);
    expect(await ask({ metric: 'uniques' })).toBe(log.visitors);

    const server = await highestMb(product.child.pid);
    process.stdout.write(
      `${said.out.split('\n')[0]} Highest memory: import ${highest} MB, server ${server} MB.\n`,
    );
    for (const mb of [highest, server]) if (mb !== undefined) expect(mb).toBeLessThan(mostMb);
  },
  60_000 + megabytes * 1_000,
);
