import type { Route } from '../routes.ts';
import { dialects } from './index.ts';

/** Other tools’ SDKs name a type that says nothing of the body, so bodies of each of these come as bytes. */
const bodies = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
] as const;

/** The ways in of other tools’ SDKs: their own paths, keys and bodies, so not part of the contract of /v1. The door looks for the key itself. */
export const foreignRoutes: readonly Route[] = [
  '/in/{proxy+}',
  ...dialects.flatMap(({ roots }) => roots),
].flatMap((path) => [
  { ...common(path), method: 'GET', body: [] } as const,
  { ...common(path), method: 'POST', body: bodies, takes: 'foreign' } as const,
]);

function common(path: string) {
  return {
    path,
    ...({ door: 'dialects', needs: null, key: 'none', answers: 'object' } as const),
    problems: ['invalid_payload', 'origin_not_allowed', 'payload_too_large', 'upstream_failed'],
    does: 'Takes what another tool’s SDK sends.',
  } as const;
}

/** Every header that such an SDK sends from a page. */
export const foreignHeaders: readonly string[] = [...new Set(dialects.flatMap(({ headers }) => headers))];
