import * as z from 'zod';
import type { Installation } from './installation.ts';
import { parsedJson } from './parsed-json.ts';
import { failed, type Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** What came back. `status` 0: nothing did, and `body` says why. */
export interface Reply {
  readonly status: number;
  /** JSON as a value; undefined where it was none. */
  readonly body: unknown;
  /** What `Retry-After` asks for. */
  readonly waitMs: number | undefined;
}

const patienceMs = 60_000;
/** What is on its way at a Ctrl-C may still arrive within this. */
const lastWordsMs = 1000;
/** Names us to the server, so that our own calls are not taken for a crawler’s. */
const ours = { 'user-agent': 'Millimetric/0.1 (command line)' } as const;

/** One request with JSON text. Never throws: silence is a reply too. */
const post = (
  { url, key }: Installation,
  path: string,
  body: string,
  terminal: Terminal,
  stop?: AbortSignal,
  method = 'POST',
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> =>
  send(
    url + path,
    {
      method,
      headers: { ...ours, authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(method !== 'GET' && { body }),
    },
    terminal,
    stop,
  );

/** Refuses at once where nothing listens, before a long job starts. */
export const mustAnswer = async (url: string, terminal: Terminal): Promise<void> => {
  const reply = await send(`${url}/healthz`, { headers: ours }, terminal);
  if (reply.status === 0) throw refusal(reply, url);
};

async function send(
  address: string,
  request: RequestInit,
  terminal: Terminal,
  stop?: AbortSignal,
): Promise<Reply> {
  const left = new AbortController();
  // Whoever presses Ctrl-C is not kept waiting by a server that says nothing; what is sent again counts once.
  const leave = (): void => void setTimeout(() => left.abort(), lastWordsMs).unref();
  if (stop?.aborted) leave();
  stop?.addEventListener('abort', leave, { once: true });
  try {
    const answer = await fetch(address, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), left.signal]),
    });
    return {
      status: answer.status,
      body: parsedJson(await answer.text()),
      waitMs: retryAfter(answer.headers.get('retry-after'), terminal.now()),
    };
  } catch (thrown) {
    return { status: 0, body: whyNot(thrown), waitMs: undefined };
  } finally {
    stop?.removeEventListener('abort', leave);
  }
}

/** A request is sent this often before we give up: a minute and a half of waiting. */
const patientTries = 9;
const longestWaitMs = 5 * 60_000;

/** Posts, or does what `method` says, until there is an answer worth having: 408, 429, 5xx and silence are tried again after `Retry-After`, else after a growing, jittered pause. */
export const insist = async (
  installation: Installation,
  path: string,
  body: string,
  terminal: Terminal,
  {
    tries = patientTries,
    signal,
    onWait,
    method,
    headers,
  }: {
    readonly tries?: number;
    readonly signal?: AbortSignal;
    readonly onWait?: (why: string, ms: number) => void;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Reply> => {
  for (let attempt = 1; ; attempt++) {
    const reply = await post(installation, path, body, terminal, signal, method, headers);
    const waitMs = reply.waitMs ?? Math.min(30_000, 500 * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
    if (!isPassing(reply) || attempt === tries || waitMs > longestWaitMs || signal?.aborted) return reply;
    onWait?.(reply.status === 0 ? 'no answer' : `${reply.status}`, waitMs);
    await terminal.wait(waitMs, signal);
    if (signal?.aborted) return reply;
  }
};

/** Would the same request do better later? A used-up month would not. */
const isPassing = (reply: Reply): boolean =>
  reply.status === 0 ||
  reply.status === 408 ||
  reply.status >= 500 ||
  (reply.status === 429 && problemCodeOf(reply) !== 'quota_exceeded');

const problem = z.object({
  error: z.string(),
  message: z.string(),
  details: z.object({ fieldErrors: z.record(z.string(), z.array(z.string())).optional() }).optional(),
});

/** The contract’s stable word for a refusal; undefined where the answer has none. */
export const problemCodeOf = (reply: Reply): string | undefined => problem.safeParse(reply.body).data?.error;

/** The contract’s `details.fieldErrors`, empty where there are none. */
export const fieldErrors = (reply: Reply): Readonly<Record<string, readonly string[]>> =>
  problem.safeParse(reply.body).data?.details?.fieldErrors ?? {};

/** A refusal as a sentence with the server’s code, and the fields it names. */
export const refusal = (reply: Reply, url: string): Stop => {
  if (reply.status === 0)
    return failed(
      `Nothing answers at ${url} (${String(reply.body)}). Start the product with \`npm start\`, or name another installation with --url.`,
    );
  const said = problem.safeParse(reply.body);
  if (!said.success)
    return failed(`${url} answered ${reply.status} and not in the words of this product. Is --url right?`);
  const fields = Object.entries(fieldErrors(reply)).map(([field, why]) => `\n  ${field}: ${why.join('; ')}`);
  return failed(`${said.data.message} (${reply.status} ${said.data.error})${fields.join('')}`);
};

function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const coded = z.object({ code: z.string() });

function whyNot(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no reason given';
  if (thrown.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  return coded.safeParse(thrown.cause).data?.code ?? thrown.message;
}
