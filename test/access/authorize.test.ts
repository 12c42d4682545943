import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { authorize } from '../../src/access/authorize.ts';
import { contextOf, contextRefusal, principalOf } from '../../src/access/context.ts';
import { keyId, newKey } from '../../src/access/keys.ts';
import { knownTerms } from '../../src/access/plans.ts';
import type { Principal } from '../../src/access/principal.ts';
import { mintKey, revokeKey } from '../../src/accounts/keys.ts';
import { changeProject } from '../../src/accounts/projects.ts';
import { openBooks, openShop } from './books.ts';

const arn = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/prod';

/** What API Gateway sends its authorizer for this route. */
const event = (
  method: string,
  path: string,
  headers: Record<string, string[]>,
  query: Record<string, string[]> = {},
): APIGatewayRequestAuthorizerEvent => ({
  type: 'REQUEST',
  methodArn: `${arn}/${method}${path}`,
  resource: path,
  path,
  httpMethod: method,
  headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.at(-1)])),
  multiValueHeaders: headers,
  pathParameters: null,
  queryStringParameters: Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, values.at(-1)]),
  ),
  multiValueQueryStringParameters: query,
  stageVariables: null,
  requestContext: {
    accountId: '123456789012',
    apiId: 'a1b2c3',
    authorizer: undefined,
    protocol: 'HTTP/1.1',
    httpMethod: method,
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
    path,
    stage: 'prod',
    requestId: 'r1',
    requestTimeEpoch: 0,
    resourceId: 'x',
    resourcePath: path,
  },
});

const bearer = (key: string) => ({ Authorization: [`Bearer ${key}`] });
const policyFor = (effect: 'Allow' | 'Deny', method: string, path: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Action: 'execute-api:Invoke',
      Effect: effect,
      Resource: [`${arn}/${method}${path}`, `${arn}/${method}${path}/`],
    },
  ],
});

const open = async () => {
  const books = openBooks();
  const { account, project } = await openShop(books);
  const { key, record } = await mintKey(books, { kind: 'rk', env: 'live', projectId: project.project_id });
  return { books, account, project, key, record, ask: authorize(books) };
};

describe('the authorizer', () => {
  test('lets a good key through to its one route with all a door must know, in a read for the key and one for its plan', async () => {
    const { books, ask, key, record, account, project } = await open();
    // The first use of a day is noted besides.
    await ask(event('GET', '/v1/stats', bearer(key)));
    const before = books.reads();
    const verdict = await ask(event('GET', '/v1/stats', bearer(key)));
    expect(books.reads() - before).toBe(2);
    expect(verdict.policyDocument).toEqual(policyFor('Allow', 'GET', '/v1/stats'));
    expect(verdict.principalId).toBe(record.key);
    expect(Object.values(verdict.context ?? {}).every((value) => typeof value === 'string')).toBe(true);
    expect(JSON.stringify(verdict)).not.toContain(key.slice(17));
    expect(principalOf(verdict.context)).toEqual({
      key: record.key,
      kind: 'rk',
      env: 'live',
      scope: '',
      accountId: account.account_id,
      plan: 'unlimited',
      terms: knownTerms('unlimited'),
      projects: null,
      project: {
        id: project.project_id,
        slug: 'shop',
        timezone: 'Europe/Berlin',
        allowedOrigins: ['https://shop.example'],
        siteHosts: [],
        ignoredReferrers: [],
        archived: false,
      },
    });
  });

  test('denies a kind that may not use the route, and says why in a sentence that fits between quotation marks', async () => {
    const { ask, key } = await open();
    const verdict = await ask(event('POST', '/v1/track', bearer(key)));
    expect(verdict.policyDocument).toEqual(policyFor('Deny', 'POST', '/v1/track'));
    const message = 'A key of kind rk_ may not write events; use one of: pk_, sk_.';
    expect(verdict.context).toMatchObject({
      problem: 'insufficient_scope',
      message,
      denied: 'insufficient_scope',
      because: message,
    });
    expect(principalOf(verdict.context)).toBeNull();
  });

  test.each([
    ['another scheme', 'missing_bearer_token', () => ({ Authorization: ['Basic YTpi'] })],
    ['a key without its scheme', 'missing_bearer_token', (key: string) => ({ Authorization: [key] })],
    ['the scheme alone', 'missing_bearer_token', () => ({ Authorization: ['Bearer '] })],
    [
      'a mistyped key',
      'malformed_api_key',
      (key: string) => bearer(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`),
    ],
    ['a key and more', 'malformed_api_key', (key: string) => bearer(`${key} ${key}`)],
  ] as const)('%s is %s without a ledger read', async (_, problem, headers) => {
    const { books, ask, key } = await open();
    const before = books.reads();
    const verdict = await ask(event('GET', '/v1/stats', headers(key)));
    expect(books.reads()).toBe(before);
    expect(verdict.policyDocument).toEqual(policyFor('Allow', 'GET', '/v1/stats'));
    expect(contextRefusal(verdict.context)?.problem).toBe(problem);
    expect(principalOf(verdict.context)).toBeNull();
  });

  test('the scheme’s case and the header’s case do not matter', async () => {
    const { ask, key } = await open();
    expect(
      principalOf((await ask(event('GET', '/v1/stats', { AUTHORIZATION: [`bearer ${key}`] }))).context)?.kind,
    ).toBe('rk');
  });

  test('a whole key nobody minted is invalid_api_key', async () => {
    const { books, ask } = await open();
    const verdict = await ask(event('GET', '/v1/stats', bearer(newKey('rk', 'live', books.random))));
    expect(contextRefusal(verdict.context)?.problem).toBe('invalid_api_key');
  });

  test('a revoked key is invalid_api_key from the next request on', async () => {
    const { books, ask, key, record, project } = await open();
    await revokeKey(books, project.project_id, record.key);
    expect(contextRefusal((await ask(event('GET', '/v1/stats', bearer(key)))).context)?.problem).toBe(
      'invalid_api_key',
    );
  });

  test.each([
    ['kind', 'sk', 'key_kind_mismatch'],
    ['env', 'test', 'invalid_api_key'],
  ])('a record of another %s than the key says (%s) is %s', async (field, value, problem) => {
    const { books, ask, key } = await open();
    const id = keyId(key, await books.pepper());
    const item = await books.ledger.read(id);
    await books.ledger.write({ id, data: { ...item?.data, [field]: value } }, item?.version ?? 0);
    expect(contextRefusal((await ask(event('GET', '/v1/stats', bearer(key)))).context)?.problem).toBe(
      problem,
    );
  });

  test('HEAD is let through where GET is, under its own name', async () => {
    const { ask, key } = await open();
    expect((await ask(event('HEAD', '/v1/stats', bearer(key)))).policyDocument).toEqual(
      policyFor('Allow', 'HEAD', '/v1/stats'),
    );
  });

  test('a changed project is what the next request sees', async () => {
    const { books, ask, key, project } = await open();
    await changeProject(books, project.project_id, { timezone: 'Asia/Kolkata', allowed_origins: ['*'] });
    const principal = principalOf((await ask(event('GET', '/v1/stats', bearer(key)))).context);
    expect(principal?.project).toMatchObject({ timezone: 'Asia/Kolkata', allowedOrigins: ['*'] });
  });

  test('the beacon’s key stands in k, once; a header does not count there', async () => {
    const { books, ask, project } = await open();
    const { key } = await mintKey(books, { kind: 'pk', env: 'live', projectId: project.project_id });
    expect(principalOf((await ask(event('POST', '/v1/beacon', {}, { k: [key] }))).context)?.kind).toBe('pk');
    expect(
      contextRefusal((await ask(event('POST', '/v1/beacon', bearer(key), { k: ['x'] }))).context)?.problem,
    ).toBe('malformed_api_key');
  });

  test('of several keys none counts, and no verdict is given that could be remembered under one of them', async () => {
    const { books, ask, key } = await open();
    const before = books.reads();
    for (const headers of [
      { Authorization: [`Bearer ${key}`, `Bearer ${key}`] },
      { Authorization: [`Bearer ${key}`], authorization: [''] },
      bearer(`${key}, Bearer x`),
    ])
      await expect(ask(event('GET', '/v1/stats', headers))).rejects.toThrow(/^Unauthorized$/);
    await expect(ask(event('POST', '/v1/beacon', {}, { k: [key, 'x'] }))).rejects.toThrow(/^Unauthorized$/);
    expect(books.reads()).toBe(before);
  });

  test('every verdict holds a word and a sentence for a path that its policy does not name', async () => {
    const { ask, key } = await open();
    const why = {
      denied: 'insufficient_scope',
      because: 'This key may not use the path as it is spelled here. GET /v1/openapi.json lists all routes.',
    };
    expect((await ask(event('GET', '/v1/stats', bearer(key)))).context).toMatchObject(why);
    expect((await ask(event('GET', '/v1/stats', bearer('x')))).context).toMatchObject(why);
  });

  test('a route that is not ours is a bug of the gateway and gets no policy at all', async () => {
    const { ask, key } = await open();
    await expect(ask(event('GET', '/v2/stats', bearer(key)))).rejects.toThrow('not ours');
  });
});

describe('the context from authorizer to door', () => {
  const inProject: Principal = {
    key: 'pk_test_AbCd1234',
    kind: 'pk',
    env: 'test',
    scope: '',
    accountId: 'acc_1',
    plan: 'pro',
    terms: knownTerms('business'),
    projects: null,
    project: {
      id: 'prj_1',
      slug: 'shop',
      timezone: 'UTC',
      allowedOrigins: ['https://a.example', 'https://b.example:8443'],
      siteHosts: ['a.example', 'b.example'],
      ignoredReferrers: ['pay.example'],
      archived: true,
    },
  };
  const ofAccount: Principal = {
    key: 'ak_live_AbCd1234',
    kind: 'ak',
    env: 'live',
    scope: 'admin',
    accountId: 'acc_1',
    plan: 'business',
    terms: knownTerms('pro'),
    projects: ['prj_1', 'prj_2'],
    project: null,
  };

  test.each([inProject, ofAccount])('a principal comes out as it went in', (principal) => {
    expect(principalOf(contextOf(principal))).toEqual(principal);
  });

  /** What a verdict lacks that was remembered while this version was deployed, and what it is then. */
  const added = ['terms', 'site_hosts', 'ignored_referrers', 'archived'];

  test('a verdict of the version before is good: its plan grants what is published', () => {
    const old = Object.entries(contextOf(inProject)).filter(([name]) => !added.includes(name));
    expect(principalOf(Object.fromEntries(old))).toMatchObject({
      terms: knownTerms('pro'),
      project: { siteHosts: [], ignoredReferrers: [], archived: false },
    });
  });

  test.each(Object.keys(contextOf(inProject)).filter((name) => !added.includes(name)))(
    'without %s there is no principal: doors fail closed',
    (part) => {
      expect(principalOf({ ...contextOf(inProject), [part]: undefined })).toBeNull();
    },
  );

  test.each([
    undefined,
    null,
    {},
    'pk',
    { ...contextOf(inProject), kind: 'zk' },
    { ...contextOf(inProject), scope: 'all' },
    { ...contextOf(inProject), account_id: '' },
    { ...contextOf(inProject), project_id: '' },
    { ...contextOf(inProject), problem: 'invalid_api_key', message: '' },
    { ...contextOf(inProject), allowed_origins: '{}' },
  ])('%j is no principal', (context) => {
    expect(principalOf(context)).toBeNull();
  });
});
