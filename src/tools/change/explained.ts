import type { Period } from '../../lake/events-of.ts';
import { moment } from '../../people/sessions.ts';
import { doersOf } from '../../people/who.ts';
import type { Field } from '../../sql/field.ts';
import { numberOf, textOf } from '../../sql/field.ts';
import { hashed } from '../../sql/hash.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import type { OtherPeriod } from '../other-period.ts';
import type { Asking } from '../question.ts';
import { askedEvents, each } from '../relations.ts';

/** Two periods of which one is compared with the other. */
export interface Compared {
  readonly before: OtherPeriod;
  readonly after: Period;
}

/** What is explained: how it is counted, of which events, told apart by what. */
export interface Explaining {
  readonly asking: Pick<Asking<unknown>, 'reading' | 'period' | 'where' | 'judged' | 'byProject'>;
  readonly periods: Compared;
  readonly counts:
    | { readonly as: 'count' | 'uniques' | 'people'; readonly event: string | undefined }
    | { readonly as: 'sum'; readonly event: string | undefined; readonly field: Field }
    | { readonly as: 'conversion'; readonly steps: readonly [string, string]; readonly windowMs: number };
  readonly dimensions: readonly Field[];
  /** Beside those: so many of the properties that most events carry. */
  readonly properties: number;
  /** How many values of one dimension are told by name at most. */
  readonly values: number;
}

/** Keys that a path can carry, as `fieldFrom` reads them. */
const speakable = sql`length(key) <= 128 and not regexp_like(key, ${'["\\\\\\p{Cc}]'})`;

/**
 * What stands behind a change, one row per dimension and value: `dim` (place among the dimensions from 1; 0 for the
 * whole and for properties), `key` (of a property), `value`, `kept` (0: all small values of the dimension together),
 * `b` and `a` (what is counted, before and after), `mb` and `ma` (of how many). Each person, visitor or attempt is
 * counted under one value, so the values of a dimension add up to the whole. Source: questions.md, 6.
 */
export const explained = (explaining: Explaining): Sql => {
  const { asking, dimensions, properties, counts, values } = explaining;
  const project = asking.byProject ? [name('project_id')] : [];
  const ds = dimensions.map((_, i) => name(`d_${i + 1}`));
  const measured = join(
    (['b', 'a'] as const).flatMap((side, p) => [
      sql`sum(case when p = ${p} then n else 0 end) as ${name(side)}`,
      sql`sum(case when p = ${p} then 1 else 0 end) as ${name(`m${side}`)}`,
    ]),
  );
  const found = (of: (d: Sql, i: number) => Sql) =>
    join(ds.map((d, i) => sql`case when grouping(${d}) = 0 then ${of(d, i)} end`));
  const [dim, value] =
    ds.length === 0
      ? [sql`0`, sql`cast(null as varchar)`]
      : [sql`coalesce(${found((_, i) => sql`${i + 1}`)}, 0)`, sql`coalesce(${found((d) => d)}, null)`];
  const sets = [...ds.map((d) => [...project, d]), project].map((set) => sql`(${join(set)})`);
  const byDimension = (rows: Sql): Sql => sql`
    select ${each(project)}${dim} as dim, cast(null as varchar) as key, ${value} as value, ${measured}
    from ${rows} as r group by grouping sets (${join(sets)})`;
  const both =
    properties === 0
      ? byDimension(sql`(${counted(explaining)})`)
      : sql`
    select * from (
      with base as (${counted(explaining)})
      ${byDimension(sql`base`)}
      union all
      select ${each(project)}0 as dim, key, value, b, mb, a, ma
      from (
        select *, dense_rank() over (${asking.byProject ? sql`partition by project_id ` : sql``}order by filled desc, key) as place
        from (
          select *, sum(mb + ma) over (partition by ${each(project)}key) as filled
          from (
            select ${each(project)}key, value, ${measured}
            from (
              select ${each(project)}p, n, key, json_extract_scalar(properties, concat('$["', key, '"]')) as value
              from base cross join unnest(map_keys(cast(json_parse(properties) as map(varchar, json)))) as u (key)
              where ${speakable}
            ) as told
            where value is not null
            group by ${each(project)}key, value
          ) as filling
        ) as weighed
      ) as placed
      where place <= ${properties}
    ) as q`;
  const size = counts.as === 'conversion' ? sql`m` : sql``;
  const [b, a] = [name(`${size.text}b`), name(`${size.text}a`)];
  const large = (side: Sql, whole: Sql): Sql => sql`(${side} <> 0 and 100 * abs(${side}) >= abs(${whole}))`;
  const whole = (side: Sql): Sql =>
    sql`max(case when dim = 0 and key is null then ${side} end) over (${asking.byProject ? sql`partition by project_id` : sql``})`;
  return sql`
    select ${each(project)}dim, key, kept, case when kept = 1 then value end as value,
      coalesce(sum(b), 0) as b, coalesce(sum(a), 0) as a, coalesce(sum(mb), 0) as mb, coalesce(sum(ma), 0) as ma
    from (
      select *, case when dim = 0 and key is null or (${large(b, sql`whole_b`)} or ${large(a, sql`whole_a`)}) and place <= ${values} then 1 else 0 end as kept
      from (
        select *, ${whole(b)} as whole_b, ${whole(a)} as whole_a,
          row_number() over (partition by ${each(project)}dim, key order by greatest(abs(b), abs(a)) desc, value asc nulls last) as place
        from (${both}) as told
      ) as compared
    ) as folded
    group by ${each(project)}dim, key, kept, case when kept = 1 then value end`;
};

/** Rows to be added up: `p` (0 before, 1 after), `n`, the dimensions d_1 …, and `properties`. */
function counted(explaining: Explaining): Sql {
  const { asking, dimensions, counts, properties } = explaining;
  const project = asking.byProject ? [name('project_id')] : [];
  const kept = [...dimensions.map(textOf), ...(properties > 0 ? [name('properties')] : [])];
  const names = [
    ...dimensions.map((_, i) => name(`d_${i + 1}`)),
    ...(properties > 0 ? [name('properties')] : []),
  ];
  const plain = join(
    kept.map((value, i) => sql`, ${value} as ${names[i] ?? sql``}`),
    '',
  );
  const picked = join(
    names.map((as, i) => sql`, picked[${i + 1}] as ${as}`),
    '',
  );
  const one = sql`row(${join([...kept, sql`0`])})`;
  switch (counts.as) {
    case 'count':
      return sql`select ${each(project)}p, 1 as n${plain} from (${events(explaining)}) as e`;
    case 'sum': {
      const amount = numberOf(counts.field);
      return sql`select * from (select ${each(project)}p, ${amount} as n${plain} from (${events(explaining)}) as e) as s where n is not null`;
    }
    case 'conversion':
      return sql`
        select ${each(project)}p, n${picked}
        from (
          select ${each(project)}p, who, max(done) as n, max_by(${one}, row(done, ts, received_at, request_id, seq)) as picked
          from (${attempts(explaining, counts.windowMs, counts.steps)}) as tried
          group by ${each(project)}p, who
        ) as those`;
    default:
      return sql`
        select ${each(project)}p, 1 as n${picked}
        from (
          select ${each(project)}p, who, min_by(${one}, ${moment}) as picked
          from (${done(explaining, counts.as)}) as d
          group by ${each(project)}p, who
        ) as those`;
  }
}

/** The events of both periods, each with its `p`; what both periods hold is there twice. */
function events({ asking, periods, counts }: Explaining): Sql {
  const wanted =
    counts.as === 'conversion'
      ? sql`event_name in (${join([...new Set(counts.steps)])})`
      : counts.event === undefined
        ? sql`true`
        : sql`event_name = ${counts.event}`;
  const later = counts.as === 'conversion' ? counts.windowMs : 0;
  const of = (p: 0 | 1): Sql => {
    const { from, to } = p === 0 ? periods.before : periods.after;
    return sql`select *, ${p} as p from (${askedEvents({ ...asking }, { from, to: to + later })}) as e where ${wanted}`;
  };
  return sql`${of(0)} union all ${of(1)}`;
}

/** Those events with `who` did them: 64 bits that tell persons or visitors apart. */
function done(explaining: Explaining, per: 'uniques' | 'people' | 'conversion'): Sql {
  const { reading } = explaining.asking;
  const { from, who } = doersOf(events(explaining), per === 'uniques' ? 'visitor' : 'person', reading);
  return sql`select e.*, ${hashed(who)} as who from ${from}`;
}

/** First steps in their period, each `done` (1) where the second follows within the window. */
function attempts(explaining: Explaining, windowMs: number, [first, second]: readonly [string, string]): Sql {
  const { before, after } = explaining.periods;
  return sql`
    select *, case when following <= date_add('millisecond', ${windowMs}, ts) then 1 else 0 end as done
    from (
      select *, min(case when event_name = ${second} then ts end) over (
        partition by project_id, p, who order by ts, received_at, request_id, seq
        rows between 1 following and unbounded following) as following
      from (${done(explaining, 'conversion')}) as d
    ) as followed
    where event_name = ${first} and ts < case when p = 0 then ${new Date(before.to)} else ${new Date(after.to)} end`;
}
