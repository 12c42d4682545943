import type { BuildOptions } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

/** Ways to credentials that a Lambda function, which has them in its environment, never goes: the SDK would load them last and lazily. A fifth of a bundle, a quarter of its start. */
const otherCredentials = ['http', 'ini', 'process', 'sso', 'web-identity']
  .map((way) => `@aws-sdk/credential-provider-${way}`)
  .concat('@smithy/credential-provider-imds');

/** The engine is a library of its processor, which no bundler can take in. */
const engine = '@duckdb/node-api';

/** How a file of lambdas/ becomes one that a function runs, in esbuild’s words. The stack, the bench and the tests bundle by this and nothing else. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  charset: 'utf8',
  minify: true,
  // Twice as large as the code. The bundle follows from the commit, so a map can be made when a stack must be read: docs/decisions/0015-small-doors.md.
  sourcemap: false,
  mainFields: ['module', 'main'],
  // Of the engine only what is made for Lambda’s processor may come along, and only where it is used: `engineInto`.
  // All else comes along, the SDK too: its version is ours to choose and test, and a bundle of few clients loads faster than the runtime's copy.
  external: [...otherCredentials, engine],
  // Some dependencies are CommonJS and ask for Node's modules by `require`.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
} satisfies BuildOptions;

/** The command that lays the engine for Linux on arm64 into this folder, whatever machine it runs on: `npm ci` brings only the one for its own. */
export const engineInto = (folder: string): string =>
  `npm install --prefix "${folder}" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error --prefer-offline --os=linux --cpu=arm64 --libc=glibc ${engine}@${manifest.dependencies[engine]}`;
