import type { Running } from '../local/product.ts';

/** What came back from /v1/admin: the status, the row or the refusal, and the version. */
export interface Came {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly etag: string | null;
}

/** Calls a running product’s administration with this key. */
export const caller =
  ({ url }: Pick<Running, 'url'>, key: string) =>
  async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Came> => {
    const answer = await fetch(`${url}/v1/admin/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()), etag: answer.headers.get('etag') };
  };
