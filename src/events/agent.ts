import { isbot } from 'isbot';
import UAParser from 'my-ua-parser';
import {
  apps,
  bigScreen,
  browserNames,
  moreBots,
  peoplesWords,
  phoneSystems,
  sameName,
  systemNames,
} from './agent-names.ts';
import { remember } from './remember.ts';

/** What a user agent is. A bot’s browser and system are not told: it claims them. */
export interface Agent {
  readonly device_type: 'mobile' | 'tablet' | 'desktop' | 'bot';
  /** Of a closed list, as the system is: what is not on it is not told. */
  readonly browser: string | null;
  readonly os: string | null;
}

const bot: Agent = { device_type: 'bot', browser: null, os: null };
/** An event that no browser sent, e.g. a backend’s own: not a bot, and nothing known. */
const unknown: Agent = { device_type: 'desktop', browser: null, os: null };

/**
 * Device, browser and system of a user agent. Null: none is known of the visitor. Empty or `-`: a visitor
 * that
 * hides it, and only programs do; a bot.
 */
export const agentOf = (userAgent: string | null): Agent =>
  userAgent === null ? unknown : known(userAgent.length > 1024 ? userAgent.slice(0, 1024) : userAgent);

const known = remember(
  (userAgent: string): Agent => {
    if (isProgram(userAgent)) return bot;
    const { browser, device, os } = new UAParser(userAgent).getResult();
    const system = systemOf(userAgent, os.name);
    return {
      device_type: deviceOf(userAgent, device, system),
      browser: browserOf(userAgent, browser.name, system),
      os: system,
    };
  },
  { entries: 5000 },
);

const isProgram = (userAgent: string): boolean => {
  if (/^[\s-]*$/.test(userAgent) || moreBots.test(userAgent)) return true;
  if (!isbot(userAgent)) return false;
  const people = peoplesWords.reduce((text, words) => text.replace(words, ''), userAgent);
  return people === userAgent || isbot(people);
};

const listed = (names: ReadonlyMap<string, string>, name = ''): string | null => {
  const key = name.toLowerCase();
  return names.get((sameName[key] ?? key).toLowerCase()) ?? null;
};

const systemOf = (userAgent: string, told: string | undefined): string | null => {
  const name = listed(systemNames, told);
  if (/\b(?:Apple ?TV|tvOS)\b/i.test(userAgent)) return 'tvOS';
  // An app of a phone or of a Mac: only the latter says so. And an iPad that poses as a Mac forgets
  // `Mobile/`.
  if (/\bCFNetwork\b/.test(userAgent) && name === 'iOS')
    return /\b(?:Mac|x86_64|MacBook\w*|iMac\w*|macOS)\b/i.test(userAgent) ? 'Mac OS' : 'iOS';
  if (name === 'Mac OS' && /\bMobile\/\w/.test(userAgent)) return 'iOS';
  return name === 'Windows' && android.test(userAgent) && !/Windows NT/i.test(userAgent) ? 'Android' : name;
};

const android = /\bAndroid\b/i;

const browserOf = (userAgent: string, told: string | undefined, system: string | null): string | null => {
  const app = apps.find(([pattern]) => pattern.test(userAgent));
  if (app !== undefined) return app[1];
  const name = listed(browserNames, told);
  const isAndroid = system === 'Android';
  // Since Android 4.4 what calls itself `Version/4.0 Chrome/…` is Chromium inside an app.
  if (name === 'Android Browser' && /\bChrome\/\d/.test(userAgent)) return 'Chrome WebView';
  if (isAndroid && (name === 'WebKit' || name === 'Mobile Safari' || name === 'Safari'))
    return 'Android Browser';
  if (name !== null || told === undefined) return name;
  // A brand we do not know, or a device that has a browser’s name: its engine says more than nothing.
  if (/\bFirefox\/\d/.test(userAgent)) return 'Firefox';
  return /\bChrome\/\d/.test(userAgent) ? 'Chrome' : null;
};

const deviceOf = (
  userAgent: string,
  { type, vendor }: { readonly type?: string | undefined; readonly vendor?: string | undefined },
  system: string | null,
): Agent['device_type'] => {
  if (bigScreen.test(userAgent) || type === 'smarttv' || type === 'console') return 'desktop';
  if (type === 'wearable') return 'mobile';
  const saysMobile = /\bMobile\b/i.test(userAgent);
  if (system === 'iOS') return /\biPad\b|\bMacintosh\b/.test(userAgent) ? 'tablet' : 'mobile';
  if (system === 'Android') {
    // A model known as a tablet, or one that says so, stays one though it calls itself mobile.
    if (/\bTablet\b/i.test(userAgent) || (type === 'tablet' && vendor !== undefined)) return 'tablet';
    if (saysMobile) return 'mobile';
    // Android’s browsers leave `Mobile` out on tablets; apps and old browsers never say it.
    return /AppleWebKit\/.*\bSafari\//.test(userAgent) ? 'tablet' : type === 'tablet' ? 'tablet' : 'mobile';
  }
  if (type === 'tablet') return saysMobile && vendor === undefined ? 'mobile' : 'tablet';
  return type === 'mobile' || (system !== null && phoneSystems.has(system)) ? 'mobile' : 'desktop';
};
