import type { Cloud } from './cloud.ts';
import { linesOf } from './lines.ts';
import type { Line, Load } from './load.ts';
import { dollarsFor, type Price, type Priced, prices } from './prices.ts';
import type { Reading } from './reading.ts';

/** A month’s bill at list prices, dollars. */
export interface Bill {
  readonly load: Load;
  readonly lines: readonly (Line & {
    readonly service: string;
    readonly unit: string;
    readonly dollars: number;
  })[];
  readonly services: Readonly<Record<string, number>>;
  readonly parts: Readonly<Record<Line['of'], number>>;
  readonly total: number;
  /** What of it AWS gives every account every month; the whole of it only where nothing else in the account uses it. */
  readonly free: number;
  readonly readings: Readonly<Record<'usual' | 'funnel', Reading>>;
}

/** What a month costs. A price with steps is spread evenly over the lines that share it. */
export const billOf = (cloud: Cloud, load: Load): Bill => {
  const { lines, readings } = linesOf(cloud, load);
  const used = new Map<Priced, number>();
  for (const { price, units } of lines) used.set(price, (used.get(price) ?? 0) + units);
  const all = lines.map((line) => {
    const price: Price = prices[line.price];
    const whole = used.get(line.price) ?? 0;
    return {
      ...line,
      service: price.service,
      unit: price.unit,
      dollars: (dollarsFor(price, whole) * line.units) / whole,
    };
  });
  const free = sum(
    [...used].map(([name, units]) => {
      const price: Price = prices[name];
      return dollarsFor(price, units) - dollarsFor(price, Math.max(0, units - (price.free ?? 0)));
    }),
  );
  const of = (part: Line['of']): number =>
    sum(all.filter((line) => line.of === part).map(({ dollars }) => dollars));
  return {
    load,
    lines: all,
    services: Object.fromEntries(
      [...Map.groupBy(all, ({ service }) => service)].map(([service, some]) => [
        service,
        sum(some.map(({ dollars }) => dollars)),
      ]),
    ),
    parts: { events: of('events'), questions: of('questions'), standing: of('standing') },
    total: sum(all.map(({ dollars }) => dollars)),
    free,
    readings,
  };
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
