import { foreignHeaders } from '../dialects/routes.ts';
import { cors, preflight } from './cors.ts';

/** Some SDKs send with credentials, which a browser allows only where the page’s origin is named. There are no cookies of ours, so it allows nothing else. */
export const toPages = (origin: string | undefined): Readonly<Record<string, string>> =>
  origin === undefined || !/^[\w:/.[\]-]{1,300}$/.test(origin)
    ? {}
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };

/** The answer to a preflight where other tools’ SDKs post. */
export const foreignPreflight = (origin: string | undefined): Readonly<Record<string, string>> => {
  const usual = preflight('/in/', ['GET', 'POST']);
  const more = foreignHeaders.filter((name) => name !== 'authorization').join(', ');
  return {
    ...usual,
    ...cors,
    'Access-Control-Allow-Headers': `${usual['Access-Control-Allow-Headers']}, ${more}`,
    ...toPages(origin),
  };
};
