import { defineConfig } from 'vitest/config';

const root = new URL('../..', import.meta.url).pathname;

/** One after the other: the product as its users see it, beside what does not touch it; then what breaks parts of it, beside what has rooms or an emulator of its own; then what ends it. */
const order = [['e2e', 'revoked'], ['drills', 'contracts', 'plain'], ['restarted']];

/** Tests of the emulated cloud that run.ts brings up: every test/cloud/*.cloud.ts. */
export default defineConfig({
  test: {
    ...{ root, maxWorkers: 2 },
    projects: order.map((files, groupOrder) => ({
      test: {
        ...{ root, name: files.join(), include: files.map((file) => `test/cloud/${file}.cloud.ts`), setupFiles: ['./test/setup.ts'] },
        ...{ testTimeout: 180_000, hookTimeout: 120_000, sequence: { groupOrder } },
      },
    })),
  },
});
