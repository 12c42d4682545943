import type { Left, Meant } from './dialect.ts';
import { asNumber, asText, epochOf, fieldsOf, type JsonFields, library, said, without } from './values.ts';

const held = [
  ...[
    'token',
    'distinct_id',
    '$device_id',
    '$user_id',
    'time',
    '$insert_id',
    'ip',
    '$ip',
    '$anon_distinct_id',
  ],
  ...['$current_url', 'current_url_path', 'current_url_search', 'current_url_protocol', 'current_domain'],
  ...[
    'current_page_title',
    '$referrer',
    '$referring_domain',
    '$initial_referrer',
    '$initial_referring_domain',
  ],
  ...['mp_lib', '$lib_version', '$mp_autocapture', '$had_persisted_distinct_id', 'mp_sent_by_lib_version'],
  ...['$browser', '$browser_version', '$os', '$device', '$screen_height', '$screen_width'],
];

const devicePrefix = '$device:';

/** Who an event is of: a page’s unknown visitor is `$device:<id>`; where only `distinct_id` comes, a server means a person. */
const who = (fields: JsonFields, distinct: unknown): Pick<Meant, 'anonymous_id' | 'user_id'> => {
  const id = asText(distinct);
  const device = asText(fields.$device_id);
  return id?.startsWith(devicePrefix) === true
    ? { anonymous_id: id.slice(devicePrefix.length) }
    : { anonymous_id: device, user_id: asText(fields.$user_id) ?? id };
};

/** One event of Mixpanel’s. */
export const mixpanelEvent = (sent: JsonFields): Meant | Left => {
  const properties = fieldsOf(sent.properties);
  const url = asText(properties.$current_url);
  const isView = sent.event === '$mp_web_page_view';
  const rest = without(properties, ...held);
  const common = {
    ...{ event_id: properties.$insert_id, at: epochOf(properties.time) },
    ...{ ip: properties.ip ?? properties.$ip, url, path: properties.current_url_path },
    referrer: direct(properties.$referrer),
  };
  const lib = library(properties.mp_lib, properties.$lib_version);
  if (sent.event === '$create_alias') {
    const before = asText(properties.distinct_id);
    // Two names of one person cannot be joined; a device and a person can.
    return before?.startsWith(devicePrefix) === true
      ? {
          event: '$identify',
          ...common,
          anonymous_id: before.slice(devicePrefix.length),
          user_id: properties.alias,
        }
      : { event: '$create_alias', ...common, ...who(properties, before), properties: { ...rest, ...lib } };
  }
  if (sent.event === '$identify') {
    const anonymous = asText(properties.$anon_distinct_id);
    return {
      event: '$identify',
      ...common,
      anonymous_id:
        anonymous?.startsWith(devicePrefix) === true
          ? anonymous.slice(devicePrefix.length)
          : (properties.$device_id ?? anonymous),
      ...{ user_id: properties.distinct_id },
      properties: lib,
    };
  }
  return {
    event: isView ? '$pageview' : sent.event,
    ...common,
    ...who(properties, properties.distinct_id),
    properties: said({
      ...rest,
      ...lib,
      ...(isView ? { title: properties.current_page_title } : {}),
    }),
  };
};

const direct = (referrer: unknown): unknown => (referrer === '$direct' ? undefined : referrer);

/** What a profile is told: traits, or the money a person spent. Sums, lists and removals have no place in an event. */
export const mixpanelProfile = (sent: JsonFields): readonly (Meant | Left)[] => {
  const ids = who(sent, sent.$distinct_id);
  const traits = { ...fieldsOf(sent.$set_once), ...fieldsOf(sent.$set) };
  const { $transactions: spent } = fieldsOf(sent.$append);
  const common = { ...ids, at: epochOf(sent.$time), ip: sent.$ip };
  if (spent !== undefined) {
    const { $time: time, $amount: amount, ...more } = fieldsOf(spent);
    return [
      {
        event: 'revenue',
        ...common,
        at: epochOf(time),
        properties: said({ ...more, revenue: asNumber(amount) }),
      },
    ];
  }
  if (Object.keys(traits).length > 0) return [{ event: '$identify', ...common, properties: traits }];
  return '$set' in sent || '$set_once' in sent ? [] : [{ left: 'profile_operation' }];
};
