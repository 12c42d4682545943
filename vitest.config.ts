import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/temporary.ts'],
    setupFiles: ['./test/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make each other late.
    maxWorkers: 2,
  },
});
