import type { APIGatewayProxyEvent } from 'aws-lambda';
import { parseJson } from '../events/parse.ts';
import { Problem } from '../problems.ts';
import { utf8Text } from './asked.ts';
import { bodyLimitBytes, gatewayAnswers } from './gateway-answers.ts';
import { unpacked } from './unpacked.ts';

/** No SDK’s form has more fields. */
const mostFields = 1000;

/**
 * A body whose type says nothing of what it is: bytes, unpacked if they begin as gzip does (whatever the headers say), then JSON if they begin so, else a form. Undefined where there is
 * none. Throws `payload_too_large` over 4 MiB (packed or not), `invalid_payload` where it is neither.
 */
export const foreignBody = async (
  { body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>,
  breathe: () => Promise<void>,
): Promise<unknown> => {
  if (body === null || body === '') return undefined;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > bodyLimitBytes) throw gatewayAnswers.tooLarge;
  const text = utf8Text(bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes);
  return /^\s*[[{]/.test(text) ? parseJson(text, breathe) : formOf(text);
};

/** A form’s fields, each with its first value; no name reaches the prototype. */
const formOf = (text: string): Readonly<Record<string, string>> => {
  if (text.trim() === '') return {};
  let fields = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) fields += 1;
  if (fields > mostFields)
    throw new Problem(
      'invalid_payload',
      `A form of ${fields} fields came; ${mostFields} are the most. Send JSON, or smaller batches.`,
      { details: { formErrors: ['The form has too many fields.'], fieldErrors: {} } },
    );
  return Object.fromEntries([...new URLSearchParams(text)].toReversed());
};
