import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keys } from '../../src/local/first-start.ts';
import type { Patience } from '../../src/local/gateway/gateway.ts';
import { openLocalLog } from '../../src/local/log.ts';
import { openProduct } from '../../src/local/product.ts';
import type { World } from '../../src/ports.ts';

/** The whole product on a free port, for end-to-end tests. */
export interface Running {
  /** Without a slash at the end. */
  readonly url: string;
  readonly keys: Keys['keys'];
  /** Signs in to the page, once. */
  readonly code: string;
  readonly project: { readonly id: string; readonly slug: string; readonly accountId: string };
  readonly dir: string;
  readonly world: World;
  /** All that it logged so far. */
  readonly log: () => string;
  /** Stops it; removes the data folder unless `keep` is set or the folder was given. */
  readonly stop: (end?: { readonly keep?: boolean }) => Promise<void>;
}

/** Starts the product in this process. `dir`: a data folder to find again; `clock`: milliseconds since 1970. */
export const startProduct = async ({
  dir,
  clock = Date.now,
  patience,
}: {
  readonly dir?: string;
  readonly clock?: () => number;
  readonly patience?: Patience;
} = {}): Promise<Running> => {
  const lines: string[] = [];
  const log = openLocalLog((text) => lines.push(text), clock);
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'millimetric-')));
  const product = await openProduct(
    { port: 0, host: '127.0.0.1', dir: folder },
    { log, clock, ...(patience && { patience }) },
  );
  const { account_id, project_id, project_slug, keys } = product.keys;
  return {
    url: product.url,
    keys,
    code: product.code,
    project: { id: project_id, slug: project_slug, accountId: account_id },
    dir: folder,
    world: product.world,
    log: () => {
      log.flush();
      return lines.join('');
    },
    stop: async ({ keep = dir !== undefined } = {}) => {
      await product.close(1_000);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
};
