/** Ids that sort as they were made within one process, also when the clock stands still or goes back, and are unique across processes: 9 digits of time, 4 of a counter, 12 random. */
export const requestIds = (clock: () => number, random: (n: number) => Uint8Array): (() => string) => {
  let ms = 0;
  let count = 0;
  return () => {
    const now = Math.floor(clock());
    if (now > ms) [ms, count] = [now, 0];
    else if (++count >= 36 ** 4) [ms, count] = [ms + 1, 0];
    return (
      base36(ms, 9) +
      base36(count, 4) +
      Array.from(random(6), (byte) => byte.toString(16).padStart(2, '0')).join('')
    );
  };
};

const base36 = (value: number, digits: number): string => value.toString(36).padStart(digits, '0');
