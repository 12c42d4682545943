import { midnight } from './zone.ts';

/** Is it a read of the contract (dates alone mean midnight, `to` exclusive) or an analysis (a date-only `to` includes its day)? */
export type Manner = 'read' | 'analysis';

/** A period as a caller writes it. */
export interface Asked {
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
}

const day = 86_400_000;
const units = new Map([
  ['h', 3_600_000],
  ['d', day],
  ['w', 7 * day],
]);

/** The two instants and the zone a question means, asked at `now` (ms since 1970) of a project in `timezone`. Source: decision 2, Time. */
export const periodOf = (
  asked: Asked,
  manner: Manner,
  { now, timezone }: { readonly now: number; readonly timezone: string },
) => {
  const tz = asked.tz ?? timezone;
  const datesIn = manner === 'read' ? (asked.tz ?? 'UTC') : tz;
  const inclusive = manner === 'analysis' ? day : 0;
  return {
    from: startOf(asked.from ?? 'last:7d', datesIn, now),
    to: asked.to === undefined ? now + 1 : instantOf(asked.to, datesIn, inclusive),
    tz,
  };
};

function startOf(from: string, tz: string, now: number): number {
  const relative = /^last:(\d+)([hdw])$/.exec(from);
  return relative === null
    ? instantOf(from, tz, 0)
    : now - Number(relative[1]) * (units.get(relative[2] ?? '') ?? Number.NaN);
}

const instantOf = (text: string, tz: string, later: number): number =>
  /^\d{4}-\d\d-\d\d$/.test(text)
    ? midnight(new Date(Date.parse(text) + later).toISOString().slice(0, 10), tz)
    : Date.parse(text);
