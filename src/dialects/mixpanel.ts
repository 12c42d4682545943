import type { Came, Dialect, Outcome, Presented, Read, SentItem, ToolAnswer } from './dialect.ts';
import { sentJson } from './encoded.ts';
import { mixpanelEvent, mixpanelProfile } from './mixpanel-event.ts';
import { pixel } from './pixel.ts';
import { asList, asText, fieldsOf, notThis } from './values.ts';

/** `verbose` wants JSON, also of a refusal; without it the digit 1 or 0 is an answer; `img` asks for a picture. */
const wishes = ({ query, body }: Came) => {
  const form = fieldsOf(body);
  const wants = (name: string): boolean => (query[name] ?? asText(form[name]) ?? '0') !== '0';
  return { isVerbose: wants('verbose'), isImage: wants('img') };
};

const answer =
  (came: Came) =>
  ({ taken }: Outcome): ToolAnswer => {
    const { isVerbose, isImage } = wishes(came);
    if (came.path.at(-1) === 'import')
      return { body: { code: 200, num_records_imported: taken, status: 1, error: null } };
    if (isImage) return pixel;
    return isVerbose
      ? { body: { status: 1, error: null } }
      : { type: 'text/plain; charset=utf-8', body: '1' };
  };

const read =
  (itemOf: (said: unknown) => SentItem) =>
  (came: Came): Read => {
    const { body, query } = came;
    const inUrl = query.data !== undefined;
    const list = asList(sentJson(body, query));
    if (list.length === 0 && !Array.isArray(sentJson(body, query)))
      throw notThis('data, an object or a list of them,');
    const key = list.map((one) => itemOf(one).key).find((one) => one !== undefined);
    const presented: readonly Presented[] = key === undefined ? [] : [{ text: key, inUrl }];
    return {
      keys: presented,
      items: list.map(itemOf),
      answer: answer(came),
      refusal: (_, message) => ({ status: 0, error: message }),
    };
  };

const event = read((said) => ({
  key: asText(fieldsOf(fieldsOf(said).properties).token),
  means: () => [mixpanelEvent(fieldsOf(said))],
}));
const profile = read((said) => ({
  key: asText(fieldsOf(said).$token),
  means: () => mixpanelProfile(fieldsOf(said)),
}));
const group = read((said) => ({
  key: asText(fieldsOf(said).$token),
  means: () => [{ left: 'group_profile' }],
}));

/** Mixpanel: `mixpanel` for Node, `mixpanel-browser`, `mixpanel` for Python. */
export const mixpanel: Dialect = {
  name: 'mixpanel',
  tool: 'Mixpanel',
  roots: [],
  headers: ['authorization'],
  places: [
    { at: '* track', reads: event },
    { at: '* import', reads: event },
    { at: '* engage', reads: profile },
    { at: '* groups', reads: group },
    { at: '* decide', shows: () => ({ body: { notifications: [], config: {} } }) },
    { at: '* record', shows: () => ({ body: { code: 200, status: 'OK' } }) },
  ],
};
