import type { Period } from '../../lake/events-of.ts';
import { type Calendar, isDoing } from '../../people/days.ts';
import type { Cell, Row } from '../../ports.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { startOf } from '../../sql/zone.ts';
import { bucketsOf, filled, groupsKept } from '../fill.ts';
import type { Asking, Shaped } from '../question.ts';
import type { groupNames } from '../relations.ts';

type Asked = Pick<Asking<unknown>, 'period' | 'now' | 'tz'>;
type Unit = Calendar['interval'];

const yearMs = 366 * 86_400_000;

/** The period’s days, weeks or months that have begun: their starts (ISO). The first is counted whole. */
export const begunBuckets = (asking: Asked, interval: Unit): readonly string[] =>
  bucketsOf(begun(asking, interval));

const begun = ({ period, now, tz }: Asked, interval: Unit) => ({
  ...{ interval, tz, now },
  period: { from: period.from, to: Math.min(period.to, now + 1) },
});

/** From the start of the bucket that lies so many before the period’s first, to the period’s end. */
export function backBy(buckets: number, { period, tz }: Asked, interval: Unit): Period {
  let from = startOf(tz, interval, period.from);
  for (let n = 0; n < buckets; n += 1) from = startOf(tz, interval, from - 1);
  return { from, to: period.to };
}

/** The calendar in which the period’s first bucket is 0, over what is read. Nothing happens later than now: centuries to come need no zone’s offsets. */
export const calendarOver = ({ period, now, tz }: Asked, interval: Unit, read: Period): Calendar => ({
  ...{ tz, interval, since: period.from },
  within: { from: read.from, to: Math.max(period.from + 1, Math.min(read.to, now + yearMs)) },
});

/** Only events of this name; without one all that a person does. */
export const only = (events: Sql, event: string | undefined): Sql =>
  sql`select * from (${events}) as asked where ${event === undefined ? isDoing : sql`event_name = ${event}`}`;

/** One row for every bucket that has begun, and project where rows say it: `measures` of those in the answer (`place`: the bucket’s number), else `empty`. */
export function everyBucket(
  rows: readonly Row[],
  asking: Asking<unknown>,
  interval: Unit,
  measures: (row: Row) => Readonly<Record<string, Cell>>,
  empty: Readonly<Record<string, Cell>>,
): Pick<Shaped, 'rows' | 'truncated'> {
  const asked = begun(asking, interval);
  const buckets = bucketsOf(asked);
  const projects = [...new Set(rows.map(({ project_id = null }) => project_id))];
  const kept = projects.slice(0, groupsKept(asked, projects.length));
  const said = rows
    .filter(({ project_id = null }) => kept.includes(project_id))
    .map(({ place = null, project_id = null, ...row }) => ({
      ...(asking.byProject ? { project_id } : {}),
      ...{ bucket: buckets[Number(place)] ?? null, ...measures(row) },
    }));
  return {
    rows: filled(asked, said, asking.byProject ? ['project_id'] : [], empty),
    ...(kept.length < projects.length
      ? { truncated: { shown: kept.length, of: projects.length, what: 'groups' } }
      : {}),
  };
}

/** `project_id, ` where rows say it. */
export const projectFirst = (asking: Parameters<typeof groupNames>[0]): Sql =>
  asking.byProject ? sql`project_id, ` : sql``;
