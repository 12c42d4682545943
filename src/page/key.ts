import { t } from './words.ts';

/** A key of a tab: gone with it, after 12 idle hours, when it is refused, and when another tab signs out. */
export interface KeyRing {
  readonly key: () => string | null;
  readonly keep: (key: string) => void;
  /** Somebody is there. */
  readonly touch: () => void;
  /** Signs out here and in every other tab. */
  readonly drop: (why: string) => void;
}

const idleMs = 12 * 3_600_000;
const names = { key: 'mm.key', seen: 'mm.seen' } as const;

/** The tab’s key. `out`: called with a sentence whenever there is none any more. */
export const keyRing = (out: (why: string) => void): KeyRing => {
  const tabs = new BroadcastChannel('millimetric');
  const forget = (why: string) => {
    sessionStorage.removeItem(names.key);
    sessionStorage.removeItem(names.seen);
    out(why);
  };
  tabs.addEventListener('message', () => forget(''));
  const check = () => {
    if (sessionStorage.getItem(names.key) === null) return;
    if (Date.now() - Number(sessionStorage.getItem(names.seen)) > idleMs) forget(t('idle'));
  };
  setInterval(check, 60_000);
  document.addEventListener('visibilitychange', check);
  return {
    key: () => {
      check();
      return sessionStorage.getItem(names.key);
    },
    keep: (key) => {
      sessionStorage.setItem(names.key, key);
      sessionStorage.setItem(names.seen, String(Date.now()));
    },
    touch: () => {
      check();
      if (sessionStorage.getItem(names.key) !== null) sessionStorage.setItem(names.seen, String(Date.now()));
    },
    drop: (why) => {
      tabs.postMessage('out');
      forget(why);
    },
  };
};

/** Why this text is not taken as a key; undefined if it is. */
export const wrongKey = (text: string): string | undefined =>
  /^[ra]k_(live|test)_/.test(text)
    ? undefined
    : t(text.startsWith('pk_') ? 'isPk' : text.startsWith('sk_') ? 'isSk' : 'isOther');
