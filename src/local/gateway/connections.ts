import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Connections need the descriptors that files need too: they get this part of them. */
const share = 0.5;
const least = 16;
const most = 8_192;

/** How many connections may be open at once where a process may have so many descriptors. */
export const connectionsFor = (descriptors: number): number =>
  Math.max(least, Math.min(most, Math.floor(descriptors * share)));

/** How many descriptors this process may have. */
export const descriptorLimit = (): number => {
  const { report } = process;
  // Without this it asks for the names of all its peers.
  Object.assign(report, { excludeNetwork: true });
  const limits: unknown = Reflect.get(report.getReport(), 'userLimits');
  const files: unknown = isRecord(limits) ? limits.open_files : undefined;
  const soft = isRecord(files) ? Number(files.soft) : Number.NaN;
  return Number.isNaN(soft) ? Number.POSITIVE_INFINITY : soft;
};
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Lets a server have at most so many connections. One more ends the one that has been idle longest, i.e. has no request that is being answered; where none is idle, the new one is refused. */
export const boundConnections = (server: Server, limit: number): void => {
  /** Longest idle first: a set gives its members in the order they came. */
  const idle = new Set<Socket>();
  const open = new Set<Socket>();
  const underWay = new Map<Socket, number>();

  server.on('connection', (socket: Socket) => {
    if (open.size >= limit) {
      const [oldest] = idle;
      if (oldest === undefined) return void socket.destroy();
      idle.delete(oldest);
      open.delete(oldest);
      oldest.destroy();
    }
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
      underWay.delete(socket);
    });
  });
  const began = ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1;
      underWay.set(socket, left);
      if (left === 0 && open.has(socket)) idle.add(socket);
    });
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const)
    server.prependListener(event, began);
};
