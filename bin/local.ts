import { openLog } from '../src/local/log.ts';
import { openProduct } from '../src/local/product.ts';
import { settingsFrom } from '../src/local/settings.ts';
import { welcome } from '../src/local/welcome.ts';

/** What is under way gets this long to finish, the whole of stopping the second. */
const graceMs = 2_500;
const stopMs = 4_500;

// What lies in the data folder is for its owner only.
process.umask(0o077);
// A terminal or pipe that is gone is no reason to stop taking events.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const log = openLog((text) => process.stderr.write(text), Date.now);
try {
  const settings = settingsFrom(process.env, process.cwd());
  const product = await openProduct(settings, { log, clock: Date.now });
  process.stdout.write(welcome({ ...product, dir: settings.dir }));

  const exit = () => {
    log.flush();
    process.exit(0);
  };
  const stop = async () => {
    // Everything acknowledged is on disk already, so running out of time loses nothing. A question that is still being planned cannot be interrupted, and an ordinary exit waits for it.
    setTimeout(() => {
      log.warn('stopping took too long, so what still ran was cut off');
      log.flush();
      process.kill(process.pid, 'SIGKILL');
    }, stopMs).unref();
    await product.close(graceMs).catch((thrown) => log.error('stopping', { failure: String(thrown) }));
    exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
} catch (thrown) {
  log.flush();
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}
