import type { Dialect, Place } from './dialect.ts';

/** The place of a dialect at this path for this method; undefined where it has none. HEAD asks as GET does. */
export const placeIn = (
  { places }: Dialect,
  method: string,
  path: readonly string[],
): Place | 'wrong method' | undefined => {
  const here = places.filter(({ at }) => fits(at.split(' ')[1] ?? '', path));
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = here.find(({ at }) => at.startsWith('* ') || at.startsWith(`${asked} `));
  return found ?? (here.length > 0 ? 'wrong method' : undefined);
};

const fits = (pattern: string, path: readonly string[]): boolean => {
  const pieces = pattern.split('/');
  return pieces.length === path.length && pieces.every((piece, i) => piece === '*' || piece === path[i]);
};
