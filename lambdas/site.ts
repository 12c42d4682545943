import openapi from '../docs/openapi.json' with { type: 'json' };
import { surroundings } from '../src/aws/surroundings.ts';
import { loaderText } from '../src/browser/loader-text.ts';
import { site } from '../src/serve/site.ts';
import { version } from '../src/version.ts';

/** GET /, /healthz, /v1/a.js, /v1/openapi.json. */
export const handler = site(surroundings(), {
  version,
  loader: loaderText,
  openapi: JSON.stringify(openapi),
});
