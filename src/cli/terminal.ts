import { setTimeout as sleep } from 'node:timers/promises';

/** What a command may touch of the process it runs in; a test hands in its own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Does a person read standard output, standard error? */
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  /** Width of the window in characters. */
  readonly columns: number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A signal that is aborted at the first Ctrl-C from now on; the second one ends the process. */
  readonly interruption: () => AbortSignal;
}

/** The terminal this process was started in. */
export const processTerminal = (): Terminal => {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', () => process.exit(0));
  return {
    env: process.env,
    stdin: process.stdin,
    outIsTty: process.stdout.isTTY === true,
    errIsTty: process.stderr.isTTY === true,
    columns: process.stdout.columns || process.stderr.columns || 80,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    now: Date.now,
    wait: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    interruption: () => {
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      process.once('SIGTERM', () => stop.abort());
      return stop.signal;
    },
  };
};
