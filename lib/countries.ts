import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { countryFiles } from '../src/events/country-files.ts';

const root = join(import.meta.dirname, '..');

/**
 * The files that doors which take events look countries up in: name beside the code, and path. `own` is the
 * operator’s table; ours are read and must be those that were tested. Throws an Error where a file is not there or
 * another.
 */
export const countries = (own?: string): Readonly<Record<string, string>> => {
  if (own !== undefined) {
    const path = resolve(own);
    readFileSync(path);
    return { [countryFiles.own]: path };
  }
  const ours = countryFiles.names.map((name) => {
    const path = `node_modules/${countryFiles.package}/${name}`;
    const found = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    if (found !== countryFiles.sha256[name])
      throw new Error(`${path} is not the file this version was tested with (SHA-256 ${found}); run npm ci.`);
    return [name, path] as const;
  });
  return Object.fromEntries([...ours, [countryFiles.notice, countryFiles.notice]]);
};
