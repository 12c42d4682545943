import { parseCombined } from './combined.ts';
import type { LogFormat } from './log-line.ts';

/** The combined format with the virtual host, and mostly its port, before it. */
export const vhostCombined: LogFormat = {
  of: 'Apache `vhost_combined` (`other_vhosts_access.log`): each line names its own site',
  lines: () => (line) => {
    const said = parseCombined(line);
    return said?.host === undefined ? undefined : said;
  },
};
