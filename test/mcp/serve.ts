import { request as ask, createServer, type IncomingMessage, type Server } from 'node:http';
import { answer } from '../../src/mcp/core.ts';
import type { McpHost } from '../../src/mcp/host.ts';

/** Something that listens on a port of this machine until it is closed. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The core on a real port, with the check of Host and Origin that doors make. */
export const serveMcp = (host: McpHost): Promise<Served> =>
  listen(
    createServer(async (request, response) => {
      const ours = [request.headers.host, request.headers.origin?.replace(/^https?:\/\//, '')].every(
        (name) => name === undefined || /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(name),
      );
      const told = ours
        ? await answer(
            { method: request.method ?? '', headers: texts(request.headers), body: await bodyOf(request) },
            host,
          )
        : { status: 403, headers: {}, body: '{}' };
      response.writeHead(told.status, told.headers).end(told.body);
    }),
  );

/**
 * Passes everything on to `target` with `headers` added: the suite and others cannot send a key themselves.
 * A Host or Origin that names the proxy names the target there; any other, a rebinding page’s too, stays as it came.
 */
export const addHeaders = (target: string, headers: Readonly<Record<string, string>>): Promise<Served> =>
  listen(
    createServer(async (request, response) => {
      const here = `127.0.0.1:${request.socket.localPort}`;
      const there = new URL(target).host;
      const ours = (name: string, value: unknown): value is string =>
        (name === 'host' || name === 'origin') && typeof value === 'string';
      const came = Object.entries(request.headers).map(
        ([name, value]) => [name, ours(name, value) ? value.replace(here, there) : value] as const,
      );
      const body = await bodyOf(request);
      const onward = ask(
        target,
        { method: request.method ?? 'GET', headers: { ...Object.fromEntries(came), ...headers } },
        (answered) => {
          response.writeHead(answered.statusCode ?? 502, answered.headers);
          answered.pipe(response);
        },
      );
      onward.on('error', () => response.writeHead(502).end());
      onward.end(body);
    }),
  );

const listen = async (server: Server): Promise<Served> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

const texts = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};
