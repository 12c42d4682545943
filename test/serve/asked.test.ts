import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../src/access/context.ts';
import { askedOf } from '../../src/serve/asked.ts';
import { bodyLimitBytes } from '../../src/serve/gateway-answers.ts';

/** POST /v1/track as API Gateway hands it on: the body as bytes, in base64. */
const event = (body: Uint8Array, headers: Readonly<Record<string, string>> = {}): APIGatewayProxyEvent => ({
  resource: '/v1/track',
  path: '/v1/track',
  httpMethod: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  multiValueHeaders: { Authorization: ['Bearer x'] },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: {
    accountId: '',
    apiId: '',
    authorizer: contextOf({
      key: 'sk_live_AbCd1234',
      kind: 'sk',
      env: 'live',
      scope: '',
      accountId: 'a',
      plan: 'unlimited',
      project: { id: 'p', slug: 'p', timezone: 'UTC', allowedOrigins: [] },
    }),
    protocol: 'HTTP/1.1',
    httpMethod: 'POST',
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: null,
      apiKeyId: null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: '192.0.2.1',
      user: null,
      userAgent: null,
      userArn: null,
    },
    path: '/v1/track',
    stage: 'api',
    requestId: 'r',
    requestTimeEpoch: 0,
    resourceId: '',
    resourcePath: '/v1/track',
  },
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
});

describe('a body that came as bytes', () => {
  const text = '{"event":"café 🦉"}';
  test.each([
    ['plain', Buffer.from(text), {}],
    ['with a byte order mark', Buffer.from(`\ufeff${text}`), {}],
    ['packed', gzipSync(text), { 'Content-Encoding': 'gzip' }],
    ['packed, with a byte order mark', gzipSync(`\ufeff${text}`), { 'Content-Encoding': 'gzip' }],
  ])('%s is its text', (_, body, headers) => {
    expect(askedOf(event(body, headers)).body).toBe(text);
  });

  test.each([
    ['over 4 MiB', Buffer.alloc(bodyLimitBytes + 1, 32), {}, 'payload_too_large'],
    [
      'over 4 MiB once unpacked',
      gzipSync(Buffer.alloc(bodyLimitBytes + 1, 32)),
      { 'Content-Encoding': 'gzip' },
      'payload_too_large',
    ],
    ['that is not UTF-8', Buffer.of(0x7b, 0xe9, 0x7d), {}, 'invalid_payload'],
    ['that is not packed', Buffer.from(text), { 'Content-Encoding': 'gzip' }, 'invalid_payload'],
    ['packed otherwise', Buffer.from(text), { 'Content-Encoding': 'br' }, 'unsupported_media_type'],
  ])('%s is refused', (_, body, headers, code) => {
    expect(() => askedOf(event(body, headers))).toThrow(expect.objectContaining({ code }));
  });
});
