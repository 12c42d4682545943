import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/temporary.ts'],
    setupFiles: ['./test/setup.ts'],
    reporters: ['default', './test/summary.ts'],
    // Bounds on what never ends, not on how long it takes: machines are shared, and no test may fail for what else runs there.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores: more workers only make each other late.
    maxWorkers: 2,
  },
});
