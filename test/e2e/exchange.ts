import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Place } from './place.ts';

/** One request, byte for byte as it is to go out: nothing is normalized, encoded or added but `Host` and `Content-Length`. */
export interface Sent {
  /** Default GET, or POST where there is a body. */
  readonly method?: string;
  /** Below the place’s url, with the query. */
  readonly path: string;
  /** Sent as a bearer token. */
  readonly key?: string;
  /** Names may repeat. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Text and bytes go as they are, anything else as JSON with its content type. */
  readonly body?: unknown;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends one request on a connection of its own. */
export const send = ({ url }: Place, { method, path, key, headers = [], body }: Sent): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    const bytes =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array
        ? Buffer.from(body ?? '')
        : Buffer.from(JSON.stringify(body));
    const verb = method ?? (body === undefined ? 'GET' : 'POST');
    const lines = [
      ['Host', host],
      ['Connection', 'close'],
      ...(key === undefined ? [] : [['Authorization', `Bearer ${key}`]]),
      ...(body === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type')
        ? []
        : [['Content-Type', 'application/json']]),
      ...headers,
      ...(body === undefined && verb !== 'POST' ? [] : [['Content-Length', String(bytes.length)]]),
    ];
    const ask = protocol === 'https:' ? overHttps : overHttp;
    // Refusing a body half way ends the connection: an error after the answer is no failure.
    let answered = false;
    const outgoing = ask(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: pathname.replace(/\/$/, '') + path,
        method: verb,
        headers: lines.flat(),
        agent: false,
      },
      (incoming) => {
        answered = true;
        read(incoming).then(resolve, reject);
      },
    );
    outgoing.on('error', (thrown) => answered || reject(thrown));
    outgoing.end(bytes);
  });

const read = async (incoming: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => incoming.on('close', resolve));
  const headers = Object.entries(incoming.headers).map(([name, value = '']) => [
    name,
    [value].flat().join(', '),
  ]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).toString(),
  };
};
