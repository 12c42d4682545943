import { eventsOf, type Period, type Reading } from '../lake/events-of.ts';
import type { Row } from '../ports.ts';
import { fieldFrom } from '../sql/field.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { limits } from './fields.ts';
import { nearest } from './nearest.ts';
import { quoted } from './visible.ts';

/** How far back names are looked for: 30 days, ms. */
export const vocabularyMs = 30 * 86_400_000;

/** How many names are ever looked at, the most frequent ones, and how many words of one question are compared with them. */
const [namesLookedAt, wordsHinted] = [1000, 3] as const;
/** How many names are told with their keys, how many keys each of how many characters, from how many of its newest events: in the engine, so that no answer of it is large. */
const described = { names: 300, keys: 100, keyLength: 128, newest: 20 } as const;

/** Which names are looked for beside the most frequent: exactly these words, or only those that begin so (without case). */
export interface Sought {
  readonly also?: readonly string[];
  readonly startsWith?: string;
}

/** The most frequent event names of these projects in the period, at most 1,000, and those sought: (event_name, events, of_all), most frequent first; of_all counts all there are. */
export const namesInUse = (
  reading: Reading,
  period: Period,
  { also = [], startsWith = '' }: Sought = {},
): Sql => {
  const begun = startsWith === '' ? sql`` : sql` where strpos(lower(event_name), lower(${startsWith})) = 1`;
  const sought = also.length === 0 ? sql`` : sql` or event_name in (${join(also)})`;
  return sql`
  select event_name, events, of_all
  from (
    select event_name, events, count(*) over () as of_all, row_number() over (order by events desc, event_name) as place
    from (select event_name, count(*) as events from (${eventsOf(reading, period)}) as e${begun} group by event_name) as counted
  ) as ranked
  where place <= ${namesLookedAt}${sought}
  order by events desc, event_name`;
};

/**
 * The most frequent event names with the property keys of their newest few events: (event_name, events, of_all, keys), keys as a JSON list. `only`: just these names, however rare
 * they are.
 */
export const vocabulary = (reading: Reading, period: Period, only?: readonly string[]): Sql => {
  const events = sql`(${eventsOf(reading, period)}) as e${only === undefined ? sql`` : sql` where event_name in (${join(only)})`}`;
  return sql`
  select event_name, max(events) as events, max(of_all) as of_all,
    json_format(cast(array_agg(key) filter (where key is not null and place <= ${described.keys}) as json)) as keys
  from (
    select event_name, events, of_all, key, row_number() over (partition by event_name order by key asc nulls last) as place
    from (
      select distinct event_name, events, of_all, key
      from (
        select ranked.event_name, counted.events, counted.of_all, ranked.properties
        from (
          select event_name, properties, row_number() over (partition by event_name order by ts desc, received_at desc, request_id desc, seq desc) as newest
          from ${events}
        ) as ranked
        inner join (
          select event_name, count(*) as events, count(*) over () as of_all
          from ${events}
          group by event_name order by events desc, event_name limit ${described.names}
        ) as counted on counted.event_name = ranked.event_name
        where ranked.newest <= ${described.newest}
      ) as known
      cross join unnest(map_keys(cast(json_parse(properties) as map(varchar, json))) || array[cast(null as varchar)]) as t (key)
      where key is null or length(key) <= ${described.keyLength}
    ) as seen
  ) as placed
  group by event_name
  order by events desc, event_name`;
};

/** When the newest event of a period happened: (last), null without any. */
export const lastMoment = (reading: Reading, period: Period): Sql =>
  sql`select max(ts) as last from (${eventsOf(reading, period)}) as e`;

/** A name in use. */
export interface KnownEvent {
  readonly event: string;
  readonly events: number;
  /** Keys seen in the newest 20 events of the name, sorted, the first 100; without those no question can ask for. */
  readonly property_keys: readonly string[];
}

/** The rows of `vocabulary` as names with their property keys, most frequent first. */
export const knownEvents = (rows: readonly Row[]): readonly KnownEvent[] =>
  rows.map(({ event_name, events, keys }) => ({
    event: String(event_name),
    events: Number(events),
    property_keys: typeof keys === 'string' ? textsIn(keys).toSorted() : [],
  }));

/** Not too long, and without what a path inside `properties` cannot carry. */
const canBeAsked = (key: string): boolean => {
  const spelled = `properties["${key}"]`;
  return spelled.length <= limits.field && fieldFrom(spelled) !== undefined;
};

function textsIn(json: string): readonly string[] {
  const read: unknown = JSON.parse(json);
  return Array.isArray(read) ? read.map(String).filter(canBeAsked) : [];
}

/** Names in use: the most frequent of them, and of how many. */
export interface Names {
  readonly names: readonly string[];
  readonly of: number;
}

/** The rows of `namesInUse`. */
export const namesFrom = (rows: readonly Row[]): Names => ({
  names: rows.map(({ event_name }) => String(event_name)),
  of: Number(rows[0]?.of_all ?? 0),
});

/** What is said of names that nobody sent, of the first few: for each the nearest that somebody did, else the most frequent. */
export const unheard = (strange: readonly string[], { names, of }: Names): readonly string[] => {
  const among = of > namesLookedAt ? ` of the ${namesLookedAt} most frequent of ${of} names` : '';
  const said = strange.slice(0, wordsHinted).map((word) => {
    const close = nearest(word, names);
    return `no event ${quoted(word)} in this project; ${close.length > 0 ? `nearest${among}: ${listed(close)}` : `there are: ${listed(names)}`}`;
  });
  return strange.length <= wordsHinted
    ? said
    : [...said, `${strange.length - wordsHinted} more names that were asked for are not there either.`];
};

/** The first ten names, quoted. */
export const listed = (names: readonly string[]): string => names.slice(0, 10).map(quoted).join(', ');
