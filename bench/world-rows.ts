import { columnNames } from '../src/events/columns.ts';
import { join, name, type Sql, sql } from '../src/sql/sql.ts';

export const days = 90;
export const dayMs = 86_400_000;
/** The world ends here, ms since 1970; it lasts `days`. */
export const endsAt = Date.UTC(2026, 3, 1);
export const projectCount = 50;
const perSession = 4;

/** Project i’s share of all events: 27 % for the first, 1.9 % for the eleventh. */
const exponent = 1.106;
const weights = Array.from({ length: projectCount }, (_, i) => (i + 1) ** -exponent);
const whole = weights.reduce((a, b) => a + b, 0);
export const shares: readonly number[] = weights.map((weight) => weight / whole);
export const projectName = (i: number): string => `proj_${String(i).padStart(2, '0')}`;

/** Words by their weight, as many times each as it weighs: a list to draw from. */
const drawn = (words: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(words).flatMap(([word, weight]) => Array(weight).fill(word));

const slots = 10_000;
const projectSlots = shares
  .flatMap((share, i) => Array.from({ length: Math.round(share * slots) }, () => i))
  .slice(0, slots);

const events = drawn({
  $pageview: 38,
  view_item: 14,
  add_to_cart: 8,
  search: 8,
  scroll: 6,
  click: 5,
  sign_up: 3,
  purchase: 3,
  $identify: 1,
  share: 1,
  login: 2,
  logout: 1,
  video_play: 2,
  video_end: 1,
  file_download: 1,
  form_start: 2,
  form_submit: 1,
  error_seen: 1,
  newsletter_join: 1,
  invite: 1,
});
const sources = drawn({
  'direct/direct': 34,
  'google/organic': 24,
  'google/paid': 8,
  'newsletter/email': 8,
  'chatgpt/ai': 6,
  'facebook/social': 6,
  'facebook/paid': 5,
  'twitter/social': 3,
  'bing/organic': 3,
  'partner.example/referral': 2,
  'perplexity/ai': 1,
});
const countries = drawn({
  US: 30,
  DE: 12,
  IN: 12,
  GB: 9,
  FR: 7,
  BR: 6,
  JP: 5,
  CA: 4,
  NL: 3,
  ES: 3,
  IT: 3,
  PL: 2,
  SE: 2,
  MX: 2,
});
const devices = drawn({ desktop: 52, mobile: 36, tablet: 8, bot: 4 });
const plans = drawn({ free: 6, pro: 3, team: 1 });
const systems = drawn({ 'Chrome/Windows': 5, 'Safari/iOS': 3, 'Firefox/Linux': 1, 'Chrome/Android': 3 });

const list = (values: readonly (string | number)[]): Sql => sql`[${join(values)}]`;
const pick = (values: readonly (string | number)[], by: Sql): Sql =>
  sql`${list(values)}[1 + cast((${by}) % ${values.length} as bigint)]`;

/** Rows as stored of one day (0 is the first) of a world of `total` events: the same at every run, by hashes instead of chance. */
export const rowsOfDay = (day: number, total: number): Sql => {
  const sessions = Math.floor(total / days / perSession);
  const visitors = list(shares.map((share) => Math.max(1, Math.round((share * total * 493) / 10_000))));
  const start = endsAt - (days - day) * dayMs;
  const row: Readonly<Record<string, Sql>> = {
    project_id: sql`project`,
    env: sql`'live'`,
    event_name: sql`event`,
    ts: sql`epoch_ms(moment)`,
    received_at: sql`epoch_ms(moment + 40)`,
    request_id: sql`lpad(to_hex(s), 12, '0') || '-' || to_hex(hash(s, 20) % 65536)`,
    seq: sql`j`,
    event_id: sql`cast(null as varchar)`,
    anonymous_id: sql`visitor`,
    user_id: sql`case when hash(visitor, 21) % 10 < 4 or event = '$identify' then 'u_' || substr(visitor, 1, 8) end`,
    session_id: sql`visitor || '-' || cast(moment // 1800000 as varchar)`,
    session_sent: sql`false`,
    url: sql`'https://www.shop.example' || page`,
    path: sql`page`,
    referrer: sql`case when origin like 'google/%' then 'https://www.google.com/' when origin like 'facebook/%' then 'https://www.facebook.com/' end`,
    source: sql`split_part(origin, '/', 1)`,
    medium: sql`split_part(origin, '/', 2)`,
    campaign: sql`case when origin like '%/paid' then 'spring-' || cast(hash(s, 22) % 12 as varchar) end`,
    source_confidence: sql`case when origin = 'direct/direct' then 'low' else 'high' end`,
    source_rule_id: sql`case when origin = 'direct/direct' then 'direct' else 'referrer' end`,
    country: pick(countries, sql`hash(visitor, 23)`),
    device_type: pick(devices, sql`hash(visitor, 24)`),
    browser: sql`split_part(system, '/', 1)`,
    os: sql`split_part(system, '/', 2)`,
    ip_hash: sql`to_hex(hash(visitor, 25))`,
    properties: sql`'{"plan":"' || plan || '","amount":' || cast(hash(s, j, 26) % 10000 as varchar) || ',"variant":"' || substr('abcd', cast(1 + hash(s, 27) % 4 as integer), 1) || '","page":' || cast(hash(s, j, 28) % 500 as varchar) || '}'`,
  };
  return sql`
    select ${join(columnNames.map((column) => sql`${row[column] ?? sql`null`} as ${name(column)}`))}
    from (
      select s, j, project, visitor, origin, ${pick(systems, sql`hash(visitor, 29)`)} as system, ${pick(plans, sql`hash(visitor, 30)`)} as plan,
        case when j = 0 then '$pageview' else ${pick(events, sql`hash(s, j, 31)`)} end as event,
        '/' || cast(hash(s, j, 32) % 400 as varchar) as page,
        ${start} + cast(hash(s, 33) % 84000000 as bigint) + j * (20000 + cast(hash(s, 34) % 280000 as bigint)) as moment
      from (
        select s, 'proj_' || lpad(cast(p as varchar), 2, '0') as project, lpad(to_hex(hash(p, hash(s, 35) % ${visitors}[1 + p])), 16, '0') as visitor,
          ${pick(sources, sql`hash(s, 36)`)} as origin
        from (select range as s, ${pick(projectSlots, sql`hash(range, 37)`)} as p from range(${day * sessions}, ${(day + 1) * sessions})) as drawn
      ) as sessions, (select range as j from range(${perSession})) as places
    ) as made`;
};
