import type { World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { door, type Handler, type Told } from './door.ts';

/** What the keyless routes show. */
export interface Site {
  readonly version: string;
  /** The browser loader’s text. */
  readonly loader: string;
  /** The OpenAPI document as JSON text. */
  readonly openapi: string;
}

/** GET /healthz, /v1/a.js, /v1/openapi.json. */
export const site = (world: Pick<World, 'log' | 'clock'>, { version, loader, openapi }: Site): Handler => {
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
  return door(world, async ({ route }) => {
    const page = pages[route.path];
    if (page === undefined) throw new Problem('not_found', `Nothing is kept for ${route.path}.`);
    return page;
  });
};
