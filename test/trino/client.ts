/** An answer as Trino’s protocol gives it: JSON values, integers beyond 2^53 as bigint. */
export interface TrinoAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** Bytes read from storage, as they lie there. */
  readonly bytes: number;
}

/** Where and how to ask. */
export interface TrinoPlace {
  /** E.g. http://127.0.0.1:18080. */
  readonly url: string;
  readonly catalog?: string;
  readonly schema?: string;
  readonly signal?: AbortSignal;
}

/** A statement that Trino refused or could not finish; `code` is its error’s name, e.g. SYNTAX_ERROR, `type` whose fault it is, e.g. USER_ERROR. */
export class TrinoError extends Error {
  readonly code: string;
  readonly type: string;
  constructor(code: string, message: string, type = 'EXTERNAL') {
    super(message);
    this.name = 'TrinoError';
    this.code = code;
    this.type = type;
  }
}

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly stats?: { readonly physicalInputBytes?: number };
  readonly error?: { readonly errorName: string; readonly errorType: string; readonly message: string };
}

/**
 * Runs one statement to its end. Rejects with a TrinoError; an aborted statement is cancelled on the server too. A server that has just started takes statements
 * seconds before its node has announced a catalog, and refuses those that read from it with NO_NODES_AVAILABLE, having run nothing: they are sent again.
 */
export async function trino(statement: string, place: TrinoPlace, tries = 120): Promise<TrinoAnswer> {
  try {
    return await once(statement, place);
  } catch (error) {
    if (
      tries === 0 ||
      place.signal?.aborted === true ||
      !(error instanceof TrinoError) ||
      error.code !== 'NO_NODES_AVAILABLE'
    )
      throw error;
    await pause(250);
    return trino(statement, place, tries - 1);
  }
}

async function once(statement: string, place: TrinoPlace): Promise<TrinoAnswer> {
  const headers = {
    'X-Trino-User': 'test',
    'X-Trino-Catalog': place.catalog ?? 'memory',
    'X-Trino-Schema': place.schema ?? 'default',
    'X-Trino-Time-Zone': 'UTC',
    // Without it timestamps lose their precision on the way.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  };
  const rows: (readonly unknown[])[] = [];
  let columns: TrinoAnswer['columns'] = [];
  let page = await call(`${place.url}/v1/statement`, { method: 'POST', headers, body: statement });
  for (;;) {
    if (page.error !== undefined)
      throw new TrinoError(page.error.errorName, page.error.message, page.error.errorType);
    if (place.signal?.aborted === true && page.nextUri !== undefined) {
      await fetch(page.nextUri, { method: 'DELETE', headers });
      throw place.signal.reason;
    }
    columns = page.columns ?? columns;
    rows.push(...(page.data ?? []));
    if (page.nextUri === undefined) return { columns, rows, bytes: page.stats?.physicalInputBytes ?? 0 };
    page = await call(page.nextUri, { headers });
  }
}

async function call(url: string, request: RequestInit, tries = 100): Promise<Page> {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text, exact);
  if (tries === 0 || ![429, 502, 503, 504].includes(answer.status))
    throw new TrinoError(`HTTP_${answer.status}`, text);
  await pause(100);
  return call(url, request, tries - 1);
}

const exact = (_key: string, value: unknown, { source }: { source?: string } = {}): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
