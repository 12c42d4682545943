import type { Left, Meant } from './dialect.ts';
import { dataOf } from './encoded.ts';
import { asNumber, asText, epochOf, type JsonFields, said } from './values.ts';

/** One hit of Matomo’s. Which kind it is is told by the parameters that are there, in this order. A visitor who is a person too is an identification beside it, whose id makes it count once. */
export const matomoMeans = (hit: JsonFields): readonly (Meant | Left)[] => {
  if (asText(hit.ping) === '1') return [{ left: 'ping' }];
  const ids = { anonymous_id: asText(hit._id) ?? asText(hit.cid), user_id: asText(hit.uid) };
  const common = {
    ...{ ...ids, at: epochOf(hit.cdt), ip: hit.cip, user_agent: hit.ua, url: hit.url, referrer: hit.urlref },
  };
  const [event, properties] = kindOf(hit);
  const meant: Meant = { event, ...common, properties: said({ ...properties, ...dimensionsOf(hit) }) };
  return ids.anonymous_id === undefined || ids.user_id === undefined
    ? [meant]
    : [
        {
          event: '$identify',
          event_id: `identify ${ids.anonymous_id} ${ids.user_id}`,
          ...ids,
          at: common.at,
        },
        meant,
      ];
};

const kindOf = (hit: JsonFields): readonly [event: unknown, properties: JsonFields] => {
  const goal = asText(hit.idgoal);
  const revenue = asNumber(hit.revenue);
  if (goal === '0' && asText(hit.ec_id) !== undefined)
    return [
      'order',
      {
        ...{ revenue, order_id: hit.ec_id, items: itemsOf(hit.ec_items) },
        ...{ subtotal: asNumber(hit.ec_st), tax: asNumber(hit.ec_tx) },
        ...{ shipping: asNumber(hit.ec_sh), discount: asNumber(hit.ec_dt) },
      },
    ];
  if (goal === '0') return ['cart', { revenue, items: itemsOf(hit.ec_items) }];
  if (goal !== undefined) return ['goal', { goal_id: goal, revenue }];
  if (asText(hit.e_c) !== undefined || asText(hit.e_a) !== undefined)
    return [
      hit.e_a ?? hit.e_c,
      { category: hit.e_c, action: hit.e_a, name: hit.e_n, value: asNumber(hit.e_v) },
    ];
  if (asText(hit.c_n) !== undefined)
    return [
      asText(hit.c_i) === undefined ? 'content_impression' : 'content_interaction',
      { name: hit.c_n, piece: hit.c_p, target: hit.c_t, interaction: hit.c_i },
    ];
  if (asText(hit.search) !== undefined)
    return [
      'site_search',
      { query: hit.search, category: hit.search_cat, results: asNumber(hit.search_count) },
    ];
  if (asText(hit.link) !== undefined) return ['outbound_link', { link: hit.link }];
  if (asText(hit.download) !== undefined) return ['file_download', { file: hit.download }];
  return ['$pageview', { title: hit.action_name }];
};

const dimensionsOf = (hit: JsonFields): JsonFields =>
  Object.fromEntries(Object.entries(hit).filter(([name]) => /^dimension\d{1,3}$/.test(name)));

const names = ['sku', 'name', 'category', 'price', 'quantity'] as const;
/** Items are lists of five; a list that cannot be read is left out, the order is not. */
const itemsOf = (text: unknown): readonly JsonFields[] | undefined => {
  const list = (() => {
    try {
      return dataOf(text);
    } catch {
      return undefined;
    }
  })();
  return Array.isArray(list)
    ? list.map((item: unknown) =>
        Array.isArray(item) ? said(Object.fromEntries(names.map((name, i) => [name, item[i]]))) : {},
      )
    : undefined;
};
