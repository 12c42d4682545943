import { eventsOf, type Period, type Reading } from '../../lake/events-of.ts';
import { millis } from '../../people/sessions.ts';
import { doersOf } from '../../people/who.ts';
import type { Row } from '../../ports.ts';
import { entriesOf, heldText, scalarText } from '../../sql/entries.ts';
import { numberIn } from '../../sql/field.ts';
import { hashed } from '../../sql/hash.ts';
import { join, type Sql, sql } from '../../sql/sql.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the checks look for, in patterns that both engines and JavaScript read alike. */
export const looks = {
  placeholder: '\\A(user_)?(undefined|null|nan|none|anonymous|0|[0-]*0{8}[0-]*)\\z',
  cookieless: '\\Aanon_[0-9a-f]{32}\\z',
  personal:
    '[^\\s@]@[^\\s@]+[.][A-Za-z]{2}|\\A[+][0-9][0-9 ().-]{6,18}\\z|\\A[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,4}\\z|\\A(eyJ[A-Za-z0-9_-]{10}|sk_|ghp_|AKIA[0-9A-Z]{12})',
  idInPath: '/([0-9]{4,}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})(/|\\z)',
  idKey: '(\\A|[_.-])id\\z|Id\\z|order|invoice|transaction|payment|booking',
  speakable: '["\\\\\\p{Cc}]',
} as const;

/** More page views in one hour than a person makes; more devices than one has; longer on the way than an event should be. */
export const beyond = { viewsAnHour: 300, visitors: 50, lateMs: 30 * dayMs } as const;
/** So many names and keys are looked at, the most frequent ones. */
const most = { names: 500, keys: 500 } as const;
/** Properties of more characters are not looked into: an engine reads thousands of events together, and taken apart the widest legal ones need more memory than it has. */
export const longestLookedInto = 2000;
/** How far before the period a name’s habit is looked at, ms. */
export const habitMs = 30 * dayMs;

/** The keys under which a price may stand, the first that is there counts. */
export const priceKeys = ['price', 'value', 'amount', 'total', 'revenue'] as const;

/** What is known of the data, from `factsOf`: a row each of kind `all machine crowd ancient name key double path wide`. */
export interface Fact {
  readonly kind: string;
  readonly name: string | null;
  readonly key: string | null;
  readonly example: string | null;
  /** Counts and times (ms since 1970), by kind; see `factsOf`. */
  readonly n: readonly number[];
  readonly price: number;
}

/** A row of `factsOf` as a fact. */
export const factOf = (row: Row): Fact => ({
  kind: String(row.kind),
  name: textIn(row.name),
  key: textIn(row.key),
  example: textIn(row.example),
  n: [row.a, row.b, row.c, row.d, row.e, row.f].map((cell) => Number(cell ?? 0)),
  price: Number(row.price ?? 0),
});
const textIn = (cell: Row[string] | undefined): string | null =>
  cell === null || cell === undefined ? null : String(cell);

/**
 * Facts about the events of a period, bots included, in one statement. By kind: `all` events, bots, without ids,
 * placeholders, late ones, newest; `machine` visitors, most views; `crowd` persons, most visitors; `ancient` events of
 * 1970; `name` events in the period, first, last, longest pause, events in all; `key` events, numbers, texts, personal
 * ones; `double` events, different values, repeats within an hour; `path` different paths with an id, events; `wide` events
 * whose properties were not looked into.
 */
export function factsOf(seen: Reading, period: Period, byProject: boolean): Sql {
  const reading: Reading = { ...seen, bots: true };
  const events = sql`(${eventsOf(reading, period)}) as e`;
  const p = byProject ? sql`project_id, ` : sql``;
  const by = byProject ? sql` group by project_id` : sql``;
  const nothing = sql`cast(null as bigint)`;
  const fact = (
    kind: string,
    n: readonly Sql[],
    from: Sql,
    {
      name = sql`cast(null as varchar)`,
      key = sql`cast(null as varchar)`,
      example = sql`cast(null as varchar)`,
      price = sql`cast(null as double)`,
    } = {},
  ): Sql => {
    const [a = nothing, b = nothing, c = nothing, d = nothing, e = nothing, f = nothing] = n;
    return sql`select ${p}${kind} as kind, ${name} as name, ${key} as key, ${example} as example, ${a} as a, ${b} as b, ${c} as c, ${d} as d, ${e} as e, ${f} as f, ${price} as price from ${from}`;
  };
  const count = (when: Sql): Sql => sql`count(case when ${when} then 1 end)`;
  const placeholder = (id: Sql): Sql => sql`coalesce(regexp_like(lower(${id}), ${looks.placeholder}), false)`;
  const bad = sql`case when ${placeholder(sql`user_id`)} then user_id when ${placeholder(sql`anonymous_id`)} then anonymous_id end`;
  const all = fact(
    'all',
    [
      sql`count(*)`,
      count(sql`device_type = 'bot'`),
      count(sql`user_id is null and regexp_like(anonymous_id, ${looks.cookieless})`),
      count(sql`${bad} is not null`),
      count(sql`${millis(sql`received_at`)} - ${millis(sql`ts`)} > ${beyond.lateMs}`),
      sql`max(${millis(sql`ts`)})`,
    ],
    sql`${events}${by}`,
    { example: sql`min(${bad})` },
  );
  const machine = fact(
    'machine',
    [sql`count(distinct v)`, sql`max(views)`],
    sql`(
      select ${p}${hashed(sql`anonymous_id`)} as v, date_trunc('hour', ts) as hour, count(*) as views
      from ${events} where event_name = '$pageview' and device_type <> 'bot'
      group by ${p}${hashed(sql`anonymous_id`)}, date_trunc('hour', ts)
    ) as hourly where views > ${beyond.viewsAnHour}${by}`,
  );
  const doers = doersOf(eventsOf({ ...reading, bots: false }, period), 'person', reading);
  const crowd = fact(
    'crowd',
    [sql`count(*)`, sql`max(visitors)`],
    sql`(
      select ${p}who, count(distinct v) as visitors
      from (select e.project_id, ${hashed(sql`e.anonymous_id`)} as v, ${hashed(doers.who)} as who from ${doers.from}) as d
      group by ${p}who
    ) as persons where visitors > ${beyond.visitors}${by}`,
  );
  const ancient = fact(
    'ancient',
    [sql`count(*)`],
    sql`(${eventsOf(reading, { from: 0, to: dayMs })}) as e${by}`,
  );
  const ms = millis(sql`ts`);
  const names = fact(
    'name',
    [sql`n`, sql`first_ms`, sql`last_ms`, sql`pause`, sql`events`],
    sql`(
      select *, row_number() over (${byProject ? sql`partition by project_id ` : sql``}order by events desc, event_name) as place
      from (
        select ${p}event_name, ${count(sql`ms >= ${period.from}`)} as n, min(ms) as first_ms, max(ms) as last_ms, max(pause) as pause, count(*) as events
        from (
          select ${p}event_name, ms, ms - lag(ms) over (partition by ${p}event_name order by ms) as pause
          from (select ${p}event_name, ${ms} as ms from (${eventsOf(reading, { from: period.from - habitMs, to: period.to })}) as e) as timed
        ) as paused
        group by ${p}event_name
      ) as named
    ) as placed where place <= ${most.names}`,
    { name: sql`event_name` },
  );
  const keyed = sql`(
    select ${p}event_name, key, ms, pairs, ${heldText} as value, starts_with(json_format(held), '"') as quoted
    from (${entriesOf(
      sql`(select *, ${ms} as ms from ${events} where length(properties) <= ${longestLookedInto}) as timed`,
      'properties',
      [...(byProject ? [sql`project_id`] : []), sql`event_name`, sql`ms`],
    )}) as entries
    where length(key) <= 128 and not regexp_like(key, ${looks.speakable})
  ) as told where value is not null`;
  const keys = fact(
    'key',
    [sql`n`, sql`numbers`, sql`texts`, sql`personal`],
    sql`(
      select *, row_number() over (${byProject ? sql`partition by project_id ` : sql``}order by n desc, event_name, key) as place
      from (
        select ${p}event_name, key, count(*) as n,
          ${count(sql`not quoted and value <> 'true' and value <> 'false'`)} as numbers, ${count(sql`quoted`)} as texts,
          ${count(sql`quoted and regexp_like(value, ${looks.personal})`)} as personal
        from ${keyed} group by ${p}event_name, key
      ) as counted
    ) as placed where place <= ${most.keys}`,
    { name: sql`event_name`, key: sql`key` },
  );
  // From the map: each look into the text would read all of it, and hold what it read.
  const price = join(
    priceKeys.map((key): Sql => {
      const text = scalarText(sql`element_at(pairs, ${key})`);
      return sql`when ${text} is not null then ${numberIn(text)}`;
    }),
    ' ',
  );
  const doubles = fact(
    'double',
    [sql`count(*)`, sql`count(distinct value)`, count(sql`since <= ${hourMs}`)],
    sql`(
      select *, ms - lag(ms) over (partition by ${p}event_name, key, value order by ms) as since
      from (select ${p}event_name, key, value, ms, case ${price} end as price from ${keyed} and regexp_like(key, ${looks.idKey})) as ids
    ) as followed group by ${p}event_name, key`,
    {
      name: sql`event_name`,
      key: sql`key`,
      example: sql`min(case when since <= ${hourMs} then value end)`,
      price: sql`sum(case when since <= ${hourMs} then price end)`,
    },
  );
  const path = fact(
    'path',
    [sql`count(distinct path)`, sql`count(*)`],
    sql`${events} where path is not null and regexp_like(path, ${looks.idInPath})${by}`,
    { example: sql`min(path)` },
  );
  const wide = fact(
    'wide',
    [sql`count(*)`],
    sql`${events} where length(properties) > ${longestLookedInto}${by}`,
  );
  return [machine, crowd, ancient, names, keys, doubles, path, wide].reduce(
    (before, next) => sql`${before} union all ${next}`,
    all,
  );
}
