import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** The product as a process of its own, taking requests. */
export interface ProductProcess {
  readonly child: ChildProcess;
  /** Without a slash at the end. */
  readonly url: string;
}

/** Starts the product on this data folder with a free port. `command`: what starts it, if not Node itself; `onStart` hears of the process at once. */
export const startProcess = async (
  data: string,
  onStart: (child: ChildProcess) => void,
  {
    command = [process.execPath, 'bin/local.ts'],
    as = {},
    channel = false,
  }: {
    readonly command?: readonly string[];
    /** Is there a channel for messages between it and us? */
    readonly channel?: boolean;
    readonly as?: { readonly uid?: number; readonly gid?: number };
  } = {},
): Promise<ProductProcess> => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, PORT: '0', MILLIMETRIC_DATA: data },
    stdio: channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    ...as,
  });
  onStart(child);
  let said = '';
  let complained = '';
  child.stderr?.on('data', (text) => {
    complained = `${complained}${text}`.slice(-4_000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (text) => {
      said += text;
      const found = /runs on (\S+)/.exec(said)?.[1];
      if (found !== undefined && /Ctrl-C/.test(said)) resolve(found);
    });
    child.on('close', (code) => reject(new Error(`the product ended with ${code}: ${complained}`)));
  });
  return { child, url };
};

/** Ends a process that may have ended already. */
export const end = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
  const closed = once(child, 'close');
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await closed;
};

/** Who sends events and asks for them. */
export interface Caller {
  readonly acknowledged: string[];
  readonly refused: string[];
  /** The status and error code of one batch: of 100 new events, each with so much text. */
  readonly send: (textLength?: number) => Promise<readonly [number, string | undefined]>;
  /** The same for all that was refused until now; what is taken is acknowledged from then on. */
  readonly sendAgain: () => Promise<readonly [number, string | undefined]>;
  /** The ids that a question finds, in their order, and what the answer notes. */
  readonly ask: () => Promise<{ readonly ids: readonly string[]; readonly notes: readonly string[] }>;
}

const saved = z.object({
  rows: z.array(z.object({ event_id: z.string() })),
  next_cursor: z.string().nullish(),
  notes: z.array(z.string()).optional(),
});
const keysFile = z.object({ keys: z.object({ sk: z.string() }) });

/** A caller of the product at an address that may change, with the key in that file. Remembers what was acknowledged and what refused. */
export const callerOf = async (urlNow: () => string, keysPath: string): Promise<Caller> => {
  const { keys } = keysFile.parse(JSON.parse(await readFile(keysPath, 'utf8')));
  const headers = { authorization: `Bearer ${keys.sk}`, 'content-type': 'application/json' };
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let next = 0;
  const batch = async (ids: readonly string[], textLength: number) => {
    const events = ids.map((event_id) => ({
      event_id,
      event: 'saved',
      anonymous_id: 'a',
      properties: { event_id, text: 'x'.repeat(textLength) },
    }));
    const answer = await fetch(`${urlNow()}/v1/batch`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ events }),
    });
    const { error } = z.object({ error: z.string().optional() }).parse(await answer.json());
    (answer.status === 202 ? acknowledged : refused).push(...ids);
    return [answer.status, error] as const;
  };
  return {
    acknowledged,
    refused,
    send: (textLength = 500) =>
      batch(
        Array.from({ length: 100 }, () => `event-${next++}`),
        textLength,
      ),
    sendAgain: () => batch(refused.splice(0), 500),
    ask: async () => {
      const ids: string[] = [];
      const notes = new Set<string>();
      for (let page = '/v1/query?event=saved&limit=1000'; page !== ''; ) {
        const answer = await fetch(`${urlNow()}${page}`, { headers });
        const text = await answer.text();
        if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
        const found = saved.parse(JSON.parse(text));
        ids.push(...found.rows.map(({ event_id }) => event_id));
        for (const note of found.notes ?? []) notes.add(note);
        page = found.next_cursor == null ? '' : `/v1/query?cursor=${found.next_cursor}`;
      }
      return { ids: ids.toSorted(), notes: [...notes] };
    },
  };
};

/** Where the product keeps its keys in a data folder. */
export const keysIn = (data: string): string => join(data, 'keys.json');

/** The most memory a process has had, MB; undefined where the system does not say. */
export const highestMb = async (pid: number | undefined): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kb = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
};
