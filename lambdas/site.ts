import openapi from '../docs/openapi.json' with { type: 'json' };
import { surroundings } from '../src/aws/surroundings.ts';
import { loaderText } from '../src/browser/loader-text.ts';
import { pageHashes, pageText } from '../src/page/page-text.ts';
import { site } from '../src/serve/site.ts';
import { version } from '../src/version.ts';

/** GET /, /app, /healthz, /v1/a.js, /v1/openapi.json, POST /app/sign-in. */
export const handler = site(surroundings(), {
  version,
  loader: loaderText,
  app: { html: pageText, hashes: pageHashes },
  openapi: JSON.stringify(openapi),
});
