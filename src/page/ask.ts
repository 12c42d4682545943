/** Each question’s path without a slash before it, from the table of routes; set where the page is built. */
declare const paths: Readonly<Record<string, string>>;

/** A value in a row. */
export type Datum = string | number | boolean | null;
export type AnswerRow = Readonly<Record<string, Datum>>;
/** A question with its arguments. */
export interface Call {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}
/** What the page reads of an answer. */
export interface Heard {
  readonly rows: readonly AnswerRow[];
  readonly columns: readonly { readonly name: string; readonly type: string; readonly unit?: string }[];
  readonly period: { readonly from: string; readonly to: string; readonly timezone: string };
  readonly complete_until: string;
  readonly partial_buckets: readonly string[];
  readonly additive: boolean;
  readonly truncated: { readonly shown: number; readonly of: number | null; readonly what: string } | null;
  readonly notes: readonly string[];
  readonly cost: { readonly bytes_scanned: number; readonly ms: number; readonly cached: boolean };
  readonly profile?: AnswerRow;
}

/** Why there is no answer, in the product’s words. `status` 0: it was not reached. */
export class RefusedCall extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The address of a question, relative to the page’s, so that it is right below a stage too. */
export const addressOf = ({ tool, args }: Call): string => {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(args))
    if (value !== undefined) said.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const query = said.toString();
  return `${paths[tool] ?? ''}${query === '' ? '' : `?${query}`}`;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isAnswer = (value: unknown): value is Heard =>
  isRecord(value) && Array.isArray(value.rows) && Array.isArray(value.columns) && isRecord(value.period);

/** Asks as long as it takes: a question that runs on is waited for, until `signal` aborts. Rejects with RefusedCall. */
export const askFor = async (call: Call, key: string, signal: AbortSignal): Promise<Heard> => {
  let query_id: unknown;
  for (;;) {
    const { status, body } = await get(
      addressOf({ ...call, args: { ...call.args, query_id } }),
      { Authorization: `Bearer ${key}` },
      signal,
    );
    if (status === 202 && isRecord(body)) query_id = body.query_id;
    else if (status === 200 && isAnswer(body)) return body;
    else throw new RefusedCall(status, isRecord(body) ? String(body.message ?? '') : '');
  }
};

/** The key that a one-time code stands for; undefined where it is none any more. */
export const keyFor = async (code: string): Promise<string | undefined> => {
  const answer = await fetch('app/sign-in', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
    credentials: 'omit',
    cache: 'no-store',
  });
  const body: unknown = await answer.json();
  return answer.ok && isRecord(body) && typeof body.key === 'string' ? body.key : undefined;
};

const get = async (address: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => {
  try {
    const answer = await fetch(address, { headers, signal, credentials: 'omit', cache: 'no-store' });
    const body: unknown = await answer.json();
    return { status: answer.status, body };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new RefusedCall(0, '');
  }
};

/** At most so many questions at once, the first ones first, so that the page fills from its top. */
export const inTurn = (most: number) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
};
