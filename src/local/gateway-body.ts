import type { IncomingMessage } from 'node:http';
import { gatewayAnswers } from '../serve/gateway-answers.ts';

/** The client went away before its request was whole: nobody is left to answer. */
export const hungUp = Symbol('hung up');

/** Does the head announce more than may come? */
export const announcesTooMuch = ({ headers }: IncomingMessage, limitBytes: number): boolean => Number(headers['content-length'] ?? 0) > limitBytes;

/** The body as text; throws `payload_too_large` as soon as it is over the limit, `hungUp` when it never ends. Reads on only while asked to. */
export const bodyOf = (request: IncomingMessage, limitBytes: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) return void chunks.push(chunk);
      request.removeAllListeners('data').pause();
      reject(gatewayAnswers.tooLarge);
    });
    request.on('end', () => resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks, bytes).toString()));
    request.on('error', () => reject(hungUp));
    request.on('close', () => reject(hungUp));
  });
