import type { Came, Dialect, Left, Meant, Read, SentItem } from './dialect.ts';
import { asList, asText, epochOf, fieldsOf, type JsonFields, notThis, said } from './values.ts';

const read = ({ body }: Came): Read => {
  const list = asList(body);
  const [first] = list;
  if (first === undefined) throw notThis('{type, payload}, or a list of them,');
  const site = siteIn(first);
  return {
    keys: site === undefined ? [] : [{ text: site, inUrl: false }],
    items: list.map((one): SentItem => ({ key: siteIn(one), means: () => [meansOf(fieldsOf(one))] })),
    answer: ({ taken }) => ({
      body: Array.isArray(body)
        ? { size: list.length, processed: taken, errors: list.length - taken }
        : // Its script sends `cache` back as a header; a page’s visit is told apart without it.
          { cache: 'none', sessionId: 'none', visitId: 'none' },
    }),
  };
};

const siteIn = (one: unknown): string | undefined => asText(fieldsOf(fieldsOf(one).payload).website);

const meansOf = ({ type, payload }: JsonFields): Meant | Left => {
  const fields = fieldsOf(payload);
  const id = asText(fields.id);
  const common = {
    ...{ at: epochOf(fields.timestamp), user_id: id, ip: fields.ip, user_agent: fields.userAgent },
    ...{ url: wholeUrl(asText(fields.url), asText(fields.hostname)), referrer: fields.referrer },
  };
  const data = fieldsOf(fields.data);
  if (type === 'identify') return { event: '$identify', ...common, properties: data };
  if (type !== 'event') return { left: type === 'performance' ? 'performance' : 'unknown_type' };
  const name = asText(fields.name);
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
