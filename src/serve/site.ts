import type { World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type AppPage, appHeaders } from './app-page.ts';
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
  /** The page for people. */
  readonly app: AppPage;
  /** The key that a one-time code stands for, once; left out where nothing prints codes. */
  readonly exchange?: (code: string) => string | undefined;
  /** Where whoever runs it looks on: how many events have come, and when the last one did (ms since 1970). Left out: that is not shown. */
  readonly pulse?: () => Promise<Pulse>;
}

/** All that is told without a key about what has come in. */
export interface Pulse {
  readonly events: number;
  /** Null where there are none. */
  readonly lastAt: number | null;
}

/** GET /, /app, /healthz, /v1/a.js, /v1/openapi.json, POST /app/sign-in. */
export const site = (
  world: Pick<World, 'log' | 'clock'>,
  { version, loader, openapi, app, exchange, pulse }: Site,
): Handler => {
  const pages: Readonly<Record<string, Told>> = {
    '/healthz': { status: 200, body: { ok: true, version } },
    '/app': { status: 200, headers: appHeaders(app), body: app.html },
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
    if (/\btext\/html\b/i.test(asked.headers.accept ?? '')) {
      // Who has events wants to see them; who has none, the lines to paste.
      if (live && (await pulse()).events > 0)
        return { status: 302, headers: { Location: `${asked.base}/app`, Vary: 'Accept' } };
      return { status: 200, headers: frontHeaders, body: frontPage(asked.base, version, live) };
    }
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
  /** Only for who runs it: a page elsewhere that came by a code gets nothing for it. */
  const signIn = (asked: RoutedRequest): Told => {
    const code = codeIn(asked.body);
    const key = exchange !== undefined && isAtHome(asked.headers) ? exchange(code) : undefined;
    if (key === undefined)
      throw new Problem(
        'not_found',
        'No such code: each is good once and for five minutes after npm start. Start again for another, or paste an rk_ key.',
      );
    return { status: 200, body: { key } };
  };
  return door(world, async (asked) => {
    if (asked.route.path === '/') return front(asked);
    if (asked.route.path === '/app/sign-in') return signIn(asked);
    const page = pages[asked.route.path];
    if (page === undefined) throw new Problem('not_found', `Nothing is kept for ${asked.route.path}.`);
    return page;
  });
};

const codeIn = (text: string): string => {
  const said = 'Send {"code":"…"} with the code of the link that npm start prints.';
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string')
      return body.code;
  } catch {}
  throw new Problem('invalid_payload', said, { details: { formErrors: [said], fieldErrors: {} } });
};

/**
 * Does the request come from this page, a shell or a neighbour, and not from a page elsewhere? Every answer may be read by any page (cors), and a name of somebody else’s may be made to point
 * at this machine, so the count is told only where the host is an address or `localhost`, and no other origin asks.
 */
const isAtHome = ({ host = '', origin }: RoutedRequest['headers']): boolean =>
  /^(localhost|[\d.]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host) &&
  (origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`);
