import type { Left, Meant, SentItem } from './dialect.ts';
import { asText, asTime, fieldsOf, type JsonFields, library, said, withCampaign, without } from './values.ts';

/** A message of Segment’s model, which RudderStack and Jitsu speak too. `own`: what the tool writes otherwise. */
export const messageItem = (
  message: unknown,
  own: (fields: JsonFields) => Partial<Meant> = () => ({}),
): SentItem => ({
  key: asText(fieldsOf(message).writeKey),
  means: () => [meansOf(fieldsOf(message), own)],
});

const meansOf = (message: JsonFields, own: (fields: JsonFields) => Partial<Meant>): Meant | Left => {
  const context = fieldsOf(message.context);
  const type = asText(message.type);
  const properties = fieldsOf(message.properties);
  const page = { ...fieldsOf(context.page), ...(type === 'page' ? said(properties) : {}) };
  const { name, version } = fieldsOf(context.library);
  const campaign = fieldsOf(context.campaign);
  const url = withCampaign(asText(page.url), campaign);
  const common = {
    ...{ event_id: message.messageId, at: asTime(message.timestamp ?? message.originalTimestamp) },
    ...{ anonymous_id: message.anonymousId, user_id: message.userId, session_id: context.sessionId },
    ...{ ip: context.ip, user_agent: context.userAgent },
    ...{ url, path: page.path, referrer: page.referrer },
    ...own(message),
  };
  const of = (event: unknown, more: JsonFields): Meant => ({
    event,
    ...common,
    properties: said({
      ...more,
      ...library(name, version),
      // Without an address the campaign is no source; it is not lost.
      ...(url === undefined && Object.keys(campaign).length > 0 ? { campaign } : {}),
    }),
  });
  const traits = { ...fieldsOf(context.traits), ...fieldsOf(message.traits) };
  const named = said({ name: message.name, category: message.category });
  switch (type) {
    case 'track':
      return of(message.event, properties);
    case 'page':
      return of('$pageview', { ...named, ...without(properties, 'url', 'path', 'referrer', 'search') });
    case 'screen':
      return of('$screen', { ...named, ...properties });
    case 'identify':
      return of('$identify', traits);
    case 'group':
      return of('$group', { ...fieldsOf(message.traits), group_id: message.groupId });
    case 'alias':
      return of('$alias', { previous_id: message.previousId });
    default:
      return { left: 'unknown_type' };
  }
};
