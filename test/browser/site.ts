import { createServer, type Server } from 'node:http';

/** A web site of one page on a free port: an origin of its own. */
export interface Site {
  readonly origin: string;
  /** From now on every address answers with this page. */
  readonly serve: (html: string) => void;
  readonly stop: () => Promise<void>;
}

export const startSite = async (): Promise<Site> => {
  let page = '';
  const server = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page),
  );
  return {
    origin: await listening(server),
    serve: (html) => {
      page = html;
    },
    stop: () => stopped(server),
  };
};

/** Starts it on a free port of this machine; its address. */
export const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

/** Cuts what is open and closes the port. */
export const stopped = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};
