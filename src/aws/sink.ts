import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Event } from '../events/columns.ts';
import type { Log, Sink, Store } from '../ports.ts';
import { Problem } from '../problems.ts';
import { deliver, type Stream } from './delivery.ts';
import { documentOf, packed } from './document.ts';

interface SinkParts {
  readonly stream: Stream;
  /** Where events go that the stream did not take; a drain delivers them later. */
  readonly spill: Pick<Store, 'put'>;
  readonly log: Log;
}

const compressed = promisify(gzip);

/**
 * Events into a Firehose stream, and what it does not take after three tries into the spill: resolves when each event is in one of the two. Rejects with `upstream_failed`
 * when both fail; of a request of more than one record a part may then be in the stream, as after a lost answer. Nothing of it was acknowledged. Tries of ours repeat
 * `request_id` and `seq`, so questions count them once; a caller who sends again is a new request, and only its `event_id`s tell that it is the same.
 */
export const openCloudSink = ({ stream, spill, log }: SinkParts): Sink => ({
  keep: async (events) => {
    const [first] = events;
    if (first === undefined) return {};
    const left = await deliver(stream, packed(events.map(documentOf)));
    if (left.records.length === 0) return {};
    await spill
      .put(spillName(first), await compressed(Buffer.concat(left.records)))
      .catch((cause: unknown) => {
        throw new Problem(
          'upstream_failed',
          'The events could not be stored: neither the stream nor the bucket took them. Send the request again; what has an event_id will not count twice, should a part have arrived.',
          { cause },
        );
      });
    log.warn('spilled', { records: left.records.length, reasons: left.reasons, request: first.request_id });
    return {};
  },
});

const spillName = ({ received_at, request_id }: Event): string =>
  `${new Date(received_at).toISOString()}-${request_id}.ndjson.gz`;

/** When the first event of a spilled request arrived, ms since 1970; names sort by it. */
export const spilledAt = (name: string): number => Date.parse(name.slice(0, 24));
