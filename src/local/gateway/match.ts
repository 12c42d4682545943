import { foreignRoutes } from '../../dialects/routes.ts';
import { Problem } from '../../problems.ts';
import { allowed, type Route, routes } from '../../routes.ts';
import { gatewayAnswers, wrongMethod } from '../../serve/gateway-answers.ts';
import { nearest } from '../../tools/nearest.ts';

/** What lies at one path. */
export interface PathRoutes {
  readonly path: string;
  readonly routes: readonly Route[];
  /** For `Allow`: HEAD goes wherever GET does. */
  readonly methods: readonly string[];
}

const places: ReadonlyMap<string, PathRoutes> = new Map(
  Map.groupBy([...routes, ...foreignRoutes], ({ path }) => path)
    .entries()
    .map(([path, here]: [string, readonly Route[]]) => [
      path,
      {
        path,
        routes: here,
        methods: allowed(here),
      },
    ]),
);

/** Places with `{id}` or `{proxy+}` in them, and what their paths look like. */
const patterns: readonly (readonly [RegExp, PathRoutes])[] = Array.from(places.values()).flatMap((place) =>
  place.path.includes('{')
    ? [
        [
          new RegExp(
            `^${place.path.replace(/\{(\w+)\}/, '(?<$1>[^/]+)').replace('{proxy+}', '(?<proxy>.+)')}/?$`,
          ),
          place,
        ] as const,
      ]
    : [],
);
const patterned = (path: string): PathRoutes | undefined =>
  path.startsWith('/v1/') || path.startsWith('/in/')
    ? patterns.find(([pattern]) => pattern.test(path))?.[1]
    : undefined;

/** What stands for `{id}` in this path of a place, decoded as API Gateway does; null where the place has none. */
export const parametersIn = (path: string, route: Route): Record<string, string> | null => {
  const found = patterns.find(([, place]) => place.path === route.path)?.[0].exec(path)?.groups;
  return found === undefined
    ? null
    : Object.fromEntries(Object.entries(found).map(([name, text]) => [name, decoded(text)]));
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The place at this path; throws `not_found` naming the nearest. One slash more at the end is the same place, since clients put it there; nothing else is decoded, folded or
 * trimmed: `//v1/track`, `/v1/%74rack` and `/v1/track//` are no routes.
 */
export const placeAt = (path: string): PathRoutes => {
  const place = places.get(path) ?? places.get(path.replace(/(?<=[^/])\/$/, '')) ?? patterned(path);
  if (place !== undefined) return place;
  const [near] = nearest(path, [...places.keys()], 1);
  const route = near && places.get(near)?.routes[0];
  throw route
    ? new Problem(
        'not_found',
        `${gatewayAnswers.noRoute.message} The nearest is ${route.method} ${route.path}.`,
      )
    : gatewayAnswers.noRoute;
};

/** The route of this method; throws `method_not_allowed` with `Allow`. */
export const routeAt = ({ path, routes: here, methods }: PathRoutes, method: string): Route => {
  const route = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
  if (route === undefined) throw wrongMethod(path, methods);
  return route;
};
