import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { authorize } from '../access/authorize.ts';
import { loaderText } from '../browser/loader-text.ts';
import { pageHashes, pageText } from '../page/page-text.ts';
import type { World } from '../ports.ts';
import { administer } from '../serve/admin.ts';
import { collect } from '../serve/collect.ts';
import { speakDialects } from '../serve/dialects.ts';
import { speakMcp } from '../serve/mcp.ts';
import { openapi } from '../serve/openapi.ts';
import { answerQuestions } from '../serve/rest.ts';
import { type Site, site } from '../serve/site.ts';
import { version } from '../version.ts';
import { inFolder, systemCodeOf, writeWhole } from './disk/data-folder.ts';
import { allowPagesOn, type Keys, localFirstStart } from './first-start.ts';
import { type Doors, gateway, type Patience } from './gateway/gateway.ts';
import { type OneTimeCode, oneTimeCode } from './one-time-code.ts';
import { withPulse } from './pulse.ts';
import type { Settings } from './settings.ts';
import { openWorld, type Surroundings } from './world.ts';

/** The whole product, running in this process. */
export interface Product {
  /** Without a slash at the end. */
  readonly url: string;
  readonly keys: Keys;
  /** In a link to the page it signs in, once. */
  readonly code: string;
  readonly world: World;
  /** Takes nothing more, answers what is under way for up to `graceMs`, makes everything accepted safe, lets go of folder and port. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Starts everything on one port. Throws an Error with one clear sentence when folder or port cannot be had; nothing is left open then. */
export const openProduct = async (
  { port, host, ...where }: Settings,
  { log, clock, patience }: Pick<Surroundings, 'log' | 'clock'> & { readonly patience?: Patience },
): Promise<Product> => {
  const { world: plain, close } = await openWorld({ ...where, log, clock }).catch((thrown: unknown) => {
    throw inOurWords(thrown, where.dir);
  });
  const { world, pulse } = withPulse(plain);
  const { server, close: closeGateway } = gateway(
    world,
    authorize(world),
    doorsOf(world, { pulse, exchange: (said) => code?.exchange(said) }),
    patience,
  );
  let code: OneTimeCode | undefined;
  try {
    // Whoever is answered finds the keys there already, so the port opens last.
    const keys = await localFirstStart(world, where.dir);
    const signIn = oneTimeCode(keys.keys.rk, world);
    code = signIn;
    if (port !== 0) await allowPagesOn(world, keys, port);
    const bound = await listen(server, port, host);
    // Nobody knows a port that was just taken before it is said below.
    if (port === 0) await allowPagesOn(world, keys, bound);
    const url = `http://${shown(host)}:${bound}`;
    // For the command line, which is typed in another terminal and knows no PORT.
    const running = join(where.dir, inFolder.running);
    await writeWhole(running, `${JSON.stringify({ url })}\n`);
    return {
      url,
      keys,
      code: signIn.code,
      world,
      close: async (graceMs) => {
        await closeGateway(graceMs);
        await rm(running, { force: true });
        await close();
      },
    };
  } catch (thrown) {
    server.close();
    await close();
    throw inOurWords(thrown, where.dir);
  }
};

/** What the system refused in its own words (SQLite’s carry an `errcode`, the others a `code`) as a sentence. */
const inOurWords = (thrown: unknown, dir: string): unknown =>
  thrown instanceof Error && ('errcode' in thrown || 'code' in thrown)
    ? new Error(
        `The data folder ${dir} cannot be read and written (${thrown.message}): see to its disk, then start again.`,
        { cause: thrown },
      )
    : thrown;

const doorsOf = (world: World, atHome: Required<Pick<Site, 'pulse' | 'exchange'>>): Doors => ({
  admin: administer(world),
  collect: collect(world),
  dialects: speakDialects(world),
  query: answerQuestions(world),
  mcp: speakMcp(world),
  site: site(world, {
    version,
    loader: loaderText,
    openapi: JSON.stringify(openapi(version)),
    app: { html: pageText, hashes: pageHashes },
    ...atHome,
  }),
});

/** The port that was taken. */
const listen = async (server: Server, port: number, host: string): Promise<number> => {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const reason = reasons[systemCodeOf(cause)] ?? `cannot be had (${systemCodeOf(cause) || String(cause)})`;
    throw new Error(`Port ${port} on ${host} ${reason}.`, { cause });
  }
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
};

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program; stop that, or set PORT to another (PORT=0 takes any free one)',
  EACCES: 'is not open to this user; set PORT to one above 1023',
  EADDRNOTAVAIL:
    'cannot be had because this machine has no such address; set HOST to one it has, e.g. 127.0.0.1',
  ENOTFOUND:
    'cannot be had because nothing is known by that name; set HOST to an address of this machine, e.g. 127.0.0.1',
  EAI_AGAIN:
    'cannot be had because that name cannot be looked up; set HOST to an address of this machine, e.g. 127.0.0.1',
};

/** An address one can type: the one for “every network” is none. */
const shown = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
