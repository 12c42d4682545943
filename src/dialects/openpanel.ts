import type { Came, Dialect, Left, Meant, Read } from './dialect.ts';
import { asNumber, asText, asTime, fieldsOf, type JsonFields, notThis, said, without } from './values.ts';

const read = ({ body, headers }: Came): Read => {
  const fields = fieldsOf(body);
  if (asText(fields.type) === undefined) throw notThis('{type, payload}');
  // A secret beside the client’s id is a server’s.
  const key = asText(headers['openpanel-client-secret']) ?? asText(headers['openpanel-client-id']);
  return {
    keys: key === undefined ? [] : [{ text: key, inUrl: false }],
    items: [{ means: () => [meansOf(asText(fields.type) ?? '', fieldsOf(fields.payload))] }],
    answer: () => ({ body: { deviceId: 'none', sessionId: 'none' } }),
  };
};

const held = ['__path', '__title', '__referrer', '__ip', '__userAgent', '__timestamp', '__revenue'];

const meansOf = (type: string, payload: JsonFields): Meant | Left => {
  const properties = fieldsOf(payload.properties);
  const common = {
    ...{ user_id: payload.profileId, at: asTime(properties.__timestamp) },
    ...{ ip: properties.__ip, user_agent: properties.__userAgent },
    ...{ url: properties.__path, referrer: properties.__referrer },
  };
  const rest = without(properties, ...held);
  const name = asText(payload.name);
  switch (type) {
    case 'track': {
      const cents = asNumber(properties.__revenue);
      return {
        event: name === 'screen_view' ? '$pageview' : payload.name,
        ...common,
        properties: said({
          ...rest,
          title: properties.__title,
          // Sent in the smallest coin.
          ...(cents === undefined ? {} : { revenue: cents / 100 }),
          ...(Array.isArray(payload.groups) ? { groups: payload.groups } : {}),
        }),
      };
    }
    case 'identify': {
      const { firstName, lastName, email, avatar } = payload;
      return {
        event: '$identify',
        ...common,
        properties: said({ ...rest, firstName, lastName, email, avatar }),
      };
    }
    case 'alias':
      return { event: '$alias', ...common, properties: said({ alias: payload.alias }) };
    case 'group':
      return { left: 'group_profile' };
    case 'assign_group':
      return {
        event: '$group',
        ...common,
        properties: said({ ...rest, ...without(payload, 'profileId', 'properties') }),
      };
    case 'increment':
    case 'decrement':
      return { left: 'profile_operation' };
    default:
      return { left: 'unknown_type' };
  }
};

/** OpenPanel: `@openpanel/sdk`, `@openpanel/web`. */
export const openpanel: Dialect = {
  name: 'openpanel',
  tool: 'OpenPanel',
  roots: [],
  headers: ['openpanel-client-id', 'openpanel-client-secret', 'openpanel-sdk-name', 'openpanel-sdk-version'],
  places: [
    { at: 'POST track', reads: read },
    { at: 'POST api/track', reads: read },
  ],
};
