import type { Came, Dialect, Left, Meant, Read } from './dialect.ts';
import { dataOf } from './encoded.ts';
import { asNumber, asText, fieldsOf, type JsonFields, notThis, said } from './values.ts';

/** Short names, and the long ones of older clients and of servers. */
const read = ({ body }: Came): Read => {
  const fields = fieldsOf(body);
  const site = asText(fields.d) ?? asText(fields.domain);
  if (Object.keys(fields).length === 0) throw notThis('one event, a JSON object with n, u and d,');
  return {
    keys: site === undefined ? [] : [{ text: site, inUrl: false }],
    items: [{ means: () => [meansOf(fields)] }],
    answer: () => ({ type: 'text/plain; charset=utf-8', body: 'ok' }),
  };
};

const meansOf = (fields: JsonFields): Meant | Left => {
  const name = fields.n ?? fields.name;
  // How far and how long a page was read: no event.
  if (name === 'engagement') return { left: 'engagement' };
  const { amount, currency } = fieldsOf(dataOf(fields.$ ?? fields.revenue));
  return {
    event: name === 'pageview' ? '$pageview' : name,
    url: fields.u ?? fields.url,
    referrer: fields.r ?? fields.referrer,
    properties: said({
      ...fieldsOf(dataOf(fields.p ?? fields.props ?? fields.m)),
      ...{ revenue: asNumber(amount), currency },
    }),
  };
};

/** Plausible: its script, `@plausible-analytics/tracker`, `plausible-tracker`, and servers’ own calls. */
export const plausible: Dialect = {
  name: 'plausible',
  tool: 'Plausible',
  roots: ['/api/event'],
  headers: ['authorization'],
  places: [{ at: 'POST api/event', reads: read }],
};
