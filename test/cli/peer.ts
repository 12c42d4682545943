import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a peer was asked. */
export interface Heard {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly body: string;
}

/** What it says; `undefined` hangs up without a word. */
export type Says =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | undefined;

/** A real HTTP peer on a free port that writes down what it hears: for what a healthy server does not do on request. */
export const peer = async (answer: (heard: Heard, nth: number) => Says) => {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/healthz') {
        response.writeHead(200).end('{"ok":true}');
        return;
      }
      const one = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        userAgent: request.headers['user-agent'],
        body: Buffer.concat(parts).toString('utf8'),
      };
      heard.push(one);
      const says = answer(one, heard.length);
      if (says === undefined) {
        request.socket.destroy();
        return;
      }
      response
        .writeHead(says.status, { 'content-type': 'application/json', ...says.headers })
        .end(JSON.stringify(says.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${isPort(address) ? address.port : 0}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, heard, close, [Symbol.asyncDispose]: close };
};

const isPort = (address: string | AddressInfo | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;
