import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for all that a run of the tests puts into temporary folders; it goes when the run ends, whoever forgot to tidy up. */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'millimetric-'));
  // Some tests start the product as another user.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
};
