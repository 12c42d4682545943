const dayMs = 86_400_000;
/** The day that was asked for last: every request asks, and writing a date out costs more than all else there. */
let last = { from: Number.NaN, day: '' };

/** The UTC day of an instant (ms since 1970), and its month. */
export const dayOf = (ms: number): string => {
  if (ms >= last.from && ms < last.from + dayMs) return last.day;
  const from = Math.floor(ms / dayMs) * dayMs;
  last = { from, day: new Date(from).toISOString().slice(0, 10) };
  return last.day;
};
export const monthOf = (ms: number): string => dayOf(ms).slice(0, 7);

/** When the UTC day or month of an instant ends, ms since 1970. */
export const endOfDay = (ms: number): number => (Math.floor(ms / dayMs) + 1) * dayMs;
export const endOfMonth = (ms: number): number => {
  const at = new Date(ms);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
};

/** What a refusal says of an instant at which the same would be taken: the header in whole seconds, and the field. */
export const comeBack = (
  at: number,
  now: number,
): { readonly headers: Readonly<Record<string, string>>; readonly retry_after_s: number } => {
  const retry_after_s = Math.max(1, Math.ceil((at - now) / 1000));
  return { headers: { 'Retry-After': String(retry_after_s) }, retry_after_s };
};
