import { expect, test } from 'vitest';
import * as z from 'zod';
import { matches } from '../../stack/filter-pattern.ts';
import { called } from '../calls.ts';
import { stacks } from '../rooms.ts';
import { nameOf } from '../users.ts';
import { alarmOf, count } from './alarm.ts';

const filter = z.object({
  filterPattern: z.string(),
  metricTransformations: z.tuple([
    z.object({ metricNamespace: z.string(), metricName: z.string(), metricValue: z.string() }),
  ]),
});
const filters = z.object({ metricFilters: z.tuple([filter]) });
const events = z.object({ events: z.array(z.object({ message: z.string() })) });

/** What the drain wrote down about what it did in `stream`, and the alarm for it. The emulator keeps metric filters and never applies them; the lines, the filter and the alarm are real. */
export const spillAlarm = (): void =>
  test('the drain’s own log, counted by the deployed filter, sounds the alarm that looks at that count', async () => {
    const logGroupName = await nameOf(
      { stack: stacks.drills, type: 'AWS::Logs::LogGroup', id: 'MillimetricDrainDoorLog' },
      process.env,
    );
    const [found, written] = await called(
      [
        ['logs', 'describe_metric_filters', { logGroupName }],
        ['logs', 'filter_log_events', { logGroupName }],
      ],
      process.env,
    );
    const [ours] = filters.parse(found?.answer).metricFilters;
    const lines = events.parse(written?.answer).events.flatMap(({ message }) => message.split('\n'));
    const counted = lines.filter((line) => matches(ours.filterPattern, line));
    expect(counted.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ message: 'drained', delivered: 1, left: 0 }),
    ]);

    const [{ metricNamespace: namespace, metricName, metricValue }] = ours.metricTransformations;
    expect((await alarmOf(namespace, metricName))?.StateValue).not.toBe('ALARM');
    await count(namespace, metricName, {}, counted.length * Number(metricValue));
    await expect
      .poll(async () => (await alarmOf(namespace, metricName))?.StateValue, { timeout: 5_000 })
      .toBe('ALARM');
  });
