import type { Context } from '../access/context.ts';
import { denialOf } from '../access/context.ts';
import { Problem } from '../problems.ts';
import { challenge } from './cors.ts';

/** The most a request body may hold (contract §2). */
export const bodyLimitBytes = 4 * 1024 * 1024;

/**
 * What a gateway answers without asking a door. API Gateway renders these from fixed templates, the local gateway from the very same
 * sentences, so a caller cannot tell them apart.
 */
export const gatewayAnswers = {
  /** UNAUTHORIZED: the place for the key is empty, or there are several. */
  noKey: new Problem(
    'missing_bearer_token',
    'No key was sent, or more than one. Send it once, as the header Authorization: Bearer <key>, or as ?k=<key> on /v1/beacon; the first ones of a laptop are in keys.json of its data folder, those of a stack are what init printed.',
    { headers: challenge },
  ),
  /** REQUEST_TOO_LARGE. */
  tooLarge: new Problem(
    'payload_too_large',
    'The body is over 4 MiB (4194304 bytes), the most a request may hold. Send it in smaller batches.',
  ),
  /** MISSING_AUTHENTICATION_TOKEN: what API Gateway says of an unknown path. */
  noRoute: new Problem(
    'not_found',
    'There is nothing at this path. All routes are listed at GET /v1/openapi.json.',
  ),
  /** AUTHORIZER_FAILURE. */
  noVerdict: new Problem(
    'internal_error',
    'The key could not be checked because of a failure on our side. Try again; if it stays, report the X-Request-Id of this answer.',
  ),
  /** INTEGRATION_FAILURE. */
  noAnswer: new Problem(
    'upstream_failed',
    'The part that should answer failed. Try again; if it stays, report the X-Request-Id of this answer.',
  ),
  /** INTEGRATION_TIMEOUT, or a door that sees its time run out. */
  tooLate: new Problem(
    'query_timeout',
    'No answer within 29 seconds. Ask for a shorter period or fewer groups, or send less at once.',
  ),
} as const;

/** ACCESS_DENIED: the word and the sentence that the authorizer puts into every context. */
export const denied = (context: Context): Problem => {
  const { problem, message } = denialOf(context);
  return new Problem(problem, message);
};

/** A fixed answer per path: a mock integration in the cloud. */
export const wrongMethod = (path: string, methods: readonly string[]): Problem =>
  new Problem('method_not_allowed', `This method does not exist on ${path}; use ${methods.join(' or ')}.`, {
    headers: { Allow: methods.join(', ') },
  });
