-- Teaches DuckDB the names and meanings of Trino (Athena's language) that our questions use.
-- A macro with a built-in's name must call the built-in as system.main.…, else it calls itself for ever.
-- Each line here has rows in test/sql/phrasebook.ts, checked against DuckDB and a real Trino.

create schema if not exists trino;

-- NULL in, NULL out; DuckDB skips NULLs.
create or replace macro trino.concat
  (a, b) as a || b,
  (a, b, c) as a || b || c,
  (a, b, c, d) as a || b || c || d,
  (a, b, c, d, e) as a || b || c || d || e;
create or replace macro trino.greatest
  (a, b) as case when a is not null and b is not null then system.main.greatest(a, b) end,
  (a, b, c) as case when a is not null and b is not null and c is not null then system.main.greatest(a, b, c) end;
create or replace macro trino.least
  (a, b) as case when a is not null and b is not null then system.main.least(a, b) end,
  (a, b, c) as case when a is not null and b is not null and c is not null then system.main.least(a, b, c) end;

-- Positions count from 1, from the end when negative; outside the text there is nothing.
create or replace macro trino.substr
  (s, start) as case when start = 0 or -start > length(s) then '' else system.main.substr(s, start) end,
  (s, start, n) as case when start = 0 or -start > length(s) then '' else system.main.substr(s, start, n) end;

-- No match is NULL, not ''.
create or replace macro trino.regexp_like(s, pattern) as system.main.regexp_matches(s, pattern);
create or replace macro trino.regexp_extract
  (s, pattern) as case when system.main.regexp_matches(s, pattern) then system.main.regexp_extract(s, pattern) end,
  (s, pattern, part) as case when system.main.regexp_matches(s, pattern) then system.main.regexp_extract(s, pattern, part) end;

-- $["a"]["b c"] becomes DuckDB's /a/b c: its $-paths read "*" as a wildcard, refuse "" and do not find array places by their number.
-- A constant path is translated once, when the question is planned.
create or replace macro trino.json_place(path) as
  regexp_replace(regexp_replace(replace(replace(path, '~', '~0'), '/', '~1'), '^\$', ''), '\["([^"]*)"\]', '/\1', 'g');
create or replace macro trino.json_extract(json, path) as try(system.main.json_extract(json, trino.json_place(path)));
-- Text of a scalar; objects, arrays and JSON null have none. DuckDB writes 1e+21 as 1e21: the sign is put back.
create or replace macro trino.json_extract_scalar(json, path) as
  json_extract_string(
    regexp_replace(try(json_value(json, trino.json_place(path))), '^(-?[0-9.]+)e([0-9]+)$', '"\1e+\2"'),
    '$');
create or replace macro trino.json_format(json) as cast(json as varchar);
create or replace macro trino.json_parse(s) as json(s);

-- Elapsed whole units, not boundaries crossed. Months and years are elapsed differently by both engines: not taught.
create or replace macro trino.date_diff(unit, since, until) as system.main.date_sub(
  case unit when 'millisecond' then unit when 'second' then unit when 'minute' then unit when 'hour' then unit when 'day' then unit
    else error('date_diff: not a unit both engines agree on: ' || unit) end,
  cast(since as timestamp), cast(until as timestamp));
create or replace macro trino.date_add(unit, n, t) as cast(t as timestamp) + case unit
  when 'millisecond' then to_milliseconds(n) when 'second' then to_seconds(n) when 'minute' then to_minutes(n) when 'hour' then to_hours(n)
  when 'day' then to_days(n) when 'week' then to_days(7 * n) when 'month' then to_months(n)
  else error('date_add: not a unit both engines agree on: ' || unit) end;
create or replace macro trino.day_of_week(t) as isodow(t);
create or replace macro trino.to_unixtime(t) as epoch(t);
create or replace macro trino.from_unixtime(seconds) as to_timestamp(seconds);
create or replace macro trino.with_timezone(t, zone) as timezone(zone, cast(t as timestamp));
create or replace macro trino.at_timezone(instant, zone) as timezone(zone, cast(instant as timestamptz));

-- The value beside the smallest or largest, even when it is NULL.
create or replace macro trino.min_by(value, place) as arg_min_null(value, place);
create or replace macro trino.max_by(value, place) as arg_max_null(value, place);
create or replace macro trino.approx_distinct(value) as approx_count_distinct(value);
create or replace macro trino.approx_percentile(value, share) as approx_quantile(value, share);

-- A place or key that is not there is NULL.
create or replace macro trino.element_at(container, place) as container[place];
create or replace macro trino.cardinality(list) as len(list);
-- Nothing comes last.
create or replace macro trino.array_sort(list) as list_sort(list, 'asc', 'nulls last');

-- A text's 64-bit hash. Its number differs between the engines: it never leaves a question.
create or replace macro trino.to_utf8(s) as s;
create or replace macro trino.xxhash64(bytes) as case when bytes is not null then system.main.hash(bytes) end;
create or replace macro trino.from_big_endian_64(bytes) as bytes;
create or replace macro trino.bitwise_xor(a, b) as system.main.xor(cast(a as ubigint), cast(b as ubigint));
-- Whole numbers from the first to the last, both included.
create or replace macro trino.sequence(first, last) as system.main.generate_series(first, last);
