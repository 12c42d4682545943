import type { BuildOptions } from 'esbuild';

/** Ways to credentials that a Lambda function, which has them in its environment, never goes: the SDK would load them last and lazily. A fifth of a bundle, a quarter of its start. */
const otherCredentials = ['http', 'ini', 'process', 'sso', 'web-identity']
  .map((way) => `@aws-sdk/credential-provider-${way}`)
  .concat('@smithy/credential-provider-imds');

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
  // All else comes along, the SDK too: its version is ours to choose and test, and a bundle of few clients loads faster than the runtime's copy.
  external: otherCredentials,
  // Some dependencies are CommonJS and ask for Node's modules by `require`.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
} satisfies BuildOptions;
