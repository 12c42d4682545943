import type { World } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { RoutedRequest } from './asked.ts';
import { door, type Handler, type Told } from './door.ts';
import { frontHeaders, frontPage } from './front-page.ts';

/** What the keyless routes show. */
export interface Site {
  readonly version: string;
  /** The browser loader’s text. */
  readonly loader: string;
  /** The OpenAPI document as JSON text. */
  readonly openapi: string;
  /** Where whoever runs it looks on: how many events have come, and when the last one did (ms since 1970). Left out: that is not shown. */
  readonly pulse?: () => Promise<Pulse>;
}

/** All that is told without a key about what has come in. */
export interface Pulse {
  readonly events: number;
  /** Null where there are none. */
  readonly lastAt: number | null;
}

/** GET /, /healthz, /v1/a.js, /v1/openapi.json. */
export const site = (
  world: Pick<World, 'log' | 'clock'>,
  { version, loader, openapi, pulse }: Site,
): Handler => {
  const pages: Readonly<Record<string, Told>> = {
    '/healthz': { status: 200, body: { ok: true, version } },
    '/v1/a.js': {
      status: 200,
      headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'public, max-age=3600' },
      body: loader,
    },
    '/v1/openapi.json': {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' },
      body: openapi,
    },
  };
  /** A page for a browser, the same in few words for a program. */
  const front = async (asked: RoutedRequest): Promise<Told> => {
    const live = pulse !== undefined && isAtHome(asked.headers);
    if (/\btext\/html\b/i.test(asked.headers.accept ?? ''))
      return { status: 200, headers: frontHeaders, body: frontPage(asked.base, version, live) };
    const counted = live ? await pulse() : undefined;
    return {
      status: 200,
      headers: { Vary: 'Accept', 'Cross-Origin-Resource-Policy': 'same-origin' },
      body: {
        ok: true,
        version,
        loader: `${asked.base}/v1/a.js`,
        mcp: `${asked.base}/mcp`,
        openapi: `${asked.base}/v1/openapi.json`,
        ...(counted && {
          events: counted.events,
          last_event_at: counted.lastAt === null ? null : new Date(counted.lastAt).toISOString(),
          now: new Date(world.clock()).toISOString(),
        }),
      },
    };
  };
  return door(world, async (asked) => {
    if (asked.route.path === '/') return front(asked);
    const page = pages[asked.route.path];
    if (page === undefined) throw new Problem('not_found', `Nothing is kept for ${asked.route.path}.`);
    return page;
  });
};

/**
 * Does the request come from this page, a shell or a neighbour, and not from a page elsewhere? Every answer may be read by any page (cors), and a name of somebody else’s may be made to point
 * at this machine, so the count is told only where the host is an address or `localhost`, and no other origin asks.
 */
const isAtHome = ({ host = '', origin }: RoutedRequest['headers']): boolean =>
  /^(localhost|[\d.]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host) &&
  (origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`);
