import type { Left, Meant } from './dialect.ts';
import { asNumber, asText, epochOf, fieldsOf, type JsonFields, library, said, without } from './values.ts';

/** What the SDK says of the page; our own fields hold it. */
const ofPages = /^\[Amplitude\] (?:Page|Previous Page) /;
/** Where a visit came from is read from its address and referrer, and is no trait of a person. */
const ofArrivals = /^(?:utm_\w+|referrer|referring_domain|initial_.*)$/;
const except = (fields: JsonFields, names: RegExp): JsonFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.test(name)));

/** What an SDK may ask of a profile that no event can say. */
const operations = [
  '$add',
  '$append',
  '$prepend',
  '$unset',
  '$preInsert',
  '$postInsert',
  '$remove',
  '$clearAll',
];

/** One event of Amplitude’s. */
export const amplitudeMeans = (sent: JsonFields): readonly (Meant | Left)[] => {
  const type = asText(sent.event_type);
  const properties = fieldsOf(sent.event_properties);
  const user = fieldsOf(sent.user_properties);
  const session = asText(sent.session_id);
  const location = properties['[Amplitude] Page Location'];
  const [, lib, version] = /^(.*?)\/(.*)$/.exec(asText(sent.library) ?? '') ?? [];
  const common = {
    ...{ event_id: sent.insert_id, at: epochOf(sent.time) },
    ...{ anonymous_id: sent.device_id, user_id: sent.user_id },
    ...{ session_id: session === '-1' ? undefined : session, ip: sent.ip, user_agent: sent.user_agent },
    ...{ url: location, path: properties['[Amplitude] Page Path'], referrer: properties.referrer },
  };
  const of = (event: unknown, more: JsonFields): Meant => ({
    event,
    ...common,
    properties: said({ ...more, ...library(lib, version), ...groupsOf(sent) }),
  });
  if (type === '$identify') {
    const left = operations.filter((name) => name in user).map(() => ({ left: 'profile_operation' }));
    const isPlain = !Object.keys(user).some((name) => name.startsWith('$'));
    const traits = isPlain ? user : { ...fieldsOf(user.$setOnce), ...fieldsOf(user.$set) };
    return [of('$identify', except(traits, ofArrivals)), ...left];
  }
  if (type === '$groupidentify')
    return [of('$groupidentify', { $set: fieldsOf(sent.group_properties).$set })];
  // Beginning and end of a visit are read from its events; at its beginning the SDK says who it is, also where nobody called identify.
  if (type === 'session_end') return [];
  if (type === 'session_start') {
    const [device, person] = [asText(sent.device_id), asText(sent.user_id)];
    return device === undefined || person === undefined
      ? []
      : [{ ...of('$identify', {}), event_id: `identify ${device} ${person}` }];
  }
  const rest = without(except(properties, ofPages), 'referrer', 'referring_domain');
  if (type === '[Amplitude] Page Viewed')
    return [of('$pageview', { ...rest, title: properties['[Amplitude] Page Title'] })];
  if (type === 'revenue_amount') return [of('revenue', { ...rest, ...moneyOf(properties) })];
  return [of(sent.event_type, rest)];
};

const groupsOf = ({ groups }: JsonFields): JsonFields =>
  Object.keys(fieldsOf(groups)).length > 0 ? { $groups: groups } : {};

const moneyOf = ({ $price, $quantity, $revenue, $currency }: JsonFields): JsonFields => {
  const price = asNumber($price);
  const all = asNumber($revenue) ?? (price === undefined ? undefined : price * (asNumber($quantity) ?? 1));
  return said({ revenue: all, currency: $currency });
};
