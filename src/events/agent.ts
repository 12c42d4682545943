import { isbot } from 'isbot';
import UAParser from 'my-ua-parser';
import { remember } from './remember.ts';
import { storable } from './storable.ts';

/** What a user agent is. A bot’s browser and system are not told: it claims them. */
export interface Agent {
  readonly device_type: 'mobile' | 'tablet' | 'desktop' | 'bot';
  readonly browser: string | null;
  readonly os: string | null;
}

const bot: Agent = { device_type: 'bot', browser: null, os: null };
/** An event that no browser sent, e.g. a backend’s own: not a bot, and nothing known. */
const unknown: Agent = { device_type: 'desktop', browser: null, os: null };

const devices: Readonly<Record<string, Agent['device_type']>> = {
  mobile: 'mobile',
  wearable: 'mobile',
  tablet: 'tablet',
};

/** Device, browser and system of a user agent. Null: none is known of the visitor. Empty or `-`: a visitor that hides it, and only programs do; a bot. */
export const agentOf = (userAgent: string | null): Agent =>
  userAgent === null ? unknown : known(userAgent.length > 1024 ? userAgent.slice(0, 1024) : userAgent);

const known = remember(
  (userAgent: string): Agent => {
    if (/^[\s-]*$/.test(userAgent) || isbot(userAgent)) return bot;
    const { browser, device, os } = new UAParser(userAgent).getResult();
    return {
      device_type: devices[device.type ?? ''] ?? 'desktop',
      browser: named(browser.name),
      os: named(os.name),
    };
  },
  { entries: 5000 },
);

const named = (name: string | undefined): string | null =>
  name === undefined || name === '' ? null : storable(name);
