import { type Phrase, phrase } from '../phrase.ts';

const json = `'{"plan":"pro","n":1.5,"big":1e+21,"small":1e-7,"long":123456789012345680000,"yes":true,"text":"true","digits":"1e21","none":null,"in":{"a b":{"$.x[":"deep"}},"list":[5,6],"ö😀":"é\\n","it''s":1,"":2,"*":3,"a/b~c":4,"0":5}'`;
const scalar = (path: string) => `json_extract_scalar(${json}, '${path}')`;
const format = (path: string) => `json_format(json_extract(${json}, '${path}'))`;

const list = `'{"a":[1,"b"]}'`;
const none = `'{}'`;
/** The keys of an object as a JSON list. */
const keysOf = (text: string) =>
  `json_format(cast(map_keys(cast(json_parse(${text}) as map(varchar, json))) as json))`;

const priceIn = (key: string) =>
  `json_extract_scalar(element_at(cast(json_parse('{"price":12.5}') as map(varchar, json)), '${key}'), '$')`;
/** Each entry of an object, taken apart by its place. */
const valuesOf = (text: string) => {
  const pairs = `cast(json_parse(p) as map(varchar, json))`;
  const apart = `(select map_keys(${pairs}) as keys, map_values(${pairs}) as held from (values (${text})) as t (p)) as m`;
  const entry = `concat(key, '=', coalesce(json_extract_scalar(element_at(held, nth), '$'), ''))`;
  return `(select json_format(cast(array_agg(${entry} order by key) as json)) from ${apart} cross join unnest(keys) with ordinality as u (key, nth))`;
};

const scalarOf = (text: string, key: string) =>
  `(select json_extract_scalar(p, concat('$["', k, '"]')) from (values ('${text}', '${key}')) as t(p, k))`;

/** JSON, with paths written `$["key"]["inner key"]`; keys without double quotes, backslashes and control characters. */
export const jsonPhrases: readonly Phrase[] = [
  phrase('json_extract_scalar', 'functions/json', {
    [scalar('$["plan"]')]: 'pro',
    // A path may be made of a column.
    [scalarOf('{"a b":"x"}', 'a b')]: 'x',
    [scalar('$["n"]')]: '1.5',
    [scalar('$["big"]')]: '1e+21',
    [scalar('$["small"]')]: '1e-7',
    [scalar('$["long"]')]: '123456789012345680000',
    [scalar('$["yes"]')]: 'true',
    [scalar('$["text"]')]: 'true',
    [scalar('$["digits"]')]: '1e21',
    [scalar('$["none"]')]: null,
    [scalar('$["missing"]')]: null,
    [scalar('$["plan"]["x"]')]: null,
    [scalar('$["in"]')]: null,
    [scalar('$["in"]["a b"]["$.x["]')]: 'deep',
    [scalar('$["list"]')]: null,
    [scalar('$["list"]["1"]')]: '6',
    [scalar('$["list"]["2"]')]: null,
    [scalar('$["ö😀"]')]: 'é\n',
    [scalar('$["it\'\'s"]')]: '1',
    [scalar('$[""]')]: '2',
    [scalar('$["*"]')]: '3',
    [scalar('$["a/b~c"]')]: '4',
    [scalar('$["0"]')]: '5',
    "json_extract_scalar('not json', '$[\"a\"]')": null,
    'json_extract_scalar(cast(null as varchar), \'$["a"]\')': null,
  }),
  phrase('json_extract', 'functions/json', {
    [`json_extract(${json}, '$["missing"]') is null`]: true,
    [`json_extract(${json}, '$["none"]') is null`]: false,
    "json_extract('not json', '$[\"a\"]') is null": true,
  }),
  phrase('json_format', 'functions/json', {
    [format('$["yes"]')]: 'true',
    [format('$["text"]')]: '"true"',
    [format('$["none"]')]: 'null',
    [format('$["missing"]')]: null,
    [`${format('$["in"]')} <> 'null'`]: true,
    [`${format('$["list"]')} <> 'null'`]: true,
    [format('$["plan"]')]: '"pro"',
  }),
  phrase('json_parse', 'functions/json', {
    [`json_format(json_parse(${list}))`]: '{"a":[1,"b"]}',
    'json_parse(cast(null as varchar)) is null': true,
  }),
  phrase('map_keys', 'functions/map', {
    [keysOf(`'{"only":{"in":[1]}}'`)]: '["only"]',
    [keysOf(`'{"":null}'`)]: '[""]',
    [keysOf(none)]: '[]',
    [`(select count(*) from (values ('{"a":1,"b c":null,"é":"x"}'), (${none})) as e (properties) cross join unnest(map_keys(cast(json_parse(properties) as map(varchar, json))) || array[cast(null as varchar)]) as t (key))`]: 5,
  }),
  phrase('map_values', 'functions/map', {
    // Values stand in the order of the keys, so the nth of both belong together.
    [valuesOf(`'{"b":"x","a":1.5,"n":null,"l":[1]}'`)]: '["a=1.5","b=x","l=","n="]',
    [valuesOf(`'{"small":5,"yes":true,"":"e"}'`)]: '["=e","small=5","yes=true"]',
    [priceIn('price')]: '12.5',
    [priceIn('cost')]: null,
  }),
];
