import type { Left, Meant } from './dialect.ts';
import { dataOf } from './encoded.ts';
import { epochOf, type Fields, numberOf, said, textOf } from './values.ts';

/** One hit of Matomo’s. Which kind it is is told by the parameters that are there, in this order. A visitor who is a person too is an identification beside it, whose id makes it count once. */
export const matomoMeans = (hit: Fields): readonly (Meant | Left)[] => {
  if (textOf(hit.ping) === '1') return [{ left: 'ping' }];
  const ids = { anonymous_id: textOf(hit._id) ?? textOf(hit.cid), user_id: textOf(hit.uid) };
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

const kindOf = (hit: Fields): readonly [event: unknown, properties: Fields] => {
  const goal = textOf(hit.idgoal);
  const revenue = numberOf(hit.revenue);
  if (goal === '0' && textOf(hit.ec_id) !== undefined)
    return [
      'order',
      {
        ...{ revenue, order_id: hit.ec_id, items: itemsOf(hit.ec_items) },
        ...{ subtotal: numberOf(hit.ec_st), tax: numberOf(hit.ec_tx) },
        ...{ shipping: numberOf(hit.ec_sh), discount: numberOf(hit.ec_dt) },
      },
    ];
  if (goal === '0') return ['cart', { revenue, items: itemsOf(hit.ec_items) }];
  if (goal !== undefined) return ['goal', { goal_id: goal, revenue }];
  if (textOf(hit.e_c) !== undefined || textOf(hit.e_a) !== undefined)
    return [
      hit.e_a ?? hit.e_c,
      { category: hit.e_c, action: hit.e_a, name: hit.e_n, value: numberOf(hit.e_v) },
    ];
  if (textOf(hit.c_n) !== undefined)
    return [
      textOf(hit.c_i) === undefined ? 'content_impression' : 'content_interaction',
      { name: hit.c_n, piece: hit.c_p, target: hit.c_t, interaction: hit.c_i },
    ];
  if (textOf(hit.search) !== undefined)
    return [
      'site_search',
      { query: hit.search, category: hit.search_cat, results: numberOf(hit.search_count) },
    ];
  if (textOf(hit.link) !== undefined) return ['outbound_link', { link: hit.link }];
  if (textOf(hit.download) !== undefined) return ['file_download', { file: hit.download }];
  return ['$pageview', { title: hit.action_name }];
};

const dimensionsOf = (hit: Fields): Fields =>
  Object.fromEntries(Object.entries(hit).filter(([name]) => /^dimension\d{1,3}$/.test(name)));

const names = ['sku', 'name', 'category', 'price', 'quantity'] as const;
/** Items are lists of five; a list that cannot be read is left out, the order is not. */
const itemsOf = (text: unknown): readonly Fields[] | undefined => {
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
