import { exactJson } from '../events/exact-json.ts';
import { asText, fieldsOf, notThis } from './values.ts';

/** Base64 as forms bring it: an unescaped plus has become a blank. */
const base64 = /^[\w+/ -]+={0,2}\s*$/;

/** What a parameter `data` holds: JSON, or the base64 of JSON. Throws `invalid_payload` where it is neither. */
export const dataOf = (data: unknown): unknown => {
  if (typeof data !== 'string') return data;
  const isPlain = /^\s*[[{]/.test(data);
  if (!isPlain && !base64.test(data)) throw notData;
  try {
    return exactJson(isPlain ? data : Buffer.from(data.replaceAll(' ', '+'), 'base64').toString());
  } catch {
    throw notData;
  }
};
const notData = notThis('data, JSON or the base64 of JSON,');

/** The JSON of a request: its body, or what stands under `data` in its form or its query. */
export const sentJson = (body: unknown, query: Readonly<Record<string, string>>): unknown => {
  const { data } = fieldsOf(body);
  if (typeof data === 'string') return dataOf(data);
  return body === undefined || (asText(query.data) !== undefined && Object.keys(fieldsOf(body)).length === 0)
    ? dataOf(query.data)
    : body;
};
