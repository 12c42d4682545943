import { headOf } from './clf.ts';
import type { LogFormat } from './log-line.ts';

/** The combined format without its last two fields: nobody’s referrer and user agent are known. */
export const common: LogFormat = {
  of: 'Apache `common`, and what else ends after the size: no referrers, no user agents',
  lines: () => (whole) => {
    const head = headOf(whole);
    if (head === undefined) return undefined;
    const { client, at, method, target, status, line, end } = head;
    return line.startsWith(' "', end)
      ? undefined
      : { ...client, at, method, target, status, referrer: '-', userAgent: undefined };
  },
};
