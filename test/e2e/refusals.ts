import { expect } from 'vitest';
import { type ProblemCode, problems } from '../../src/problems.ts';
import type { Answer } from './exchange.ts';

/** What stands beside `error` and `message`. */
type Details = Readonly<Record<string, unknown>>;

/** A refusal: its word, its sentence and its details to the letter. */
export const body = (error: ProblemCode, message: string, details?: Details): string =>
  JSON.stringify({ error, message, ...(details && { details }) });

/** Holds an answer against a refusal, byte for byte, and against what every refusal has around it. */
export const expectRefusal = (
  answer: Answer,
  error: ProblemCode,
  message: string,
  details?: Details,
): void => {
  expect({ status: answer.status, text: answer.text }).toEqual({
    status: problems[error].status,
    text: body(error, message, details),
  });
  expectRefusalHeaders(answer);
};

/** Type, CORS, cache and request id of a refusal; a 401 says how to ask for a key, under the name API Gateway gives a door’s header if it must (decision 9). */
export const expectRefusalHeaders = ({ status, headers }: Answer): void => {
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
  });
  expect(headers['access-control-allow-credentials']).toBeUndefined();
  expect(headers['x-request-id']).toMatch(/^[\w.-]{8,}$/);
  expect(headers['www-authenticate'] ?? headers['x-amzn-remapped-www-authenticate']).toBe(
    status === 401 ? 'Bearer realm="mcp"' : undefined,
  );
};

/** Holds an answer against the form of a refusal that is the caller’s own doing, whatever its word. */
export const expectRefused = (answer: Answer): void => {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const { error, message } = JSON.parse(answer.text);
  expect([Object.keys(problems).includes(error), message]).toEqual([true, expect.stringMatching(/.{20}/)]);
  expectRefusalHeaders(answer);
};

/** The sentences that the gateways and the authorizer say, to the letter. */
export const sentences = {
  noKey:
    'No key was sent, or more than one. Send it once, as the header Authorization: Bearer <key>, or as ?k=<key> on /v1/beacon; the first ones of a laptop are in keys.json of its data folder, those of a stack are what init printed.',
  noToken: 'The Authorization header holds no bearer token; send Authorization: Bearer <key>.',
  malformed:
    'This is not a whole key: its shape or its checksum is wrong. Copy it again; keys look like sk_live_AbCd1234_… and end in 6 checksum characters.',
  unknown: 'No such key, or it was revoked. Use another key of this project or mint a new one.',
  noRoute: 'There is nothing at this path. All routes are listed at GET /v1/openapi.json.',
  tooLarge:
    'The body is over 4 MiB (4194304 bytes), the most a request may hold. Send it in smaller batches.',
  noOrigin:
    'A pk_ key works only on pages of its project’s allowed_origins; no Origin header came. List the page’s origin there (millimetric projects add-origin SLUG ORIGIN), make a project for another site (millimetric projects add shop --origin https://shop.example), or use an sk_ key on a server.',
} as const;
