import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { itemsOf } from '../access/items.ts';
import { keyRecord } from '../access/record.ts';
import { Problem } from '../problems.ts';
import { type Books, newId } from './accounts.ts';

const isTimezone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};

/** As browsers send it: scheme, host and, where it is not the scheme's own, port; nothing after. */
const isOrigin = (text: string): boolean =>
  text === '*' ||
  (/^https?:/.test(text)
    ? URL.parse(text)?.origin === text
    : /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@"\\]+$/.test(text));

const origin = z
  .string()
  .check(
    z.maxLength(255),
    z.refine(
      isOrigin,
      'Use scheme, host and port as browsers send them, e.g. https://example.com or http://localhost:3000, or *.',
    ),
  );

/** What its owner says about a project. `slug` names it in selectors; `timezone` is IANA; `allowed_origins` are pages that may use its pk_ keys. */
export const projectInput = z.object({
  slug: z
    .string()
    .check(
      z.regex(
        /^[a-z0-9](-?[a-z0-9]){0,62}$/,
        'Use 1–63 lower-case letters, digits and single hyphens between them, e.g. my-shop.',
      ),
    ),
  name: z.string().check(z.minLength(1), z.maxLength(128)),
  timezone: z._default(
    z.string().check(z.refine(isTimezone, 'Use an IANA name such as Europe/Berlin or UTC.')),
    'UTC',
  ),
  // API Gateway hands the list from authorizer to door in one text; 50 origins keep that small.
  allowed_origins: z._default(z.array(origin).check(z.maxLength(50)), []),
});

/** A project as its owner describes it; what is left out has a default. */
export type ProjectInput = z.input<typeof projectInput>;

const stored = z.extend(projectInput, {
  project_id: z.string(),
  account_id: z.string(),
  created_at: z.string(),
});

/** A site, app or service whose events are counted together. */
export type Project = Readonly<z.output<typeof stored>>;

/** Keeps a new project; throws `invalid_payload` with the field when the input does not fit or the slug is taken in this account. */
export const createProject = async (
  books: Books,
  accountId: string,
  input: ProjectInput & { readonly id?: string },
): Promise<Project> => {
  const fields = parsed(projectInput, input);
  const id = await takeSlug(books, accountId, fields.slug, input.id ?? newId('prj', books.random));
  const project: Project = {
    ...fields,
    project_id: id,
    account_id: accountId,
    created_at: new Date(books.clock()).toISOString(),
  };
  const kept = await books.ledger.write(itemOf(project), 0);
  if (!kept && input.id === undefined) throw slugTaken(fields.slug);
  return kept ? project : ((await projectOf(books, id)) ?? project);
};

/** The project with this id, or undefined. */
export const projectOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  id: string,
): Promise<Project | undefined> => {
  const item = await ledger.read(`PRJ#${id}`);
  return item && stored.parse(item.data);
};

/** The account's projects, oldest first, a page at a time. */
export const projectsOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  accountId: string,
  page?: { readonly after?: string; readonly limit?: number },
): Promise<{ readonly projects: readonly Project[]; readonly next?: string }> => {
  const { items, next } = await ledger.list(`PRJ#${accountId}`, page);
  return { projects: items.map(({ data }) => stored.parse(data)), ...(next === undefined ? {} : { next }) };
};

/** Changes some of a project's fields and renews the copy its keys carry. Throws `not_found`, or `invalid_payload` with the field. */
export const changeProject = async (
  books: Books,
  id: string,
  change: Partial<ProjectInput>,
): Promise<Project> => {
  const { ledger } = books;
  const item = await ledger.read(`PRJ#${id}`);
  if (item === undefined)
    throw new Problem('not_found', `No project has the id ${JSON.stringify(id.slice(0, 64))}.`);
  const before = stored.parse(item.data);
  const after: Project = { ...before, ...parsed(projectInput, { ...before, ...change }) };
  if (after.slug !== before.slug && (await takeSlug(books, before.account_id, after.slug, id)) !== id)
    throw slugTaken(after.slug);
  // Someone else changed it meanwhile: their fields stay, ours are laid over them.
  if (!(await ledger.write(itemOf(after), item.version))) return changeProject(books, id, change);
  if (after.slug !== before.slug) await ledger.erase(slugId(before.account_id, before.slug), 1);
  for await (const { id: keyItemId } of itemsOf(ledger, `KEYS#${id}`)) await renewKey(books, keyItemId, id);
  return after;
};

/** What a key carries of its project. */
export const copyFor = ({ project_id, slug, timezone, allowed_origins }: Project) => ({
  id: project_id,
  slug,
  timezone,
  allowed_origins: [...allowed_origins],
});

/** Writes the project's present fields into one of its keys. The project is read before the key, so of two at once the later truth stays. */
export const renewKey = async (
  books: Pick<Books, 'ledger'>,
  keyItemId: string,
  projectId: string,
): Promise<void> => {
  const project = await projectOf(books, projectId);
  const item = await books.ledger.read(keyItemId);
  if (project === undefined || item === undefined) return;
  const { version, ...rest } = item;
  const record = { ...keyRecord.parse(item.data), project: copyFor(project) };
  if (!(await books.ledger.write({ ...rest, data: record }, version)))
    await renewKey(books, keyItemId, projectId);
};

/** Reserves the slug for a project; answers with the id to use: that of an earlier try that never wrote its project (a crash between the two), else ours. */
const takeSlug = async (
  { ledger }: Books,
  accountId: string,
  slug: string,
  projectId: string,
): Promise<string> => {
  if (await ledger.write({ id: slugId(accountId, slug), data: { project_id: projectId } }, 0))
    return projectId;
  const holder = z
    .object({ project_id: z.string() })
    .parse((await ledger.read(slugId(accountId, slug)))?.data).project_id;
  if (holder !== projectId && (await projectOf({ ledger }, holder)) !== undefined) throw slugTaken(slug);
  return holder;
};

const slugId = (accountId: string, slug: string) => `SLUG#${accountId}#${slug}`;
const itemOf = (project: Project) => ({
  id: `PRJ#${project.project_id}`,
  group: `PRJ#${project.account_id}`,
  at: project.created_at,
  data: { ...project },
});

const slugTaken = (slug: string) =>
  new Problem(
    'invalid_payload',
    `This account has a project with the slug ${slug} already; choose another.`,
    {
      details: { formErrors: [], fieldErrors: { slug: ['Taken in this account.'] } },
    },
  );

const parsed = <S extends z.ZodMiniType>(schema: S, input: unknown): z.output<S> => {
  const result = schema.safeParse(input, { error: en().localeError });
  if (result.success) return result.data;
  const first = result.error.issues[0];
  throw new Problem(
    'invalid_payload',
    `The project does not fit: ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`,
    {
      details: z.flattenError(result.error),
    },
  );
};
