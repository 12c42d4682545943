import * as z from 'zod/mini';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const isUnit = (letter: string | undefined): letter is keyof typeof unitMs =>
  letter !== undefined && Object.hasOwn(unitMs, letter);

/** A number and its unit. */
export const isWindow = z.regex(
  /^[1-9]\d{0,3}[smhdw]$/,
  'a window is a number and s, m, h, d or w: 15s, 30m, 24h, 7d',
);

/** A length of time as an input: `15s`, `30m`, `24h`, `7d`, `4w`. */
export const windowOf = (usual: string, says: string, check: z.core.$ZodCheck<string> = isWindow) =>
  z._default(z.string().check(check), usual).check(z.describe(says));

/** How long it is, in ms. */
export const lengthMs = (window: string): number => {
  const unit = window.at(-1);
  return isUnit(unit) ? Number(window.slice(0, -1)) * unitMs[unit] : 0;
};
