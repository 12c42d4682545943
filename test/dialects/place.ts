import { once } from 'node:events';
import { authorize } from '../../src/access/authorize.ts';
import { changeProject } from '../../src/accounts/projects.ts';
import type { Event } from '../../src/events/columns.ts';
import { gateway } from '../../src/local/gateway/gateway.ts';
import { administer } from '../../src/serve/admin.ts';
import { collect } from '../../src/serve/collect.ts';
import { speakDialects } from '../../src/serve/dialects.ts';
import { speakMcp } from '../../src/serve/mcp.ts';
import { answerQuestions } from '../../src/serve/rest.ts';
import { site } from '../../src/serve/site.ts';
import { type Running, startProduct } from '../local/product.ts';
import { shop } from './send.ts';

/** The product, its pages allowed, and every event it kept in the order it came. */
export interface Watched {
  readonly url: string;
  readonly product: Running;
  readonly kept: Event[];
  readonly stop: () => Promise<void>;
}

/** Starts it; `clock`: milliseconds since 1970. */
export const startWatched = async (clock: () => number = Date.now): Promise<Watched> => {
  const product = await startProduct({ clock });
  await changeProject(product.world, product.project.id, {
    allowed_origins: [shop],
  });
  const kept: Event[] = [];
  const world = {
    ...product.world,
    sink: {
      keep: async (events: readonly Event[]) => {
        const done = await product.world.sink.keep(events);
        kept.push(...events);
        return done;
      },
    },
  };
  const { server, close } = gateway(world, authorize(world), {
    admin: administer(world),
    collect: collect(world),
    dialects: speakDialects(world),
    query: answerQuestions(world),
    mcp: speakMcp(world),
    site: site(world, {
      ...{ version: '0', loader: '', openapi: '{}' },
      app: { html: '', hashes: { style: '', script: '' } },
    }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    product,
    kept,
    stop: async () => {
      await close(1_000);
      await product.stop();
    },
  };
};
