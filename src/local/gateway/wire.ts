import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem } from '../../problems.ts';
import { cors } from '../../serve/cors.ts';
import { systemCodeOf } from '../disk/data-folder.ts';

/** The most that request line and headers may take together. */
export const headerLimitBytes = 16 * 1024;

/** The most headers a request may have. Node counts names and values only, so a flood of tiny headers is little in bytes and much in work. */
export const headerLimitCount = 200;

/** Said to more. */
export const tooManyHeaders = new Problem(
  'headers_too_large',
  `More than ${headerLimitCount} headers came. Send fewer.`,
);

/** A name or an address, and a port; or nothing, for a target without a name. */
const hostForm = /^(?:(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?)$/;

/** What is wrong with the Host of a request (RFC 9112, 3.2); undefined where it is as it must be. Two that differ are how a request means one thing to a proxy and another to us, so even two alike are refused. */
export const hostFault = ({ rawHeaders, httpVersion }: IncomingMessage): Problem | undefined => {
  const hosts: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === 'host') hosts.push(rawHeaders[i + 1] ?? '');
  const [host] = hosts;
  if (hosts.length > 1)
    return new Problem('invalid_payload', `${hosts.length} Host headers came. Send exactly one.`);
  if (host === undefined)
    return httpVersion === '1.1'
      ? new Problem('invalid_payload', 'An HTTP/1.1 request needs a Host header.')
      : undefined;
  return hostForm.test(host)
    ? undefined
    : new Problem(
        'invalid_payload',
        'The Host header is no name or address with a port. Send one such as 127.0.0.1:8787.',
      );
};

/** Answers on the bare socket what never became a request (too slow, too long, not HTTP) in the same form as everything else, and hangs up. */
export const answerBrokenHttp = (error: Error, socket: Duplex): void => {
  if (systemCodeOf(error) === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemOf(error);
  const body = JSON.stringify(problem.body);
  const headers = {
    ...cors,
    ...problem.headers,
    'X-Request-Id': randomUUID(),
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
    () => socket.destroy(),
  );
};

const problemOf = (error: Error): Problem => {
  switch (systemCodeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        'headers_too_large',
        `The request line and headers are over ${headerLimitBytes} bytes. Send fewer or shorter ones.`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(
        'request_timeout',
        'The request did not arrive whole in time. Send it again, in smaller parts if the line is slow.',
      );
    default:
      return new Problem(
        'invalid_payload',
        'This is not well-formed HTTP/1.1. Send a request line, a Host header and a body of the announced length.',
      );
  }
};
