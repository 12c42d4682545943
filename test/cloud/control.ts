import { createServer } from 'node:http';
import * as z from 'zod';
import type { Athena } from './athena.ts';
import type { Emulator } from './emulator.ts';
import { type Listening, listening } from './listening.ts';

/** What a test may do to the cloud it runs on. */
const order = z.strictObject({
  /** Workgroups whose questions wait in the queue, and how long, ms; none: nobody waits. */
  slow: z.record(z.string(), z.number()).optional(),
  /** Streams whose calls fail, and with which code; none: all work. */
  fail: z.record(z.string(), z.string()).optional(),
  /** Ends all processes of this function at once, without a word to them. */
  kill: z.string().optional(),
  /** Ends the emulator and starts it again with what it had kept. */
  restart: z.literal(true).optional(),
});
export type Order = z.infer<typeof order>;

/** Takes orders from the tests, which are processes of their own, on a free port. */
export const startControl = (athena: Athena, emulator: Emulator): Promise<Listening> => {
  const server = createServer(async (request, response) => {
    try {
      const parts = await request.toArray();
      const { slow, fail, kill, restart } = order.parse(JSON.parse(Buffer.concat(parts).toString()));
      if (slow !== undefined) athena.slow(slow);
      if (fail !== undefined) await emulator.fail(fail);
      if (kill !== undefined) await emulator.kill(kill);
      if (restart === true) await emulator.restart();
      response.end();
    } catch (thrown) {
      response.writeHead(500).end(String(thrown));
    }
  });
  return listening(server);
};
