import { counted } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** Shows on standard error how far a long job is. */
export interface Progress {
  /** `part`: 0–1 of the whole, undefined where nobody knows. */
  readonly at: (lines: number, part: number | undefined) => void;
  /** A line that stays, e.g. why we wait. */
  readonly say: (text: string) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const barEveryMs = 100;
const lineEveryMs = 10_000;
const barWidth = 24;

/** A bar that is redrawn on a terminal; elsewhere a plain line every ten seconds. */
export const progress = (job: string, terminal: Terminal): Progress => {
  const began = terminal.now();
  let last = terminal.errIsTty ? Number.NEGATIVE_INFINITY : began;
  let drawn = false;
  const clear = (): void => {
    if (drawn) terminal.err('\r\u001b[K');
    drawn = false;
  };
  return {
    at: (lines, part) => {
      const now = terminal.now();
      if (now - last < (terminal.errIsTty ? barEveryMs : lineEveryMs)) return;
      last = now;
      const seconds = Math.max(0.001, (now - began) / 1000);
      const words = [`${counted(lines)} lines`, `${counted(Math.round(lines / seconds))}/s`];
      if (part !== undefined) {
        words.unshift(`${Math.floor(part * 100)} %`);
        if (part > 0) words.push(`${duration((seconds * (1 - part)) / part)} left`);
      }
      if (!terminal.errIsTty) {
        terminal.err(`${job}: ${words.join(', ')}\n`);
        return;
      }
      const full = Math.round((part ?? 0) * barWidth);
      const bar = part === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} `;
      terminal.err(`\r\u001b[K${`${job} ${bar}${words.join(', ')}`.slice(0, terminal.columns - 1)}`);
      drawn = true;
    },
    say: (text) => {
      clear();
      terminal.err(`${text}\n`);
    },
    end: clear,
  };
};

/** Seconds as `0.8 s`, `45 s`, `3 min 20 s`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};
