import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { Problem } from '../../problems.ts';
import { bodyLimitBytes, gatewayAnswers } from '../../serve/gateway-answers.ts';
import { announcedBytes } from '../../serve/unpacked.ts';

/** The client went away before its request was whole: nobody is left to answer. */
export const hungUp = Symbol('hung up');

/** Does the head announce more than may come? */
export const announcesTooMuch = ({ headers }: IncomingMessage, limitBytes: number): boolean =>
  Number(headers['content-length'] ?? 0) > limitBytes;

/** Memory for the bodies of requests under way, however many senders are slow. */
export interface BodyRoom {
  /** The body, as API Gateway hands it on: text, or where it is none base64. What is packed has room for what it announces to be, which is all that it will be unpacked to. Throws `payload_too_large` as soon as it is over the limit, `rate_limited` when there is no room for it, `hungUp` when it never ends. Reads on only while asked to. */
  read(request: IncomingMessage): Promise<Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>>;
  /** What the request held is free again: it is answered, or given up. */
  leave(request: IncomingMessage): void;
}

const isPacked = ({ headers }: IncomingMessage): boolean => headers['content-encoding'] !== undefined;

/** The first bytes of a body always have room, so that single calls pass while large ones wait. */
const freeBytes = 16 << 10;

/** Said to a large body that comes while others fill the room. */
const noRoom = new Problem(
  'rate_limited',
  'Too many large requests are under way at once, so this one was not read. Send it again in 1 second, or in smaller batches.',
  {
    headers: { 'Retry-After': '1' },
    details: { retry_after_s: 1 },
  },
);

/** Room for so many bytes of bodies together, each of at most `bodyLimitBytes`. */
export const bodyRoom = (roomBytes: number): BodyRoom => {
  const held = new Map<IncomingMessage, number>();
  let used = 0;
  // Bodies are put together in one place, one at a time: what is not made needs no collecting.
  const whole = Buffer.allocUnsafeSlow(bodyLimitBytes);

  const takes = (request: IncomingMessage, bytes: number): boolean => {
    const more = Math.max(0, bytes - freeBytes) - (held.get(request) ?? 0);
    if (more <= 0) return true;
    if (used + more > roomBytes) return false;
    held.set(request, (held.get(request) ?? 0) + more);
    used += more;
    return true;
  };
  const joined = (chunks: readonly Buffer[]): Buffer => {
    const [first] = chunks;
    if (first !== undefined && chunks.length === 1) return first;
    let end = 0;
    for (const chunk of chunks) end += chunk.copy(whole, end);
    return whole.subarray(0, end);
  };

  return {
    read: (request) =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        const refuse = (problem: Problem) => {
          request.removeAllListeners('data').pause();
          reject(problem);
        };
        request.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > bodyLimitBytes) return refuse(gatewayAnswers.tooLarge);
          if (!takes(request, bytes)) return refuse(noRoom);
          chunks.push(chunk);
        });
        request.on('end', () => {
          const body = joined(chunks);
          if (isPacked(request) || (body[0] === 0x1f && body[1] === 0x8b)) {
            const announced = announcedBytes(body);
            if (announced <= bodyLimitBytes && !takes(request, Math.max(bytes, announced)))
              return refuse(noRoom);
          }
          resolve(
            isUtf8(body)
              ? { body: bytes === 0 ? null : body.toString(), isBase64Encoded: false }
              : { body: body.toString('base64'), isBase64Encoded: true },
          );
        });
        request.on('error', () => reject(hungUp));
        request.on('close', () => reject(hungUp));
      }),
    leave: (request) => {
      used -= held.get(request) ?? 0;
      held.delete(request);
    },
  };
};
