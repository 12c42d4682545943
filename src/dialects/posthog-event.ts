import type { Left, Meant } from './dialect.ts';
import { asText, fieldsOf, type JsonFields, said, without } from './values.ts';

/** What the SDK adds and another field of ours holds, or nobody asks for. */
const held = [
  ...['token', 'distinct_id', '$time', '$insert_id', '$ip', '$raw_user_agent', '$user_id', '$device_id'],
  ...[
    '$current_url',
    '$pathname',
    '$referrer',
    '$session_id',
    '$is_identified',
    '$anon_distinct_id',
    '$set',
    '$set_once',
  ],
  ...[
    '$is_server',
    '$geoip_disable',
    '$process_person_profile',
    '$host',
    '$referring_domain',
    'alias',
    '$groups',
  ],
  ...[
    '$window_id',
    '$config_defaults',
    '$lib_custom_api_host',
    '$sdk_debug_retry_queue_size',
    '$feature_flag_request_id',
  ],
];
const noise =
  /^\$(?:browser|os|os_version|device_type|device|screen_|viewport_|timezone|session_entry_|initial_|sdk_debug_|recording_|replay_|autocapture_disabled|web_vitals_enabled|exception_capture_enabled|configured_session)/;

/** One event of PostHog’s: who `distinct_id` is differs between its SDKs. */
export const posthogMeans = (event: JsonFields, time: Pick<Meant, 'at' | 'agoMs'>): Meant | Left => {
  const name = asText(event.event);
  const properties = fieldsOf(event.properties);
  const distinct = asText(event.distinct_id) ?? asText(properties.distinct_id);
  const traits = {
    ...fieldsOf(event.$set_once ?? properties.$set_once),
    ...fieldsOf(event.$set ?? properties.$set),
  };
  if (name === '$snapshot') return { left: 'recording' };
  // From a server it is of nobody, and its id would count as a visitor.
  if (name === '$groupidentify' && properties.$device_id === undefined) return { left: 'group_profile' };
  const referrer = asText(properties.$referrer);
  const url = asText(properties.$current_url);
  const rest = Object.fromEntries(
    Object.entries(without(properties, ...held)).filter(([field]) => !noise.test(field)),
  );
  const isTraits = name === '$identify' || name === '$set';
  return {
    event: event.event,
    ...{ event_id: asText(event.uuid) ?? properties.$insert_id, ...time },
    ...who(name, distinct, properties),
    ...{ session_id: properties.$session_id, ip: properties.$ip, user_agent: properties.$raw_user_agent },
    ...{ url, path: properties.$pathname, referrer: referrer === '$direct' ? undefined : referrer },
    properties: said({
      ...(isTraits ? {} : rest),
      ...(isTraits ? withoutArrival(traits) : Object.keys(traits).length > 0 ? { $set: traits } : {}),
      ...(Object.keys(fieldsOf(properties.$groups)).length > 0 ? { $groups: properties.$groups } : {}),
      ...(name === '$create_alias' ? { alias: properties.alias } : {}),
      ...{ $lib: properties.$lib, $lib_version: properties.$lib_version },
    }),
    ...(name === '$create_alias' ? alias(distinct, properties) : {}),
  };
};

const who = (
  name: string | undefined,
  distinct: string | undefined,
  properties: JsonFields,
): Pick<Meant, 'anonymous_id' | 'user_id'> => {
  const device = asText(properties.$device_id);
  if (name === '$identify')
    return { anonymous_id: asText(properties.$anon_distinct_id) ?? device, user_id: distinct };
  const isPage = device !== undefined || properties.$is_identified !== undefined;
  if (isPage)
    return properties.$is_identified === true || asText(properties.$user_id) !== undefined
      ? { anonymous_id: device, user_id: distinct }
      : { anonymous_id: distinct };
  return properties.$process_person_profile === false ? { anonymous_id: distinct } : { user_id: distinct };
};

/** Who was anonymous is known as somebody: an identification. Python’s SDK says it the other way round than the others. */
const alias = (distinct: string | undefined, properties: JsonFields): Partial<Meant> => {
  const other = asText(properties.alias);
  if (asText(properties.$device_id) !== undefined) return {};
  return properties.$lib === 'posthog-python'
    ? { event: '$identify', anonymous_id: distinct, user_id: other }
    : { event: '$identify', anonymous_id: other, user_id: distinct };
};

/** Browsers put where a person first came from among the traits; events say so themselves. */
const withoutArrival = (traits: JsonFields): JsonFields =>
  Object.fromEntries(
    Object.entries(
      without(traits, '$referrer', '$referring_domain', '$current_url', '$host', '$pathname'),
    ).filter(([name]) => !name.startsWith('utm_') && !noise.test(name)),
  );
