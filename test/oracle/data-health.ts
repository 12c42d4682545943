import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { judged } from '../../src/tools/health/checks.ts';
import { type Fact, looks, priceKeys } from '../../src/tools/health/facts.ts';
import { fieldOf, numberOf, textOf } from './field.ts';
import { limit as limitOf, oracleOf, text, timed } from './oracle.ts';
import { compareText } from './order.ts';
import { personsOf } from './people.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of data_health, resolved. */
export interface DataHealth extends Shared {
  readonly now: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const like = (pattern: string): RegExp =>
  new RegExp(pattern.replaceAll('\\A', '^').replaceAll('\\z', '$'), 'u');

/** What data_health must answer: the facts found the slow way. How they are judged is tested by hand and by planted faults. */
export const dataHealth = (stored: readonly Event[], args: DataHealth, context: Context): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const end = Math.min(args.to, args.now + 1) - 1;
  if (context.byProject !== true) return judged(factsIn(seen, seen, args), end);
  return [...Map.groupBy(seen, (event) => event.project_id)]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([project_id, own]) => {
      const facts = factsIn(own, seen, args);
      return facts.length === 0 ? [] : judged(facts, end).map((row) => ({ project_id, ...row }));
    });
};

function factsIn(own: readonly Event[], seen: readonly Event[], args: DataHealth): readonly Fact[] {
  const events = during(own, args);
  const fact = (kind: string, n: readonly number[], more: Partial<Fact> = {}): Fact => ({
    kind,
    name: null,
    key: null,
    example: null,
    price: 0,
    n,
    ...more,
  });
  const count = (test: (event: Event) => boolean): number => events.filter(test).length;
  const bad = ({ user_id, anonymous_id }: Event): string | null =>
    [user_id, anonymous_id].find((id) => id !== null && like(looks.placeholder).test(id.toLowerCase())) ??
    null;
  const facts: Fact[] = [];
  const least = (texts: readonly (string | null)[]): string | null =>
    texts.filter((one) => one !== null).toSorted(compareText)[0] ?? null;
  if (events.length > 0)
    facts.push(
      fact(
        'all',
        [
          events.length,
          count(({ device_type }) => device_type === 'bot'),
          count((e) => e.user_id === null && like(looks.cookieless).test(e.anonymous_id)),
          count((e) => bad(e) !== null),
          count((e) => e.received_at - e.ts > 30 * day),
          Math.max(...events.map(({ ts }) => ts)),
        ],
        { example: least(events.map(bad)) },
      ),
    );
  const people = narrowed(events, { where: [], include_bots: false });
  const hours = [
    ...Map.groupBy(
      people.filter(({ event_name }) => event_name === '$pageview'),
      (e) => JSON.stringify([e.anonymous_id, Math.floor(e.ts / hour)]),
    ).values(),
  ].filter((one) => one.length > 300);
  if (hours.length > 0)
    facts.push(
      fact('machine', [
        new Set(hours.map(([one]) => one?.anonymous_id)).size,
        Math.max(...hours.map((one) => one.length)),
      ]),
    );
  const crowds = [...Map.groupBy(people, personsOf(seen)).values()]
    .map((one) => new Set(one.map(({ anonymous_id }) => anonymous_id)).size)
    .filter((n) => n > 50);
  if (crowds.length > 0) facts.push(fact('crowd', [crowds.length, Math.max(...crowds)]));
  const ancient = during(own, { from: 0, to: day }).length;
  if (ancient > 0) facts.push(fact('ancient', [ancient]));
  const known = during(own, { from: args.from - 30 * day, to: args.to });
  for (const [name, all] of Map.groupBy(known, ({ event_name }) => event_name)) {
    const times = all.map(({ ts }) => ts).toSorted((a, b) => a - b);
    const pauses = times.slice(1).map((at, n) => at - (times[n] ?? at));
    const inside = all.filter(({ ts }) => ts >= args.from).length;
    facts.push(
      fact('name', [inside, times[0] ?? 0, times.at(-1) ?? 0, Math.max(0, ...pauses), times.length], {
        name,
      }),
    );
  }
  const said = events.flatMap((event) =>
    Object.entries<unknown>(JSON.parse(event.properties)).flatMap(([key, value]) =>
      like(looks.speakable).test(key) || textOf(value) === null ? [] : [{ event, key, value }],
    ),
  );
  for (const own of Map.groupBy(said, ({ event, key }) => JSON.stringify([event.event_name, key])).values()) {
    const [one] = own;
    if (one === undefined) continue;
    const name = { name: one.event.event_name, key: one.key };
    const texts = own.filter(({ value }) => typeof value === 'string');
    facts.push(
      fact(
        'key',
        [
          own.length,
          own.filter(({ value }) => typeof value === 'number').length,
          texts.length,
          texts.filter(({ value }) => like(looks.personal).test(String(value))).length,
        ],
        name,
      ),
    );
    if (!like(looks.idKey).test(one.key)) continue;
    const repeats = [...Map.groupBy(own, ({ value }) => textOf(value)).values()].flatMap((same) => {
      const inOrder = same.toSorted((a, b) => a.event.ts - b.event.ts);
      return inOrder.filter(({ event }, n) => n > 0 && event.ts - (inOrder[n - 1]?.event.ts ?? 0) <= hour);
    });
    const price = ({ event }: (typeof own)[number]): number =>
      numberOf(
        priceKeys.map((key) => fieldOf(event, `properties.${key}`)).find((p) => textOf(p) !== null) ?? null,
      ) ?? 0;
    facts.push(
      fact('double', [own.length, new Set(own.map(({ value }) => textOf(value))).size, repeats.length], {
        ...name,
        example: least(repeats.map(({ value }) => textOf(value))),
        price: repeats.reduce((sum, one) => sum + price(one), 0),
      }),
    );
  }
  const paths = events.flatMap(({ path }) =>
    path !== null && like(looks.idInPath).test(path) ? [path] : [],
  );
  if (paths.length > 0)
    facts.push(fact('path', [new Set(paths).size, paths.length], { example: least(paths) }));
  return facts;
}

const schema = z.strictObject({
  from: text,
  to: text,
  tz: text,
  limit: limitOf(100),
  where: z.array(z.never()).default([]),
  include_bots: z.boolean().default(true),
});

/** data_health, for its tests. */
export const dataHealthOracle = oracleOf<DataHealth>({
  draws: fc.constant({ to: undefined, where: undefined, include_bots: undefined, limit: undefined }),
  measures: ['status', 'found', 'share', 'example', 'meaning'],
  limited: false,
  read: (raw, asking) => ({ ...timed(schema.parse(raw), 'analysis', asking), now: asking.now }),
  answer: dataHealth,
});
