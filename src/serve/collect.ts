import { knownTerms } from '../access/plans.ts';
import type { Principal } from '../access/principal.ts';
import { dailySalts } from '../access/salt.ts';
import { charge } from '../accounts/quota.ts';
import { type Limited, rateLimits } from '../accounts/rates.ts';
import type { Event } from '../events/columns.ts';
import { enrichment } from '../events/enrich.ts';
import { ignoredIn } from '../events/ignored.ts';
import { isBatch, parseBatch, parseIdentify, parseJson, parseTrack } from '../events/parse.ts';
import { isPlaceholder } from '../events/placeholder.ts';
import { requestIds } from '../events/request-ids.ts';
import type { Track } from '../events/schema.ts';
import type { IntakeWorld, KeepResult } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { RoutedRequest } from './asked.ts';
import { door, type Handler, type Told } from './door.ts';

/** From so many characters on a body is read in pieces of time. */
const largeBody = 256 << 10;

/** POST /v1/track, /v1/batch, /v1/identify, /v1/beacon. */
export const collect = (world: IntakeWorld): Handler => door(world, (asked) => take(world, asked));

/** Takes a request’s events in: stored durably when it resolves, none of them when it rejects. */
export const take = async (world: IntakeWorld, asked: RoutedRequest): Promise<Told> => {
  const { route, principal, headers } = asked;
  if (principal === null) throw noProject;
  const from = {
    ip: asked.ip,
    userAgent: headers['user-agent'] ?? null,
    origin: headers.origin ?? null,
    edgeCountry: (world.countryHeader && headers[world.countryHeader]) ?? null,
  };
  const isLarge = asked.body.length > largeBody;
  // Unpacking and looking through 4 MiB take some 40 ms each: others get their turn between them.
  if (isLarge) await world.breathe();
  const body = await parseJson(asked.body, world.breathe);
  if (isLarge) await world.breathe();
  if (route.path === '/v1/identify') {
    const said = parseIdentify(body);
    const kept = await keep(world, principal, [said], from);
    return {
      ...{ status: 200, headers: kept.headers },
      body: { ok: true, ...nobody(said), ...told(ignoredIn(body, 'identify', trusts(principal)), kept) },
    };
  }
  if (route.path === '/v1/batch' || (route.path === '/v1/beacon' && isBatch(body))) {
    await limitRate(world, principal, 'batch');
    const events = await parseBatch(body, trusts(principal), world.breathe);
    const kept = await keep(world, principal, events, from);
    const ignored = ignoredIn(body, 'batch', trusts(principal));
    const said = { ok: true, count: events.length, ...told(ignored, kept) };
    return { status: 202, headers: kept.headers, body: said };
  }
  const { said, headers: more } = await keepTracked(world, principal, body, from);
  return { status: 202, headers: more, body: said };
};

/** Where a request came from: its own address and user agent, and what the browser and the edge added. */
export interface From {
  readonly ip: string;
  readonly userAgent: string | null;
  readonly origin?: string | null;
  readonly edgeCountry?: string | null;
}

/** What an answer says beside “ok”, each only where there is something to say. */
export interface Told202 {
  /** Names of fields that nobody reads, at most ten. */
  readonly ignored?: readonly string[];
  /** How many timestamps were too far ahead and became arrival. */
  readonly clock_skewed?: number;
  /** How many events were there before, by their `event_id`, where the store knows it at once. */
  readonly repeats?: number;
}

/** Said where ids stand for “none”. */
interface Nobody {
  readonly identified?: false;
  readonly message?: string;
}

/** Keeps one track body, whoever brought it: the answer of /v1/track and of the tool `track_event`. */
export const keepTracked = async (
  world: IntakeWorld,
  principal: Principal,
  body: unknown,
  from: From,
): Promise<{
  readonly said: { readonly ok: true; readonly event_id: string | null } & Nobody & Told202;
  /** What the answer says of the month’s allowance. */
  readonly headers: Taken['headers'];
}> => {
  await limitRate(world, principal, 'track');
  const event = parseTrack(body, trusts(principal));
  const kept = await keep(world, principal, [event], from);
  const ignored = ignoredIn(body, 'track', trusts(principal));
  return {
    said: { ok: true, event_id: event.event_id ?? null, ...nobody(event), ...told(ignored, kept) },
    headers: kept.headers,
  };
};

const told = (ignored: readonly string[], { skewed, repeats = 0 }: Taken): Told202 => ({
  ...(ignored.length === 0 ? {} : { ignored }),
  ...(skewed === 0 ? {} : { clock_skewed: skewed }),
  ...(repeats === 0 ? {} : { repeats }),
});

/** An identification with an id that stands for “none” is kept, and says nothing of anybody. */
const nobody = ({ event, anonymous_id = '', user_id = '' }: Track): Nobody => {
  if (event !== '$identify') return {};
  const field = isPlaceholder(user_id) ? 'user_id' : isPlaceholder(anonymous_id) ? 'anonymous_id' : undefined;
  if (field === undefined) return {};
  const id = field === 'user_id' ? user_id : anonymous_id;
  return {
    identified: false,
    message: `${field} ${JSON.stringify(id)} stands for no id, so nobody was identified. Send the real one, or send nothing while it is not known.`,
  };
};

/** What was found while events were taken in. */
export type Taken = KeepResult & {
  readonly skewed: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** May this key speak for visitors elsewhere? */
export const trusts = ({ kind }: Principal): boolean => kind === 'sk';
const noProject = new Problem(
  'insufficient_scope',
  'Events belong to one project; send them with its pk_ or sk_ key.',
);

const archived = new Problem(
  'insufficient_scope',
  'This key’s project is archived: it takes no more events, and those it has stay readable. To take it back: millimetric projects change SLUG --archived false.',
);

/** Throws `rate_limited` where the project sends faster than its plan lets it. */
export const limitRate = async (
  world: IntakeWorld,
  { plan, terms = knownTerms(plan), project }: Principal,
  route: Limited,
): Promise<void> => {
  if (terms.rates !== null && project !== null)
    await intakeOf(world).limit(project.id, route, terms.rates[route]);
};

/** So many events are stored forms at a stretch; then others have their turn. */
const pieceOf = 100;

/** Keeps events that were read and checked, whoever brought them: enriched, stored durably when it resolves, none of them when it rejects. */
export const keep = async (
  world: IntakeWorld,
  principal: Principal,
  bodies: readonly Track[],
  from: From,
): Promise<Taken> => {
  if (principal.project === null) throw noProject;
  if (principal.project.archived) throw archived;
  const { saltOf, nextId } = intakeOf(world);
  const receivedAt = Math.floor(world.clock());
  const salt = await saltOf(receivedAt);
  const enrich = enrichment({
    projectId: principal.project.id,
    siteHosts: principal.project.siteHosts ?? [],
    ignoredReferrers: principal.project.ignoredReferrers ?? [],
    env: principal.env,
    trusted: trusts(principal),
    receivedAt,
    requestId: nextId(),
    ip: from.ip,
    userAgent: from.userAgent,
    origin: from.origin ?? null,
    edgeCountry: from.edgeCountry ?? null,
    salt,
    country: world.country,
  });
  const { headers, giveBack } = await charge(world, principal, principal.project.id, bodies.length);
  const events: Event[] = [];
  let skewed = 0;
  for (const [i, body] of bodies.entries()) {
    if (i > 0 && i % pieceOf === 0) await world.breathe();
    const each = enrich(body, i);
    events.push(each.event);
    if (each.skewed) skewed += 1;
  }
  const kept = await world.sink.keep(events).catch(async (thrown: unknown) => {
    // What was not stored is not charged; the caller learns of the failure that came first.
    await giveBack(bodies.length).catch(() => undefined);
    throw thrown;
  });
  await giveBack(kept.repeats ?? 0);
  return { ...kept, skewed, headers };
};

const intakes = new WeakMap<
  IntakeWorld,
  {
    readonly saltOf: ReturnType<typeof dailySalts>;
    readonly nextId: () => string;
    readonly limit: ReturnType<typeof rateLimits>;
  }
>();

/** What one process keeps between the requests of a world: the day’s salt, the last id, tokens. */
const intakeOf = (world: IntakeWorld) => {
  const known = intakes.get(world);
  if (known !== undefined) return known;
  const made = {
    saltOf: dailySalts(world),
    nextId: requestIds(world.clock, world.random),
    limit: rateLimits(world),
  };
  intakes.set(world, made);
  return made;
};
