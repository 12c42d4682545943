import * as z from 'zod/mini';

/** An instant as a caller writes it. */
export const instantText = z.string().check(z.maxLength(40));

/** Another period to compare with. */
export type Compare = 'previous' | 'year' | { readonly from: string; readonly to: string };

const periods = z.union([
  z.string().check(z.maxLength(40)),
  z.strictObject({ from: instantText, to: instantText }),
]);
/** The same, as it is sent. */
export const otherPeriodInput = z.pipe(
  periods,
  z.transform((given: z.output<typeof periods>, { issues }): Compare => {
    if (typeof given === 'object' || given === 'previous' || given === 'year') return given;
    issues.push({
      code: 'custom',
      input: given,
      message: `must be previous, year or {"from":"2026-04-01","to":"2026-04-30"}; got ${JSON.stringify(given)}`,
    });
    return z.NEVER;
  }),
);
