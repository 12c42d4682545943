/** The value below which this share (0–1) of the values lie; NaN of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const above = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? above : (above + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/** A number for people: three digits that count, thousands apart. */
export const shown = (value: number): string =>
  Number.isNaN(value)
    ? '–'
    : value.toLocaleString(
        'en-US',
        Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
      );

/** `1.07 ×`. */
export const ratio = (value: number, of: number): string => `${(value / of).toFixed(2)} ×`;
