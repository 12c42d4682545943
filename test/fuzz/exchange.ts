import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { problems } from '../../src/problems.ts';
import { parseAnswer, type RawAnswer } from '../local/raw.ts';

/** A request as it goes over the wire; `headers` may repeat names and hold any bytes. */
export interface Wire {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What this is on the wire, with its length and a wish to hang up added. */
export const bytesOf = ({ method, target, headers, body }: Wire): Buffer => {
  const content = Buffer.from(body, 'utf8');
  const lines = [
    ['Host', 'localhost'],
    ['Connection', 'close'],
    ...(content.length > 0 || method === 'POST' ? [['Content-Length', String(content.length)]] : []),
    ...headers,
  ];
  return Buffer.concat([
    Buffer.from(
      `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      'latin1',
    ),
    content,
  ]);
};

/** Sends bytes and reads until the other side hangs up; rejects when it has not within `withinMs`. */
export const exchange = (
  url: string,
  bytes: Uint8Array,
  { withinMs = 10_000, end = false } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const came: Buffer[] = [];
    const bound = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `no whole answer within ${withinMs} ms; so far: ${Buffer.concat(came).toString().slice(0, 200)}`,
        ),
      );
    }, withinMs);
    const finish = () => {
      clearTimeout(bound);
      socket.destroy();
      resolve(Buffer.concat(came).toString());
    };
    socket.on('connect', () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk) => came.push(chunk));
    socket.on('end', finish).on('error', finish).on('close', finish);
  });

/** What is wrong with an answer, or undefined: the promises that every answer keeps, whatever was asked. */
export const wrongWith = (
  text: string,
  { method, target }: Pick<Wire, 'method' | 'target'>,
): string | undefined => {
  const answer = parseAnswer(text);
  const { status, headers, body } = answer;
  if (!text.startsWith('HTTP/1.1 ') || !Number.isInteger(status)) return 'no HTTP answer';
  if (status >= 500) return `status ${status}`;
  if (!headers['x-request-id']) return 'no X-Request-Id';
  if (method === 'HEAD' || status === 204) return body === '' ? undefined : 'a body where none may be';
  if (!headers['content-type']?.includes('json'))
    return status < 400 ? undefined : 'an error that is not JSON';
  if (body === '') return status === 202 ? undefined : 'an empty JSON body';
  const said = parsed(body);
  if (said === undefined) return 'a body that is not JSON';
  // The protocol’s own errors stand in JSON-RPC’s form; what failed on our side is still a failure.
  if (target.startsWith('/mcp') && 'jsonrpc' in said)
    return body.includes('"tool_failed"') || body.includes('internal_error')
      ? 'a failure of ours inside JSON-RPC'
      : undefined;
  return status < 400 ? undefined : wrongWithProblem(answer, said);
};

const wrongWithProblem = ({ status, headers }: RawAnswer, said: object): string | undefined => {
  const { error, message, ...more } = { error: undefined, message: undefined, ...said };
  const kind = Object.entries(problems).find(([code]) => code === error)?.[1];
  if (kind === undefined) return `an error code that is not in the table: ${String(error)}`;
  if (kind.status !== status) return `${String(error)} with status ${status}`;
  if (typeof message !== 'string' || message === '') return 'an error without a sentence';
  if (status === 401 && headers['www-authenticate'] === undefined) return 'a 401 without WWW-Authenticate';
  return isDeepStrictEqual(Object.keys(more), []) || isDeepStrictEqual(Object.keys(more), ['details'])
    ? undefined
    : `more than {error, message, details}: ${Object.keys(more)}`;
};

const parsed = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
