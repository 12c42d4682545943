import type { Came, Dialect, Item, Left, Meant, Read } from './dialect.ts';
import { epochOf, type Fields, fieldsOf, listOf, notThis, said, textOf } from './values.ts';

const read = ({ body }: Came): Read => {
  const list = listOf(body);
  const [first] = list;
  if (first === undefined) throw notThis('{type, payload}, or a list of them,');
  const site = siteIn(first);
  return {
    keys: site === undefined ? [] : [{ text: site, inUrl: false }],
    items: list.map((one): Item => ({ key: siteIn(one), means: () => [meansOf(fieldsOf(one))] })),
    answer: ({ taken }) => ({
      body: Array.isArray(body)
        ? { size: list.length, processed: taken, errors: list.length - taken }
        : // Its script sends `cache` back as a header; a page’s visit is told apart without it.
          { cache: 'none', sessionId: 'none', visitId: 'none' },
    }),
  };
};

const siteIn = (one: unknown): string | undefined => textOf(fieldsOf(fieldsOf(one).payload).website);

const meansOf = ({ type, payload }: Fields): Meant | Left => {
  const fields = fieldsOf(payload);
  const id = textOf(fields.id);
  const common = {
    ...{ at: epochOf(fields.timestamp), user_id: id, ip: fields.ip, user_agent: fields.userAgent },
    ...{ url: wholeUrl(textOf(fields.url), textOf(fields.hostname)), referrer: fields.referrer },
  };
  const data = fieldsOf(fields.data);
  if (type === 'identify') return { event: '$identify', ...common, properties: data };
  if (type !== 'event') return { left: type === 'performance' ? 'performance' : 'unknown_type' };
  const name = textOf(fields.name);
  return {
    event: name ?? '$pageview',
    ...common,
    properties: said({ ...data, ...{ title: fields.title, tag: fields.tag } }),
  };
};

/** A server’s client sends the path and the host apart. */
const wholeUrl = (url: string | undefined, host: string | undefined): string | undefined =>
  url !== undefined && host !== undefined && url.startsWith('/') ? `https://${host}${url}` : url;

/** Umami: its script and `@umami/node`. */
export const umami: Dialect = {
  name: 'umami',
  tool: 'Umami',
  roots: ['/api/send', '/api/batch'],
  headers: ['authorization', 'x-umami-cache'],
  places: [
    { at: 'POST api/send', reads: read },
    { at: 'POST api/batch', reads: read },
  ],
};
