/** What one way of saying no means on the wire. */
interface ProblemKind {
  /** HTTP status. */
  readonly status: number;
  /** JSON-RPC code in MCP's legacy era; null where it is only ever an HTTP answer. */
  readonly rpc: number | null;
  /** When it happens and what to do, for the docs. */
  readonly when: string;
}

/** Every way to say no. The stable word is the contract (spec/contract.md §2 and §6); doors, gateway, OpenAPI and docs read this table. */
export const problems = {
  invalid_payload: { status: 400, rpc: null, when: 'The body does not fit; `details` names each field.' },
  invalid_params: {
    status: 400,
    rpc: null,
    when: 'The query string does not fit; `details` names each parameter.',
  },
  invalid_group_by: {
    status: 400,
    rpc: null,
    when: 'Unknown column to group by; `details.allowed` lists the columns.',
  },
  missing_bearer_token: {
    status: 401,
    rpc: null,
    when: 'No key was sent: add `Authorization: Bearer <key>`.',
  },
  malformed_api_key: {
    status: 401,
    rpc: null,
    when: 'Not the shape of a key, or mistyped (the checksum differs).',
  },
  invalid_api_key: { status: 401, rpc: null, when: 'No such key, or it was revoked.' },
  key_kind_mismatch: {
    status: 401,
    rpc: null,
    when: 'The stored key is of another kind than the one presented.',
  },
  plan_limit: { status: 402, rpc: -32002, when: 'The account’s plan lacks this feature.' },
  origin_not_allowed: {
    status: 403,
    rpc: null,
    when: 'The page’s origin is not among the project’s allowed_origins.',
  },
  insufficient_scope: { status: 403, rpc: -32000, when: 'This kind of key may not do this.' },
  forget_requires_secret_key: { status: 403, rpc: null, when: 'Erasure needs an sk_ key.' },
  key_kind_not_allowed: { status: 403, rpc: null, when: '/mcp takes rk_ and sk_ keys.' },
  account_key_required: { status: 403, rpc: null, when: '/mcp/account takes ak_ keys.' },
  not_found: { status: 404, rpc: null, when: 'Unknown route or thing.' },
  method_not_allowed: {
    status: 405,
    rpc: null,
    when: 'The route exists, the method does not; `Allow` lists what does.',
  },
  conflict: {
    status: 409,
    rpc: null,
    when: 'The row is no longer the version that `If-Match` names (`details.current` is what it is now), or the `Idempotency-Key` stands for another request.',
  },
  request_timeout: {
    status: 408,
    rpc: null,
    when: 'The request did not arrive whole in time; send it again.',
  },
  payload_too_large: { status: 413, rpc: null, when: 'Body over 4 MiB: send smaller batches.' },
  unsupported_media_type: { status: 415, rpc: null, when: 'Send `Content-Type: application/json`.' },
  rate_limited: {
    status: 429,
    rpc: null,
    when: 'Faster than the plan’s rate, or a budget of questions is used up (`details.budget`); wait `Retry-After` seconds.',
  },
  quota_exceeded: {
    status: 429,
    rpc: null,
    when: 'The plan’s monthly allowance is used up, and a tenth more; `details.resets_at` says until when.',
  },
  headers_too_large: { status: 431, rpc: null, when: 'Request headers over 16 KB.' },
  internal_error: {
    status: 500,
    rpc: -32000,
    when: 'A bug of ours; nothing internal is shown. Quote X-Request-Id.',
  },
  upstream_failed: { status: 502, rpc: -32000, when: 'The store cannot be reached or is full; try again.' },
  query_timeout: {
    status: 504,
    rpc: -32000,
    when: 'The question took too long: ask for a shorter period or fewer groups.',
  },
  unknown_project_id: { status: 404, rpc: -32004, when: 'No such project, or not visible to this key.' },
  unknown_project_slug: { status: 404, rpc: -32004, when: 'No such project, or not visible to this key.' },
  no_projects_visible: { status: 404, rpc: -32005, when: 'This key sees no project.' },
} as const satisfies Record<string, ProblemKind>;

/** A stable word of the contract. */
export type ProblemCode = keyof typeof problems;

/** What a problem may carry beside its sentence. */
export interface ProblemMore {
  readonly details?: Readonly<Record<string, unknown>>;
  /** Extra response headers, e.g. `Allow`, `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An expected failure. `message` is for the caller: what was wrong, what came, what is allowed, what to do. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, message: string, more: ProblemMore = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.code = code;
    this.details = more.details;
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }

  /** The body every non-2xx answer has (contract §2). */
  get body(): { error: ProblemCode; message: string; details?: Readonly<Record<string, unknown>> } {
    return {
      error: this.code,
      message: this.message,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Whatever was thrown, as a problem: anything unexpected is `internal_error` and says nothing of its inside. */
export const asProblem = (thrown: unknown): Problem =>
  thrown instanceof Problem
    ? thrown
    : new Problem(
        'internal_error',
        'Something went wrong on our side. Try again; if it stays, report the X-Request-Id of this answer.',
        { cause: thrown },
      );
