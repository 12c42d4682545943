import type { World } from '../ports.ts';

/** The id of the note that says on which UTC day a key was last used. */
export const usedId = (key: string): string => `USED#${key}`;

/** Keys of one day that are remembered as noted; beyond that they are looked up again. */
const remembered = 10_000;

/**
 * Notes, once a day, that a key (by its name) is used. A note that cannot be written costs the caller nothing: the next process, or the next day, writes it.
 * A clock that is set back changes no note.
 */
export const uses = ({
  ledger,
  clock,
}: Pick<World, 'ledger' | 'clock'>): ((key: string) => Promise<void>) => {
  let today = '';
  let noted = new Set<string>();

  const note = async (key: string, day: string): Promise<void> => {
    const item = await ledger.read(usedId(key));
    if (item !== undefined && String(item.data.day) >= day) return;
    await ledger.write({ id: usedId(key), data: { day } }, item?.version ?? 0);
  };

  return async (key) => {
    const day = new Date(clock()).toISOString().slice(0, 10);
    if (day !== today || noted.size >= remembered) [today, noted] = [day, new Set()];
    if (noted.has(key)) return;
    noted.add(key);
    await note(key, day).catch(() => undefined);
  };
};
