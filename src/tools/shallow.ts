/** Past some thousand levels whoever walks a value, JSON.stringify too, runs out of stack; nothing of ours nests so deep. */
export const mostLevels = 100;

/** Does a JSON value nest at most so many levels? */
export const shallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => shallow(inner, levels - 1)));
