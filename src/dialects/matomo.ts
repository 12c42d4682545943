import type { Came, Dialect, Item, Outcome, Read, Reply } from './dialect.ts';
import { matomoMeans } from './matomo-hit.ts';
import { pixel } from './pixel.ts';
import { type Fields, fieldsOf, notThis, textOf } from './values.ts';

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
  if (bulk === undefined && textOf(one.idsite) === undefined) throw notThis('a hit with idsite and rec,');
  const site = textOf(first.idsite);
  const token = textOf(fieldsOf(body).token_auth) ?? textOf(first.token_auth) ?? textOf(query.token_auth);
  const best = isOurs(token) ? token : (site ?? token);
  const isInQuery = bulk === undefined && Object.values(query).includes(best ?? '');
  return {
    keys: best === undefined ? [] : [{ text: best, inUrl: isInQuery }],
    items: hits.map(
      (hit): Item => ({
        key: isOurs(token) ? undefined : textOf(hit.idsite),
        means: () => matomoMeans(hit),
      }),
    ),
    answer: (outcome) => answerTo(bulk !== undefined, one, outcome),
  };
};

const isOurs = (text: string | undefined): boolean =>
  text !== undefined && /^(?:pk|sk)_(?:live|test)_/.test(text);

const answerTo = (isBulk: boolean, one: Fields, { taken, refused }: Outcome): Reply => {
  if (isBulk) return { body: { status: 'success', tracked: taken, invalid: sum(refused) } };
  return textOf(one.send_image) === '0' ? { status: 204, body: undefined } : pixel;
};

/** An entry of a bulk: a query string, or its fields. */
const hitOf = (entry: unknown): Fields =>
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
