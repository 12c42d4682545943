import { Agent, request } from 'node:http';

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Requests to one server over connections that stay open, at most so many at a time. */
export interface Caller {
  readonly get: (path: string, key: string) => Promise<Reply>;
  readonly post: (path: string, key: string, body: Uint8Array) => Promise<Reply>;
  readonly close: () => void;
}

/** A plain HTTP client: little work of its own beside the server it measures. */
export const caller = (url: string, connections = 1): Caller => {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const call = (method: string, path: string, key: string, body?: Uint8Array): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      };
      const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    get: (path, key) => call('GET', path, key),
    post: (path, key, body) => call('POST', path, key, body),
    close: () => agent.destroy(),
  };
};
