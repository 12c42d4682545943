import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { limit as limitOf, list, oracleOf, shared, timed, where as wheres } from './oracle.ts';
import { compareText } from './order.ts';
import { pageOf } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, eventsFor, type Shared } from './stored.ts';
import { type Condition, holds } from './where.ts';

/** The arguments of flow, resolved. */
export interface Flow extends Shared {
  readonly anchor: { readonly event: string; readonly where: readonly Condition[] };
  readonly direction: 'after' | 'before';
  readonly by: 'auto' | 'event' | 'path';
  readonly depth: number;
  readonly top: number;
  readonly hide: readonly string[];
}

/** What one session did from its anchor on: names, the anchor’s first. */
interface Walk {
  readonly project: string;
  readonly names: readonly string[];
}

/** What flow must answer. */
export const flow = (stored: readonly Event[], args: Flow, context: Context): readonly Row[] => {
  const walks = sessionsIn(eventsFor(stored, context), args).flatMap(
    ({ events, project }): readonly Walk[] => {
      const own = args.direction === 'after' ? events : events.toReversed();
      const start = own.findIndex((event) => isAnchor(event, args));
      const anchor = own[start];
      if (anchor === undefined) return [];
      const later = own.slice(start + 1).flatMap((event) => nameOf(event, args) ?? []);
      return [{ project, names: collapsed([anchorName(anchor, args), ...later]) }];
    },
  );
  const projects = context.byProject ? [...new Set(walks.map(({ project }) => project))] : [null];
  return projects
    .flatMap((project) =>
      stepsOf(
        walks.filter((walk) => project === null || walk.project === project),
        args,
      ).map((row) => (project === null ? row : { project_id: project, ...row })),
    )
    .toSorted(
      (a, b) =>
        Number(a.depth) - Number(b.depth) ||
        Number(b.sessions) - Number(a.sessions) ||
        compareText(String(a.project_id ?? ''), String(b.project_id ?? '')) ||
        compareText(String(a.from), String(b.from)) ||
        compareText(String(a.to), String(b.to)),
    )
    .slice(0, args.limit);
};

const isAnchor = (event: Event, { anchor }: Flow): boolean =>
  event.event_name === anchor.event && anchor.where.every((condition) => holds(event, condition));

/** A step’s name; null: it is passed over. */
const nameOf = (event: Event, { by, hide }: Flow): string | null => {
  const { event_name } = event;
  const said = plainName(event, by);
  return event_name === '$identify' || hide.includes(event_name) || (said !== null && hide.includes(said))
    ? null
    : said;
};

const plainName = ({ event_name, path }: Event, by: Flow['by']): string | null => {
  const page = event_name === '$pageview' ? pageOf(path) : null;
  return by === 'event' ? event_name : by === 'path' ? page : (page ?? event_name);
};

const anchorName = (event: Event, { by }: Flow): string =>
  (by === 'path' ? pageOf(event.path) : plainName(event, by)) ?? event.event_name;

const collapsed = (names: readonly string[]): readonly string[] =>
  names.filter((said, i) => i === 0 || said !== names[i - 1]);

/** Where each walk was at each depth, under the name that is shown for it. */
function stepsOf(walks: readonly Walk[], { depth, top, direction }: Flow): readonly Row[] {
  const end = direction === 'after' ? '(exit)' : '(entry)';
  const shown = (names: readonly string[], place: number): string => {
    const said = names[place];
    if (said === undefined) return end;
    const there = walks.flatMap((walk) => walk.names[place] ?? []);
    const times = Map.groupBy(there, (one) => one);
    const most = [...times].toSorted(([a, x], [b, y]) => y.length - x.length || compareText(a, b));
    return most.slice(0, top).some(([one]) => one === said) ? said : '(other)';
  };
  return Array.from({ length: depth }, (_, i) => i + 1).flatMap((place) => {
    const moves = walks
      .filter(({ names }) => names[place - 1] !== undefined)
      .map(({ names }) => ({ from: shown(names, place - 1), to: shown(names, place) }));
    return [...Map.groupBy(moves, (move) => JSON.stringify(move)).values()].flatMap((same) =>
      same.slice(0, 1).map(({ from, to }) => ({
        depth: place,
        from,
        to,
        sessions: same.length,
        share: same.length / moves.filter((move) => move.from === from).length,
      })),
    );
  });
}

const step = z.union([
  z.string().transform((event) => ({ event, where: [] })),
  z.object({ event: z.string(), where: wheres }),
]);
const schema = z.strictObject({
  ...shared,
  limit: limitOf(2500),
  anchor: step,
  direction: z.enum(['after', 'before']).default('after'),
  by: z.enum(['auto', 'event', 'path']).default('auto'),
  depth: z.int().default(3),
  top: z.int().default(5),
  hide: list,
});

/** flow, for its tests. */
export const flowOracle = oracleOf<Flow>({
  draws: fc.record({
    anchor: fc.constantFrom<unknown>(
      ...['$pageview', '$pageview', 'A', 'A', 'B', '$identify', 'never'],
      ...['/', '/shoes'].map((value) => ({
        event: '$pageview',
        where: [{ field: 'path', op: 'starts_with', value }],
      })),
    ),
    direction: fc.constantFrom(undefined, 'after', 'before'),
    by: fc.constantFrom(undefined, undefined, 'auto', 'event', 'path'),
    depth: fc.constantFrom(undefined, 1, 2, 5),
    top: fc.constantFrom(undefined, 1, 2, 20),
    hide: fc.constantFrom(undefined, undefined, ['B'], ['/shoes', '$scroll'], ['$pageview']),
  }),
  measures: ['sessions', 'share'],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: flow,
});
