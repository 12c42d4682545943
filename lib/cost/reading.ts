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

const dayMs = 86_400_000;
/** Questions are asked at noon: half of the day’s files are there. */
const now = Date.parse(priceList.on) + dayMs / 2;
/** How many days of files came since this day began. */
const daysSince = (day: string): number => (now - Date.parse(day)) / dayMs;
const monthDays = habits.monthSeconds / 86_400;
/** S3 answers a LIST with so many names. */
const namesAPage = 1_000;

/** In so many LISTs a full day of the raw level is listed, where a month has so many files. */
export const pagesOfDay = (files: number): number => Math.max(1, Math.ceil(files / monthDays / namesAPage));

/** From which arrival day on a question about the last days reads: asked of the very relation that it reads. */
const firstDayOf = (days: number): string => {
  const { text } = eventsOf(
    { projects: ['prj'], env: 'live', bots: false, lake: 'raw' },
    { from: now - days * dayMs, to: now },
  );
  const [, day] = /dt >= '([\d-]+)'/.exec(text) ?? [];
  if (day === undefined) throw new Error('events-of.ts no longer says from which day on it reads');
  return day;
};

/** A usual question, and a funnel, which besides reads every day there is. There is one file format and one level, the one Firehose writes. */
export const readingsOf = (
  cloud: Cloud,
  { days, months }: Load,
  { files, storedBytes }: Flow,
): Readonly<Record<'usual' | 'funnel', Reading>> => {
  const fileBytes = storedBytes / files;
  const whole = fileBytes <= habits.wholeFileBytes;
  const reading = (spans: readonly number[]): Reading => {
    const kept = spans.map((span) => Math.min(span, monthDays * months));
    // Each day of the span and the one to come, which is in the table’s range too, is a LIST; one that has files takes the pages of a full day.
    const lists = spans.reduce(
      (sum, span, i) => sum + Math.ceil(span) + 1 + Math.ceil(kept[i] ?? 0) * (pagesOfDay(files) - 1),
      0,
    );
    const read = kept.reduce((sum, span) => sum + span, 0) * (files / monthDays);
    const bytes = read * fileBytes * (whole ? 1 : habits.columnShare);
    const part = Math.min(1, cloud.cutoffBytes / bytes);
    return {
      lists,
      gets: read * (whole ? 1 : habits.piecesOfLargeFile) * part,
      bytes: Math.max(10e6, bytes * part),
      stopped: part < 1,
    };
  };
  const recent = daysSince(firstDayOf(days));
  return { usual: reading([recent]), funnel: reading([recent, daysSince(cloud.firstDay)]) };
};
