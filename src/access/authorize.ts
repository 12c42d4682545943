import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { World } from '../ports.ts';
import { type Route, routes } from '../routes.ts';
import { type Context, contextOf } from './context.ts';
import { keyId, parseKey } from './keys.ts';
import { type Refusal, refusalFor } from './may.ts';
import { termsOf } from './plans.ts';
import { presentedIn } from './presented.ts';
import type { Principal } from './principal.ts';
import { isGood, keyRecord, principalFrom } from './record.ts';
import { uses } from './used.ts';

/** What a gateway calls before a door: a REQUEST authorizer of API Gateway (REST). */
export type Authorizer = (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

/** What an authorizer throws for API Gateway to answer as if no key had come, and to remember nothing. */
export const unauthorized = 'Unauthorized';

/**
 * The authorizer of this world: one ledger read for the key and one for its plan; once a day and key, also the note that it was used. A good key gets a policy for this one route and its principal as context; a bad
 * key passes with `context.problem`, which the door turns into the 401; a kind that may not is denied, and `context.denied` and `because` are the 403’s
 * word and sentence. Throws `unauthorized` where several keys came: a verdict is remembered under one of them, and must not speak of another.
 */
export const authorize = (world: KeyWorld): Authorizer => {
  const noteUse = uses(world);
  return async (event) => {
    const route = routeOf(event);
    const [presented = '', ...others] = presentedIn(event, route);
    if (others.length > 0) throw new Error(unauthorized);
    const token = route.key === 'k' ? presented : tokenIn(presented);
    const found = typeof token === 'string' ? await principalOfKey(world, token) : token;
    if ('problem' in found) return verdict(event, route, 'unknown', { ...found }, null);
    await noteUse(found.key);
    return verdict(
      event,
      route,
      found.key,
      contextOf(found),
      route.needs === null ? null : refusalFor(found, route.needs),
    );
  };
};

const missing: Refusal = {
  problem: 'missing_bearer_token',
  message: 'The Authorization header holds no bearer token; send Authorization: Bearer <key>.',
};
const malformed: Refusal = {
  problem: 'malformed_api_key',
  message:
    'This is not a whole key: its shape or its checksum is wrong. Copy it again; keys look like sk_live_AbCd1234_… and end in 6 checksum characters.',
};
const unknown: Refusal = {
  problem: 'invalid_api_key',
  message: 'No such key, or it was revoked. Use another key of this project or mint a new one.',
};
const otherKind: Refusal = {
  problem: 'key_kind_mismatch',
  message: 'The stored key is of another kind than the one presented. Mint a new key.',
};

/** A policy names a route by its own spelling and by that with a slash at its end; a gateway may take another for it and then find that the policy does not. */
const otherwiseSpelled: Refusal = {
  problem: 'insufficient_scope',
  message: 'This key may not use the path as it is spelled here. GET /v1/openapi.json lists all routes.',
};

/** The bearer token of an Authorization header. */
export const tokenIn = (header: string): string | Refusal => {
  const [, token] = /^bearer +(\S+) *$/i.exec(header) ?? [];
  return token ?? (/^bearer +\S/i.test(header) ? malformed : missing);
};

/** What keys are checked with. */
export type KeyWorld = Pick<World, 'ledger' | 'pepper' | 'clock'>;

/** Who presents this key by what its record says just now, or why nobody does. */
export const principalOfKey = async (
  { ledger, pepper, clock }: KeyWorld,
  text: string,
): Promise<Principal | Refusal> => {
  const parsed = parseKey(text);
  if (parsed === undefined) return malformed;
  const item = await ledger.read(keyId(parsed.secret, await pepper()));
  if (item === undefined) return unknown;
  const record = keyRecord.parse(item.data);
  if (record.kind !== parsed.kind) return otherKind;
  if (record.env !== parsed.env || !isGood(record, clock())) return unknown;
  return principalFrom(record, await termsOf(ledger, record.plan));
};

const routeOf = ({ resource, httpMethod }: APIGatewayRequestAuthorizerEvent): Route => {
  const route = routes.find(
    ({ path, method }) => path === resource && method === (httpMethod === 'HEAD' ? 'GET' : httpMethod),
  );
  if (route === undefined)
    throw new Error(`the gateway sent a route that is not ours: ${httpMethod} ${resource}`);
  return route;
};

/** How a route may be written where it is asked for. */
const spellings = (path: string): string[] => (path.endsWith('/') ? [path] : [path, `${path}/`]);

/** A refusal denies; its word and sentence stand in the context as well, where they keep a principal from being read out of it. */
const verdict = (
  { methodArn, httpMethod }: APIGatewayRequestAuthorizerEvent,
  route: Route,
  principalId: string,
  context: Context,
  refusal: Refusal | null,
): APIGatewayAuthorizerResult => {
  const { problem: denied, message: because } = refusal ?? otherwiseSpelled;
  const [api, stage] = methodArn.split('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: refusal === null ? 'Allow' : 'Deny',
          // A verdict is remembered for all things of a kind, so it names all of them.
          Resource: spellings(route.path.replace(/\{\w+\}/, '*')).map(
            (path) => `${api}/${stage}/${httpMethod}${path}`,
          ),
        },
      ],
    },
    context: { ...context, ...refusal, denied, because },
  };
};
