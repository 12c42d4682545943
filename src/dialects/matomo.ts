import type { Came, Dialect, Outcome, Read, SentItem, ToolAnswer } from './dialect.ts';
import { matomoMeans } from './matomo-hit.ts';
import { pixel } from './pixel.ts';
import { asText, fieldsOf, type JsonFields, notThis } from './values.ts';

const bulkIn = (body: unknown): readonly unknown[] | undefined => {
  const { requests } = fieldsOf(body);
  return Array.isArray(requests) ? requests : undefined;
};

const sum = (counts: Outcome['refused']): number => Object.values(counts).reduce((all, one) => all + one, 0);

/** Hits: one in the query, in a form or in both, or many as JSON (the log importer’s form too). */
const read = ({ query, body }: Came): Read => {
  const bulk = bulkIn(body);
  const form = bulk === undefined ? fieldsOf(body) : {};
  const one = { ...query, ...form };
  const hits = (bulk ?? [one]).map(hitOf);
  const [first = {}] = hits;
  if (bulk === undefined && asText(one.idsite) === undefined) throw notThis('a hit with idsite and rec,');
  const site = asText(first.idsite);
  const token = asText(fieldsOf(body).token_auth) ?? asText(first.token_auth) ?? asText(query.token_auth);
  const best = isOurs(token) ? token : (site ?? token);
  const isInQuery = bulk === undefined && Object.values(query).includes(best ?? '');
  return {
    keys: best === undefined ? [] : [{ text: best, inUrl: isInQuery }],
    items: hits.map(
      (hit): SentItem => ({
        key: isOurs(token) ? undefined : asText(hit.idsite),
        means: () => matomoMeans(hit),
      }),
    ),
    answer: (outcome) => answerTo(bulk !== undefined, one, outcome),
  };
};

const isOurs = (text: string | undefined): boolean =>
  text !== undefined && /^(?:pk|sk)_(?:live|test)_/.test(text);

const answerTo = (isBulk: boolean, one: JsonFields, { taken, refused }: Outcome): ToolAnswer => {
  if (isBulk) return { body: { status: 'success', tracked: taken, invalid: sum(refused) } };
  return asText(one.send_image) === '0' ? { status: 204, body: undefined } : pixel;
};

/** An entry of a bulk: a query string, or its fields. */
const hitOf = (entry: unknown): JsonFields =>
  typeof entry === 'string'
    ? Object.fromEntries([...new URLSearchParams(entry.slice(entry.indexOf('?') + 1))].toReversed())
    : fieldsOf(entry);

/** Matomo: `matomo.js`, `matomo-tracker`, trackers that post to `matomo.php`, its log importer. */
export const matomo: Dialect = {
  name: 'matomo',
  tool: 'Matomo',
  roots: ['/matomo.php', '/piwik.php'],
  headers: ['authorization'],
  places: [
    { at: '* matomo.php', reads: read },
    { at: '* piwik.php', reads: read },
  ],
};
