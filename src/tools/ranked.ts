import { join, name, type Sql, sql } from '../sql/sql.ts';

/** Rows to be counted: by which groups and buckets, what is measured, which measure ranks the groups. */
export interface Ranking {
  /** A relation with the group columns and, where there is one, `bucket`. */
  readonly rows: Sql;
  readonly groups: readonly Sql[];
  readonly byBucket: boolean;
  /** Aggregates, each with its name. */
  readonly measures: readonly (readonly [name: string, aggregate: Sql])[];
  /** The measure whose largest values come first. */
  readonly by: string;
  /** How many groups are kept. */
  readonly limit: number;
}

/** `g asc nulls last` for each group. */
export const ascending = (groups: readonly Sql[]): Sql => join(groups.map((g) => sql`${g} asc nulls last`));

/** The order of `ranked`’s rows, over their columns. */
export const rankedOrder = ({ groups, byBucket, by }: Pick<Ranking, 'groups' | 'byBucket' | 'by'>): Sql => {
  if (byBucket) return groups.length === 0 ? sql`bucket` : sql`bucket, place`;
  return groups.length === 0 ? name(by) : sql`${name(by)} desc, ${ascending(groups)}`;
};

/**
 * One row per group, bucket, or group and bucket, in one pass. Groups: the largest over the whole period come
 * first, ties by the groups’ values; `of_all` says how many there are. With buckets: by bucket, then by that rank.
 */
export const ranked = ({ rows, groups, byBucket, measures, by, limit }: Ranking): Sql => {
  const measured = join(measures.map(([as, aggregate]) => sql`${aggregate} as ${name(as)}`));
  if (groups.length === 0 && !byBucket) return sql`select ${measured} from (${rows}) as counted`;
  if (groups.length === 0)
    return sql`select bucket, ${measured} from (${rows}) as counted group by bucket order by bucket`;
  const split = join(groups);
  if (!byBucket)
    return sql`
      select *, count(*) over () as of_all
      from (select ${split}, ${measured} from (${rows}) as counted group by ${split}) as grouped
      order by ${name(by)} desc, ${ascending(groups)}
      limit ${limit}`;
  return sql`
    select *
    from (
      select *, max(place) over () as of_all
      from (
        select *, dense_rank() over (order by total desc, ${ascending(groups)}) as place
        from (
          select *, max(case when whole = 1 then ${name(by)} end) over (partition by ${split}) as total
          from (
            select ${split}, bucket, ${measured}, grouping(bucket) as whole
            from (${rows}) as counted
            group by grouping sets ((${split}, bucket), (${split}))
          ) as grouped
        ) as totalled
      ) as placed
    ) as numbered
    where whole = 0 and place <= ${limit}
    order by bucket, place`;
};
