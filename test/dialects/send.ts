import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Running } from '../local/product.ts';

/** A request as one of the tools’ own SDKs sent it to a recorder; `encoding` says how the body travelled. */
const recorded = z.object({
  method: z.string(),
  path: z.string(),
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  encoding: z.string().nullish(),
});
type Recorded = z.infer<typeof recorded>;

/** What an SDK sent, and where its project’s key stood. */
export interface Capture {
  /** The file in `captured/`, without `.json`. */
  readonly name: string;
  readonly dialect: string;
  readonly kind: 'pk' | 'sk';
  /** Texts in which a key stood, wherever they are; ours takes the place of KEY in what replaces them. */
  readonly tokens: readonly (readonly [text: string, ours: string])[];
}

/** The origin that the browsers’ requests come from. */
export const shop = 'https://shop.example';

/** All requests of a capture, with a key of ours in the place of the tool’s. */
export const requestsOf = ({ name, dialect, kind, tokens }: Capture, key: string): readonly Wire[] =>
  z
    .array(recorded)
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'captured', `${name}.json`), 'utf8')))
    .map((one) =>
      wireOf(one, dialect, kind, (text) =>
        tokens.reduce((all, [token, to]) => all.replaceAll(token, to.replace('KEY', key)), text),
      ),
    );

/** A request ready to be sent. */
export interface Wire {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const wireOf = (
  { method, path, query, headers, body, encoding }: Recorded,
  dialect: string,
  kind: Capture['kind'],
  ours: (text: string) => string,
): Wire => {
  const inData = (text: string) =>
    Buffer.from(ours(Buffer.from(text, 'base64').toString())).toString('base64');
  const search = new URLSearchParams(
    Object.entries(query).map(([field, value]): [string, string] => [
      field,
      field === 'data' ? inData(value) : ours(`${field}=${value}`).slice(field.length + 1),
    ]),
  ).toString();
  const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1];
  return {
    method,
    target: `/in/${dialect}${ours(path)}${search === '' ? '' : `?${search}`}`,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([field, value]) => [field, ours(value)])),
      ...(basic === undefined
        ? {}
        : {
            authorization: `Basic ${Buffer.from(ours(Buffer.from(basic, 'base64').toString())).toString('base64')}`,
          }),
      ...(kind === 'pk' ? { origin: shop } : {}),
    },
    body: body === null || body === undefined ? undefined : encoded(body, encoding ?? '', ours),
  };
};

const encoded = (body: unknown, encoding: string, ours: (text: string) => string): Uint8Array => {
  const json = ours(JSON.stringify(body));
  if (encoding.startsWith('gzip')) return gzipSync(json);
  if (!encoding.startsWith('form-encoded')) return Buffer.from(json);
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(json));
  const form = new URLSearchParams(
    Object.entries(fields).map(([field, value]): [string, string] => {
      if (typeof value === 'string') return [field, value];
      const text = JSON.stringify(value);
      return [field, encoding.includes('base64') ? Buffer.from(text).toString('base64') : text];
    }),
  );
  return Buffer.from(form.toString());
};

/** Sends it to the port. */
export const post = (on: Pick<Running, 'url'>, { method, target, headers, body }: Wire): Promise<Response> =>
  fetch(on.url + target, {
    method,
    headers,
    redirect: 'error',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
