import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Route } from '../routes.ts';

/**
 * Every text that stands where a request’s key belongs: one, if all is well. Of several, nobody can say by which a cache or a proxy before us went. Headers of one name may come
 * joined by commas, which no key holds.
 */
export const presentedIn = (
  {
    multiValueHeaders,
    multiValueQueryStringParameters,
  }: Pick<APIGatewayProxyEvent, 'multiValueQueryStringParameters'> & {
    readonly multiValueHeaders: APIGatewayProxyEvent['multiValueHeaders'] | null;
  },
  { key }: Route,
): readonly string[] =>
  key === 'k'
    ? (multiValueQueryStringParameters?.k ?? [])
    : Object.entries(multiValueHeaders ?? {}).flatMap(([name, values = []]) =>
        name.toLowerCase() === 'authorization' ? values.flatMap((value) => value.split(',')) : [],
      );
