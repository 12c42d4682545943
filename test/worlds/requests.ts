import * as fc from 'fast-check';
import type { Event } from '../../src/events/columns.ts';
import { anEvent } from './event.ts';
import {
  browsers,
  campaigns,
  countries,
  mediums,
  mostly,
  names,
  oddNames,
  oddNumbers,
  oddTexts,
  often,
  paths,
  placeholders,
  plainNumbers,
  plainTexts,
  rarely,
  sources,
  users,
  visitors,
} from './words.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Where a world happens: a moment at which that zone’s clocks or calendar do something. */
export const moments = [
  { tz: 'America/New_York', at: '2026-03-08T07:00:00Z' },
  { tz: 'America/New_York', at: '2026-11-01T06:00:00Z' },
  { tz: 'Asia/Kolkata', at: '2026-05-03T18:30:00Z' },
  { tz: 'Pacific/Apia', at: '2011-12-30T10:00:00Z' },
  { tz: 'Australia/Lord_Howe', at: '2026-04-04T15:00:00Z' },
  { tz: 'Australia/Lord_Howe', at: '2026-10-03T15:30:00Z' },
  { tz: 'America/Sao_Paulo', at: '2017-10-15T03:00:00Z' },
  { tz: 'America/St_Johns', at: '2010-11-07T02:31:00Z' },
  { tz: 'UTC', at: '2026-03-01T00:00:00Z' },
  { tz: 'UTC', at: '1970-01-01T00:00:00Z' },
] as const;

/** A distance from the world’s moment in ms: on a grid of ten minutes, so that ties, equal gaps and exact windows are common. */
export const distance: fc.Arbitrary<number> = fc
  .tuple(
    fc.integer({ min: -6, max: 6 }).map((n) => n * 10 * minute),
    mostly([0], [-day, day, -3 * day, 3 * day, -30 * day]),
    mostly([0], [1, -1, 999]),
  )
  .map(([near, far, fine]) => near + far + fine);

const json = fc.oneof(
  { weight: 5, arbitrary: often(plainTexts, oddTexts) },
  { weight: 4, arbitrary: often(plainNumbers, oddNumbers) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
  { weight: 1, arbitrary: fc.constantFrom({ x: 1 }, [], ['gold', 5]) },
);
const few = fc.constantFrom<string | number | boolean | null>(
  'gold',
  'gold',
  'Gold',
  '5',
  5,
  5,
  0,
  true,
  'true',
  null,
);

const properties = fc
  .record(
    {
      plan: few,
      price: often(plainNumbers, oddNumbers),
      'a.b': few,
      a: fc.constant({ b: 'not this' }),
      'a b': json,
      über: json,
      nested: fc.oneof(fc.record({ x: json, 'y.z': few }, { requiredKeys: [] }), json),
      '*': few,
      $x: few,
      'quo"te': few,
    },
    { requiredKeys: ['a b'] },
  )
  .map((value) => JSON.stringify(value));

/** An event before it is known when, by whom and for whom it was sent. */
const draft = fc.record({
  event_name: mostly(names, oddNames),
  away: distance,
  event_id: rarely(fc.constantFrom('e1', 'e2', "e'3"), 2).map((id) => id ?? null),
  anonymous_id: mostly(
    [...visitors.slice(0, 2), ...visitors.slice(0, 2), ...visitors.slice(0, 2), ...visitors],
    placeholders,
  ),
  user_id: rarely(mostly([...users.slice(0, 2), ...users.slice(0, 2), ...users], placeholders), 2).map(
    (id) => id ?? null,
  ),
  session: rarely(fc.constantFrom('s1', "s'2")).map((id) => id ?? null),
  path: fc.constantFrom(...paths),
  source: fc.constantFrom(...sources),
  medium: fc.constantFrom(...mediums),
  campaign: fc.constantFrom(...campaigns),
  country: fc.constantFrom(...countries),
  device_type: mostly(['desktop', 'mobile', 'desktop', 'tablet'], ['bot']),
  browser: fc.constantFrom(...browsers),
  properties,
});

/** A look at a page: now and then something else comes between, or the visitor says who they are. */
const look = fc
  .record({
    draft,
    event_name: mostly(['$pageview', '$pageview', '$pageview', 'A', 'B'], ['$identify', '$scroll']),
    path: fc.constantFrom('/', '/shoes', '/shoes/', '/a_b', '/hats', null),
    host: fc.constantFrom('https://shop.example', 'https://Shop.example', 'https://me@www.shop.example:8080'),
    source: mostly(['internal', 'internal', 'google', 'direct', 'facebook'], ['Ünïcode']),
    medium: fc.constantFrom('organic', 'paid', 'direct', 'internal'),
  })
  .map(({ draft: plain, host, ...said }) => ({
    ...plain,
    ...said,
    url: said.path === null ? null : `${host}${said.path}`,
  }));
type Drawn = typeof draft extends fc.Arbitrary<infer T> ? T : never;
type Draft = Omit<Drawn, 'event_name' | 'path' | 'source' | 'medium'> &
  Pick<Event, 'event_name' | 'path' | 'source' | 'medium'> & { readonly url?: string | null };

const owner = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ project_id: 'p', env: 'live' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { project_id: 'p', env: 'test' },
      { project_id: 'q', env: 'live' },
      { project_id: 'p-b', env: 'live' },
    ),
  },
);

const request = fc.record({
  owner,
  key_kind: fc.constantFrom('pk', 'sk'),
  wait: fc.constantFrom(0, 0, 1, minute, 6 * hour),
  drafts: fc.oneof(
    { weight: 3, arbitrary: fc.array(draft, { maxLength: 12, size: 'max' }) },
    { weight: 2, arbitrary: fc.array(look, { maxLength: 12, size: 'max' }) },
  ),
});

/** Requests in the order of their arrival, of project `p` and some others, around a moment (ms since 1970): repeats, ties, late ones and such from the future. */
export const requests = fc
  .array(request, { maxLength: 8, size: 'max' })
  .chain((sent) =>
    fc
      .constantFrom(-10 * minute, 2 * hour, 4 * day)
      .map((late) => (moment: number) => delivered(sent, moment + late, moment)),
  );

type Sent = readonly {
  readonly owner: Pick<Event, 'project_id' | 'env'>;
  readonly key_kind: string;
  readonly wait: number;
  readonly drafts: readonly Draft[];
}[];

function delivered(sent: Sent, start: number, moment: number): readonly (readonly Event[])[] {
  let received_at = start;
  return sent.map(({ owner, key_kind, wait, drafts }, place) => {
    received_at += wait;
    return drafts.map((said, seq) =>
      arrived(said, moment, {
        ...owner,
        key_kind,
        received_at,
        request_id: `r${String(place).padStart(3, '0')}`,
        seq,
      }),
    );
  });
}

type Arrival = Pick<Event, 'project_id' | 'env' | 'key_kind' | 'received_at' | 'request_id' | 'seq'>;

/** More than 5 minutes in the future becomes the arrival time (contract §3). */
function arrived({ away, session, ...said }: Draft, moment: number, arrival: Arrival): Event {
  const ts = moment + away > arrival.received_at + 5 * minute ? arrival.received_at : moment + away;
  return anEvent({
    ...said,
    ...arrival,
    ts,
    session_id: session ?? `${said.anonymous_id}-${Math.floor(ts / 1_800_000)}`,
    session_sent: session !== null,
  });
}
