import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = new URL('../..', import.meta.url).pathname;

/**
 * What runs beside one another, and after that what ends the cloud: the product as its users see it, and what has an installation, rooms or an emulator of its own. In this order,
 * three at a time: the first two take longest, and the first mostly waits.
 */
const order = [['drills', 'e2e', 'contracts', 'plain', 'rights', 'revoked'], ['restarted']];

const placeOf = ({ moduleId }: TestSpecification): number =>
  order.flat().findIndex((file) => moduleId.endsWith(`/${file}.cloud.ts`));

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

/** Tests of the emulated cloud that run.ts brings up: every test/cloud/*.cloud.ts. */
export default defineConfig({
  test: {
    ...{ root, maxWorkers: 3, sequence: { sequencer: InOrder } },
    projects: order.map((files, groupOrder) => ({
      test: {
        ...{
          root,
          name: files.join(),
          include: files.map((file) => `test/cloud/${file}.cloud.ts`),
          setupFiles: ['./test/setup.ts'],
        },
        ...{ testTimeout: 180_000, hookTimeout: 120_000, sequence: { groupOrder } },
      },
    })),
  },
});
