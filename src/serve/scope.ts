import type { Principal } from '../access/principal.ts';
import { projectsOf } from '../accounts/project-rows.ts';
import type { QuestionWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { cursorFrom } from '../tools/cursor.ts';
import { wordsOf } from '../tools/inputs.ts';
import { nearest } from '../tools/nearest.ts';
import type { Asker } from '../tools/resolve.ts';

/** Whose events this key may see with these arguments. A project’s key sees its project; an account’s key those it chooses, or all. */
export async function scopeOf(
  world: QuestionWorld,
  principal: Principal,
  args: Readonly<Record<string, unknown>>,
): Promise<Asker> {
  const common = { env: principal.env, lake: world.lake, now: world.clock() } as const;
  const visible: readonly Visible[] =
    principal.project === null ? await accountProjects(world, principal) : [principal.project];
  if (visible.length === 0)
    throw new Problem(
      'no_projects_visible',
      'This key sees no project: its account has none yet, or none of those it was minted for is left.',
    );
  // A cursor sent alone stands for the arguments of the first page, its choice of projects among them.
  const chosen = chosenOf(
    typeof args.cursor === 'string' ? { ...cursorFrom(args.cursor).given, ...args } : args,
  );
  const projects =
    chosen.length === 0
      ? visible
      : chosen.map(
          ({ by, word }) =>
            visible.find((p) => p[by] === word) ??
            missing(
              by,
              word,
              visible.map((p) => p[by]),
            ),
        );
  const zones = new Set(projects.map((p) => p.timezone));
  const [zone] = zones;
  return {
    ...common,
    projects: [...new Set(projects.map((p) => p.id))],
    byProject: principal.project === null,
    timezone: zones.size === 1 && zone !== undefined ? zone : 'UTC',
  };
}

interface Visible {
  readonly id: string;
  readonly slug: string;
  readonly timezone: string;
}

/** The account’s projects as far as this key sees them: all that are not archived, or those of its list. To it the others are not there. */
async function accountProjects(
  world: QuestionWorld,
  { accountId, projects: some = null }: Principal,
): Promise<readonly Visible[]> {
  const seen: Visible[] = [];
  for (let after: string | undefined; ; ) {
    const page = await projectsOf(world, accountId, after === undefined ? {} : { after });
    for (const { project_id: id, slug, timezone, archived_at } of page.projects)
      if (archived_at === null && (some === null || some.includes(id))) seen.push({ id, slug, timezone });
    if (page.next === undefined) return seen;
    after = page.next;
  }
}

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

function missing(by: 'id' | 'slug', word: string, visible: readonly string[]): never {
  const close = nearest(word, visible);
  const list = (close.length > 0 ? close : visible.slice(0, 10)).join(', ');
  throw new Problem(
    by === 'id' ? 'unknown_project_id' : 'unknown_project_slug',
    `no project with ${by} ${JSON.stringify(word.slice(0, 64))} is visible to this key; ${close.length > 0 ? 'nearest' : 'visible'}: ${list}`,
  );
}
