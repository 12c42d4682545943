import type { Principal } from '../access/principal.ts';
import type { Read, SentItem } from '../dialects/dialect.ts';
import { trackOf } from '../dialects/track.ts';
import { parseTrack } from '../events/parse.ts';
import { eventsPerBatch, type Track } from '../events/schema.ts';
import { Problem } from '../problems.ts';
import { trusts } from './collect.ts';

/** So many events are read at a stretch; then others have their turn. */
const pieceOf = 100;

/** What a request’s events are in our words, each checked as a body of `/v1/track` is, and how many are not, by reason. Throws `payload_too_large` for more than a batch may hold. */
export const tracksIn = async (
  { items, sentAt }: Read,
  principal: Principal,
  receivedAt: number,
  breathe: () => Promise<void>,
): Promise<{ readonly tracks: readonly Track[]; readonly refused: Readonly<Record<string, number>> }> => {
  if (items.length > eventsPerBatch)
    throw new Problem(
      'payload_too_large',
      `${items.length} events came at once; ${eventsPerBatch} are the most. Send smaller batches.`,
    );
  const trusted = trusts(principal);
  const tracks: Track[] = [];
  const refused = new Map<string, number>();
  const refuse = (why: string) => void refused.set(why, (refused.get(why) ?? 0) + 1);
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % pieceOf === 0) await breathe();
    if (item.key !== undefined && isOther(item.key, principal)) {
      refuse('other_key');
      continue;
    }
    for (const meant of meantBy(item, trusted)) {
      const track = 'left' in meant ? meant.left : checked(trackOf(meant, receivedAt, sentAt), trusted);
      if (typeof track === 'string') refuse(track);
      else tracks.push(track);
    }
  }
  return { tracks, refused: Object.fromEntries(refused) };
};

/** What cannot be read is no reason to lose the others. */
const meantBy = (item: SentItem, trusted: boolean): ReturnType<SentItem['means']> => {
  try {
    return item.means(trusted);
  } catch (thrown) {
    if (thrown instanceof Problem) return [{ left: 'unreadable' }];
    throw thrown;
  }
};

/** A key of ours that an event names for itself, and that is not the request’s. */
const isOther = (key: string, { key: name }: Principal): boolean =>
  /^(?:pk|sk|rk|ak)_(?:live|test)_/.test(key) && !key.startsWith(`${name}_`);

/** The event, or the name of what does not fit. */
const checked = (body: unknown, trusted: boolean): Track | string => {
  try {
    return parseTrack(body, trusted);
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const [field = 'event'] = Object.keys(fieldErrorsOf(thrown.details));
    return `invalid_${field}`;
  }
};

const fieldErrorsOf = (details: unknown): object =>
  typeof details === 'object' &&
  details !== null &&
  'fieldErrors' in details &&
  typeof details.fieldErrors === 'object' &&
  details.fieldErrors !== null
    ? details.fieldErrors
    : {};
