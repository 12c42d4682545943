import { eventsOf } from '../../src/lake/events-of.ts';
import type { Cloud } from './cloud.ts';
import { habits } from './habits.ts';
import type { Flow, Load } from './load.ts';
import { priceList } from './prices.ts';

/** What a question makes Athena do. */
export interface Reading {
  readonly lists: number;
  readonly gets: number;
  readonly bytes: number;
  /** Does it want more than one question may read? Then it is stopped there, refused, and still billed. */
  readonly stopped: boolean;
}

const hourMs = 3_600_000;
const now = Date.parse(priceList.on);
const instantOf = (hour: string): number => Date.parse(`${hour.slice(0, 10)}T${hour.slice(11, 13)}:00Z`);
/** Partitions from this hour to the one that comes next, which is in the table’s range too. */
const hoursSince = (hour: string): number => (now - instantOf(hour)) / hourMs + 1;

/** From which arrival hour on a question about the last days reads: asked of the very relation that it reads. */
const firstHourOf = (days: number): string => {
  const { text } = eventsOf({ projects: ['prj'], env: 'live', bots: false, lake: 'raw' }, { from: now - days * 24 * hourMs, to: now });
  const [, hour] = /hr >= '([\d-]+)'/.exec(text) ?? [];
  if (hour === undefined) throw new Error('events-of.ts no longer says from which hour on it reads');
  return hour;
};

/** A usual question, and a funnel, which besides reads every hour there is. There is one file format and one level, the one Firehose writes. */
export const readingsOf = (cloud: Cloud, { days, months }: Load, { files, storedBytes }: Flow): Readonly<Record<'usual' | 'funnel', Reading>> => {
  const monthHours = habits.monthSeconds / 3600;
  const fileBytes = storedBytes / files;
  const whole = fileBytes <= habits.wholeFileBytes;
  const reading = (hours: readonly number[]): Reading => {
    const lists = hours.reduce((sum, each) => sum + each, 0);
    const read = hours.reduce((sum, each) => sum + Math.min(each, monthHours * months), 0) * (files / monthHours);
    const bytes = read * fileBytes * (whole ? 1 : habits.columnShare);
    const part = Math.min(1, cloud.cutoffBytes / bytes);
    return { lists, gets: read * (whole ? 1 : habits.piecesOfLargeFile) * part, bytes: Math.max(10e6, bytes * part), stopped: part < 1 };
  };
  const recent = hoursSince(firstHourOf(days));
  return { usual: reading([recent]), funnel: reading([recent, hoursSince(cloud.firstHour)]) };
};
