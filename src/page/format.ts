import type { Datum } from './ask.ts';
import { spoken, t } from './words.ts';

const number = (options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(spoken(), options);

/** A whole or broken number. */
export const plain = (value: number): string => number({ maximumFractionDigits: 2 }).format(value);
/** For axes: 1.2K. */
export const brief = (value: number): string =>
  number({ notation: 'compact', maximumFractionDigits: 1 }).format(value);
/** A share of 1. */
export const percent = (share: number): string =>
  number({ style: 'percent', maximumFractionDigits: 1 }).format(share);
/** From before to now, with its sign; a word where nothing was before. */
export const change = (now: number, before: number): string =>
  before === 0
    ? now === 0
      ? '0 %'
      : t('new')
    : number({ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(
        now / before - 1,
      );
/** A length of time. */
export const lasting = (seconds: number): string =>
  seconds < 90
    ? `${plain(Math.round(seconds))} s`
    : seconds < 5400
      ? `${plain(Math.round(seconds / 60))} min`
      : seconds < 129_600
        ? `${plain(Math.round(seconds / 3600))} h`
        : `${plain(Math.round(seconds / 86_400))} d`;

/** A value in the words of its unit. */
export const inUnit = (value: Datum, unit?: string): string =>
  value === null
    ? '–'
    : typeof value !== 'number'
      ? String(value)
      : unit === 'share'
        ? percent(value)
        : unit === 'seconds'
          ? lasting(value)
          : plain(value);

const forms = {
  hour: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  tickhour: { hour: '2-digit' },
  tickday: { day: 'numeric', month: 'short' },
  instant: { dateStyle: 'medium', timeStyle: 'medium' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** An instant on the project’s clock, never the browser’s. */
export const onClock = (instant: number, tz: string, form: keyof typeof forms): string =>
  new Intl.DateTimeFormat(spoken(), { timeZone: tz, ...forms[form] }).format(instant);

/** A country by its name, and any other text as it is. */
export const countryNamed = (code: string): string => {
  try {
    return new Intl.DisplayNames([spoken()], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
};

/** Bytes for people. */
export const bytes = (count: number): string =>
  count < 1e6 ? `${plain(Math.round(count / 1000))} kB` : `${plain(Math.round(count / 1e5) / 10)} MB`;
