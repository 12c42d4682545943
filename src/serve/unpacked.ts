import { gunzipSync } from 'node:zlib';
import { Problem } from '../problems.ts';
import { bodyLimitBytes } from './gateway-answers.ts';

const head = 18;

/** How many bytes a gzip body says it will be; 0 where it is too short to say. `unpacked` never gives more. */
export const announcedBytes = (packed: Uint8Array): number =>
  packed.length < head
    ? 0
    : new DataView(packed.buffer, packed.byteOffset + packed.length - 4).getUint32(0, true);

/** A gzip body’s bytes, at most 4 MiB: unpacking stops there, and where one goes on that said it would be less. Throws `payload_too_large`, `invalid_payload`. */
export const unpacked = (packed: Uint8Array): Uint8Array => {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b)
    throw notGzip('it does not begin as gzip does. Send it without Content-Encoding, or pack it');
  const announced = announcedBytes(packed);
  const most = Math.min(announced, bodyLimitBytes);
  try {
    const bytes = gunzipSync(packed, { maxOutputLength: Math.max(1, most) });
    if (bytes.length === announced) return bytes;
  } catch (thrown) {
    // Of a body that was cut off, the last bytes announce anything: only one that goes on is too large.
    if (announced > most && thrown instanceof RangeError)
      throw new Problem(
        'payload_too_large',
        `The body is over 4 MiB (${bodyLimitBytes} bytes) once unpacked, the most a request may hold. Send it in smaller batches.`,
      );
  }
  throw notGzip('it is cut off, damaged, or more than one gzip file in a row. Pack the whole body once');
};

const notGzip = (why: string): Problem =>
  new Problem('invalid_payload', `Content-Encoding gzip came, but the body cannot be unpacked: ${why}.`, {
    details: { formErrors: ['The body is no gzip.'], fieldErrors: {} },
  });
