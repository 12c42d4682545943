import type { Principal } from '../access/principal.ts';
import { projectsOf } from '../accounts/project-rows.ts';
import type { QuestionWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { cursorFrom } from '../tools/cursor.ts';
import { wordsOf } from '../tools/inputs.ts';
import { nearest } from '../tools/nearest.ts';
import type { NamedProject } from '../tools/question.ts';
import type { Asker } from '../tools/resolve.ts';

/** A project as a key sees it. */
export interface VisibleProject extends NamedProject {
  readonly timezone: string;
  /** Pages that may use its browser keys, and whose agents may speak for it. */
  readonly allowedOrigins: readonly string[];
}

/** Who asks, and why the zone of its days is the one it is, where that is not plain. */
export interface Scope extends Asker {
  readonly zoneBecause?: string;
}

/** Whose events this key may see with these arguments. A project’s key sees its project; an account’s key those it chooses, or all. */
export async function scopeOf(
  world: QuestionWorld,
  principal: Principal,
  args: Readonly<Record<string, unknown>>,
): Promise<Scope> {
  const common = { env: principal.env, lake: world.lake, now: world.clock() } as const;
  const visible = await visibleTo(world, principal);
  // A cursor sent alone stands for the arguments of the first page, its choice of projects among them.
  const chosen = chosenOf(
    typeof args.cursor === 'string' ? { ...cursorFrom(args.cursor).given, ...args } : args,
  );
  const projects =
    chosen.length === 0
      ? visible
      : chosen.map(({ by, word }) => visible.find((p) => p[by] === word) ?? missing(by, word, visible));
  const asked = [...new Set(projects)];
  return {
    ...common,
    projects: asked.map((p) => p.id),
    byProject: principal.project === null,
    named: principal.project === null ? asked : [],
    ...zoneOf(asked),
  };
}

/** The projects this key sees, oldest first: to it no other exists. */
export const projectsSeen = async (
  world: Pick<QuestionWorld, 'ledger'>,
  principal: Principal,
): Promise<readonly VisibleProject[]> =>
  principal.project === null
    ? accountProjects(world, principal)
    : [{ ...principal.project, name: principal.project.slug }];

/** The same, at least one. Throws `no_projects_visible`. */
export async function visibleTo(
  world: Pick<QuestionWorld, 'ledger'>,
  principal: Principal,
): Promise<readonly VisibleProject[]> {
  const visible = await projectsSeen(world, principal);
  if (visible.length > 0) return visible;
  throw new Problem(
    'no_projects_visible',
    'This key sees no project: its account has none yet, or none of those it was minted for is left.',
  );
}

/** The account’s projects as far as this key sees them: all that are not archived, or those of its list. To it the others are not there. */
async function accountProjects(
  world: Pick<QuestionWorld, 'ledger'>,
  { accountId, projects: some = null }: Principal,
): Promise<readonly VisibleProject[]> {
  const seen: VisibleProject[] = [];
  for (let after: string | undefined; ; ) {
    const page = await projectsOf(world, accountId, after === undefined ? {} : { after });
    for (const { project_id: id, slug, name, timezone, allowed_origins, archived_at } of page.projects)
      if (archived_at === null && (some === null || some.includes(id)))
        seen.push({ id, slug, name, timezone, allowedOrigins: allowed_origins });
    if (page.next === undefined) return seen;
    after = page.next;
  }
}

/** The zone that all share, else UTC; of several projects also why. */
function zoneOf(projects: readonly VisibleProject[]): Pick<Scope, 'timezone' | 'zoneBecause'> {
  const zones = [...Map.groupBy(projects, ({ timezone }) => timezone)];
  const [[timezone] = ['UTC']] = zones;
  if (projects.length < 2) return { timezone };
  if (zones.length === 1)
    return {
      timezone,
      zoneBecause: `Days and buckets are those of ${timezone}, the time zone of all ${projects.length} projects asked.`,
    };
  const several = firstOf(
    zones.map(
      ([zone, same]) =>
        `${zone} (${firstOf(
          same.map(({ slug }) => slug),
          3,
        )})`,
    ),
    5,
  );
  return {
    timezone: 'UTC',
    zoneBecause: `Days and buckets are those of UTC, because the projects asked have different time zones: ${several}. tz chooses one for all.`,
  };
}

/** The first few of a list in words, and how many more there are. */
const firstOf = (words: readonly string[], most: number): string =>
  `${words.slice(0, most).join(', ')}${words.length > most ? ` and ${words.length - most} more` : ''}`;

interface Choice {
  readonly by: 'id' | 'slug';
  readonly word: string;
}
const chosenOf = ({
  project_id,
  project_slug,
  project_ids,
}: Readonly<Record<string, unknown>>): readonly Choice[] => [
  ...listed(project_id).map((word) => ({ by: 'id', word }) as const),
  ...listed(project_slug).map((word) => ({ by: 'slug', word }) as const),
  ...listed(project_ids).map((word) => ({ by: 'id', word }) as const),
];
const listed = (value: unknown): readonly string[] =>
  wordsOf(
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? value.filter((word) => typeof word === 'string')
        : [],
  );

/** Said alike of what is not there and of what is not this key’s to see: nothing but the key’s own projects is looked at for it. */
function missing(by: Choice['by'], word: string, visible: readonly VisibleProject[]): never {
  const close = nearest(
    word,
    visible.map((p) => p[by]),
  );
  const all = firstOf(
    visible.map(({ id, slug }) => (by === 'slug' ? slug : `${id} (${slug})`)),
    10,
  );
  throw new Problem(
    by === 'id' ? 'unknown_project_id' : 'unknown_project_slug',
    `no project with ${by} ${JSON.stringify(word.slice(0, 64))} is visible to this key${close.length > 0 ? `; nearest: ${close.join(', ')}` : ''}; visible: ${all}`,
  );
}
