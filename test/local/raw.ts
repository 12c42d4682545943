import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends these bytes as they are and reads until the other side hangs up. Each piece waits for the next answer byte or `pauseMs`, whichever is first. */
export const sendRaw = (
  url: string,
  pieces: readonly (string | Uint8Array)[],
  { end = false, pauseMs = 0 } = {},
): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const came: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(came).toString());
    };
    socket.on('data', (chunk) => came.push(chunk));
    socket.on('end', finish).on('error', finish).on('close', finish);
    const next = (index: number): void => {
      const piece = pieces[index];
      if (piece === undefined) return void (end && socket.end());
      socket.write(piece, () =>
        pauseMs === 0 ? next(index + 1) : void setTimeout(() => next(index + 1), pauseMs),
      );
    };
    socket.on('connect', () => next(0));
  });

/** The first answer in what came. */
export const parseAnswer = (text: string): RawAnswer => {
  const split = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const length = headers['content-length'];
  return {
    status: Number(first.split(' ')[1]),
    headers,
    body: text.slice(split + 4, length === undefined ? undefined : split + 4 + Number(length)),
  };
};
