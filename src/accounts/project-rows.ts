import * as z from 'zod/mini';
import type { Ledger } from '../ports.ts';
import type { Books } from './books.ts';
import { collection, type PageAt, type RowPage } from './collection.ts';
import { displayName, hostName, slugText } from './names.ts';

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

// API Gateway hands the lists from authorizer to door in one text each; their bounds keep those small.
const fields = {
  slug: slugText,
  name: displayName,
  timezone: z.string().check(z.refine(isTimezone, 'Use an IANA name such as Europe/Berlin or UTC.')),
  allowed_origins: z.array(origin).check(z.maxLength(50)),
  /** Hosts of its own: who comes from one of them to another is `internal`. */
  site_hosts: z.array(hostName).check(z.maxLength(20)),
  /** Hosts that visits pass through (sign-in, payment), beside those we know: they bring nobody. */
  ignored_referrers: z.array(hostName).check(z.maxLength(20)),
  /** How long its events are kept; null: as long as the plan says. */
  retention_days: z.nullable(z.int().check(z.minimum(1), z.maximum(36_500))),
};

/** What its owner says about a project. `slug` names it in selectors; `timezone` is IANA; `allowed_origins` are pages that may use its pk_ keys. */
export const projectInput = z.strictObject({
  ...fields,
  timezone: z._default(fields.timezone, 'UTC'),
  allowed_origins: z._default(fields.allowed_origins, []),
  site_hosts: z._default(fields.site_hosts, []),
  ignored_referrers: z._default(fields.ignored_referrers, []),
  retention_days: z._default(fields.retention_days, null),
});

/** What may be changed of one. What is not named stays as it is, also where it would not be taken today. */
export const projectChange = z.strictObject({
  slug: z.exactOptional(fields.slug),
  name: z.exactOptional(fields.name),
  timezone: z.exactOptional(fields.timezone),
  allowed_origins: z.exactOptional(fields.allowed_origins),
  site_hosts: z.exactOptional(fields.site_hosts),
  ignored_referrers: z.exactOptional(fields.ignored_referrers),
  retention_days: z.exactOptional(fields.retention_days),
  archived: z.exactOptional(z.boolean()),
});

/** A project as its owner describes it; what is left out has a default. */
export type ProjectInput = z.input<typeof projectInput>;

const stored = z.object({
  ...projectInput.shape,
  // An older version had other rules for names.
  name: z.string(),
  project_id: z.string(),
  account_id: z.string(),
  created_at: z.string(),
  archived_at: z._default(z.nullable(z.string()), null),
});

/** A site, app or service whose events are counted together. */
export type Project = Readonly<z.output<typeof stored>>;

/** All projects. */
export const projectRows = (ledger: Ledger) => collection(ledger, 'PRJ', stored);

/** The project with this id, or undefined. */
export const projectOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  id: string,
): Promise<Project | undefined> => (await projectRows(ledger).read(id))?.row;

/** The account's projects, oldest first, a page at a time; archived ones too. */
export const projectsOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  accountId: string,
  page?: PageAt,
): Promise<{ readonly projects: readonly Project[]; readonly next?: string }> => {
  const { rows, next } = await projectPage(ledger, accountId, page);
  return { projects: rows.map(({ row }) => row), ...(next === undefined ? {} : { next }) };
};

/** The same with their versions. */
export const projectPage = (ledger: Ledger, accountId: string, page?: PageAt): Promise<RowPage<Project>> =>
  projectRows(ledger).list(`PRJ#${accountId}`, page);

/** The account’s project with this slug, or undefined. */
export const projectWithSlug = async (
  { ledger }: Pick<Books, 'ledger'>,
  accountId: string,
  slug: string,
): Promise<Project | undefined> => {
  for await (const project of projectRows(ledger).all(`PRJ#${accountId}`))
    if (project.slug === slug) return project;
  return undefined;
};
