import type { Source } from './source-text.ts';

/** Tables that stand in a room and are read from below it: rooms of their own. */
const tables = ['src/access/kinds.ts'];

/** The room a file belongs to: a file or folder of `src`, in `src/local` a folder of it, else the top folder. */
export const roomOf = (path: string): string => {
  if (tables.includes(path)) return path;
  const parts = path.split('/');
  const deep = path.startsWith('src/local/') && parts.length > 3 ? 3 : path.startsWith('src/') ? 2 : 1;
  return parts.slice(0, deep).join('/');
};

/** Of these files, which room imports which others, by name. */
export const arrowsOf = (sources: readonly Source[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const rooms = [...new Set(sources.map(({ path }) => roomOf(path)))].toSorted();
  return new Map(
    rooms.map((room) => [
      room,
      new Set(
        sources
          .filter(({ path }) => roomOf(path) === room)
          .flatMap(({ imports }) => imports.map(roomOf))
          .filter((other) => other !== room && rooms.includes(other))
          .toSorted(),
      ),
    ]),
  );
};

/** Which of our files imports which others. */
export const fileArrowsOf = (sources: readonly Source[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const ours = new Set(sources.map(({ path }) => path));
  return new Map(
    sources.map(({ path, imports }) => [path, new Set(imports.filter((name) => ours.has(name)))]),
  );
};

/**
 * From the bottom up, each after all it points at. What is left over points in a circle, or at one: then no order is
 * without an arrow that runs back up.
 */
export const inOrder = (
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly order: readonly string[]; readonly left: readonly string[] } => {
  const order = new Set<string>();
  const isReady = (one: string): boolean => [...(arrows.get(one) ?? [])].every((other) => order.has(other));
  for (let more = true; more; ) {
    const ready = [...arrows.keys()].filter((one) => !order.has(one) && isReady(one));
    for (const one of ready) order.add(one);
    more = ready.length > 0;
  }
  return { order: [...order], left: [...arrows.keys()].filter((one) => !order.has(one)) };
};

/** The map as text, top first: each room with those it imports. */
export const mapOf = (sources: readonly Source[]): string => {
  const arrows = arrowsOf(sources);
  const { order, left } = inOrder(arrows);
  const line = (room: string): string => `${room} → ${[...(arrows.get(room) ?? [])].join(' ') || 'nothing'}`;
  const count = [...arrows.values()].reduce((sum, { size }) => sum + size, 0);
  const local = order.filter((room) => room.startsWith('src/local')).length;
  return [
    ...order.toReversed().map(line),
    ...left.map((room) => `in a circle: ${line(room)}`),
    '',
    `${arrows.size} rooms (src/local: ${local}), ${count} arrows, ${left.length} rooms in a circle`,
  ].join('\n');
};
