import { defineConfig } from 'vitest/config';

/** Tests that need a running Trino: every `*.trino.ts` under test/. Started by run.ts. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/**/*.trino.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One server with one worker's load: questions are answered one after another.
    maxWorkers: 1,
  },
});
