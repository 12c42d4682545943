import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { asProblem, Problem, type ProblemCode, problems } from '../src/problems.ts';
import { challenge, cors } from '../src/serve/cors.ts';
import { gatewayAnswers } from '../src/serve/gateway-answers.ts';

/** What the gateway alone can meet; the sentences both worlds say stand in src/serve/gateway-answers.ts. */
const tooFast = (seconds: number): Problem =>
  new Problem(
    'rate_limited',
    'Too many requests at once. Wait as many seconds as Retry-After says, then send it again.',
    {
      headers: { 'Retry-After': String(seconds) },
    },
  );
const unsupported = new Problem(
  'unsupported_media_type',
  'This Content-Type is not taken here. Send Content-Type: application/json.',
);
const unreadable = new Problem(
  'invalid_payload',
  'The gateway could not read the body. Send valid JSON as GET /v1/openapi.json describes it.',
);
const unreadableQuery = new Problem(
  'invalid_params',
  'The gateway could not read the query string. Send the parameters that GET /v1/openapi.json describes.',
);
const broken = asProblem(undefined);
const { noKey, noRoute, noVerdict, noAnswer, tooLate, tooLarge } = gatewayAnswers;

/** For how long the firewall counts, seconds. */
export const firewallWindowSeconds = 300;

/** The answer to each way in which API Gateway refuses by itself. All of them: one that is left out would speak Amazon’s words and lack CORS. */
const answers: readonly (readonly [ResponseType, Problem])[] = [
  [ResponseType.UNAUTHORIZED, noKey],
  [ResponseType.INVALID_API_KEY, noKey],
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, noRoute],
  [ResponseType.RESOURCE_NOT_FOUND, noRoute],
  // No route signs with IAM: these come when a path is unknown and the Authorization header, a key, is taken for a signature.
  [ResponseType.INVALID_SIGNATURE, noRoute],
  [ResponseType.EXPIRED_TOKEN, noRoute],
  [ResponseType.REQUEST_TOO_LARGE, tooLarge],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, unsupported],
  [ResponseType.BAD_REQUEST_BODY, unreadable],
  [ResponseType.BAD_REQUEST_PARAMETERS, unreadableQuery],
  [ResponseType.THROTTLED, tooFast(1)],
  [ResponseType.QUOTA_EXCEEDED, tooFast(1)],
  // Our firewall has one rule, and it counts requests.
  [ResponseType.WAF_FILTERED, tooFast(firewallWindowSeconds)],
  [ResponseType.AUTHORIZER_FAILURE, noVerdict],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, noVerdict],
  [ResponseType.API_CONFIGURATION_ERROR, broken],
  [ResponseType.INTEGRATION_FAILURE, noAnswer],
  [ResponseType.INTEGRATION_TIMEOUT, tooLate],
  [ResponseType.DEFAULT_4XX, noRoute],
  [ResponseType.DEFAULT_5XX, broken],
];

/** Gives the gateway our words for every refusal of its own. */
export const answerInOurWords = (api: RestApi): void => {
  for (const [type, problem] of answers) {
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(problem.status),
      responseHeaders: quoted({
        ...refusalHeaders,
        ...(problem.status === 401 ? challenge : {}),
        ...problem.headers,
      }),
      templates: { 'application/json': plain(JSON.stringify(problem.body)) },
    });
  }
  // The authorizer always says why, in two texts of its context that hold no quotation mark; also when it allowed a route and the path turns out to be spelled otherwise.
  api.addGatewayResponse(ResponseType.ACCESS_DENIED.responseType, {
    type: ResponseType.ACCESS_DENIED,
    statusCode: String(problems['insufficient_scope' satisfies ProblemCode].status),
    responseHeaders: quoted(refusalHeaders),
    templates: {
      'application/json': JSON.stringify({
        error: '$context.authorizer.denied',
        message: '$context.authorizer.because',
      }),
    },
  });
};

/** On every refusal by the gateway, as on the doors’. */
export const refusalHeaders = {
  ...cors,
  'Cache-Control': 'no-store',
  'Content-Type': 'application/json',
} as const;

/** Headers as API Gateway writes them down: constants in single quotes, and the request’s id, which it fills in. */
export const quoted = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
  'X-Request-Id': 'context.requestId',
});

/** The text, if a template leaves it as it is. */
export const plain = (text: string): string => {
  if (/[$#]/.test(text))
    throw new Error(`API Gateway would read $ and # in this answer as its template language: ${text}`);
  return text;
};
