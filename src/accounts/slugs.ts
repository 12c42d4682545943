import * as z from 'zod/mini';
import type { Ledger } from '../ports.ts';
import type { Problem } from '../problems.ts';
import type { Books } from './books.ts';
import { skeletonOf } from './names.ts';
import { wrongField } from './parsed.ts';
import { type Project, projectOf, projectRows } from './project-rows.ts';

/**
 * Reserves the slug for a project; answers with the id to use: that of an earlier try that never wrote its project (a crash between the two), else ours. Slugs that look alike share one
 * reservation; those of older versions are found by the list.
 */
export const takeSlug = async (
  books: Books,
  accountId: string,
  slug: string,
  projectId: string,
): Promise<string> => {
  const { ledger } = books;
  const skeleton = skeletonOf(slug);
  for await (const { project_id, slug: other } of projectRows(ledger).all(`PRJ#${accountId}`))
    if (project_id !== projectId && skeletonOf(other) === skeleton) throw slugTaken(slug, other);
  const id = slugId(accountId, skeleton);
  if (await ledger.write({ id, data: { project_id: projectId } }, 0)) return projectId;
  const item = await ledger.read(id);
  // Given up between our two looks.
  if (item === undefined) return takeSlug(books, accountId, slug, projectId);
  const holder = reservation.parse(item.data).project_id;
  const held = holder === projectId ? undefined : await projectOf(books, holder);
  if (held === undefined) return holder;
  if (skeletonOf(held.slug) === skeleton) throw slugTaken(slug, held.slug);
  // Its project has another slug by now: a change that was cut short before it gave this one back.
  return (await ledger.write({ id, data: { project_id: projectId } }, item.version))
    ? projectId
    : takeSlug(books, accountId, slug, projectId);
};

const reservation = z.object({ project_id: z.string() });
const slugId = (accountId: string, skeleton: string): string => `SLUG#${accountId}#${skeleton}`;

/** Gives back the reservation of a slug that the project no longer has, also in the form of an older version. */
export const giveSlugs = async (ledger: Ledger, before: Project, after: Project): Promise<void> => {
  if (skeletonOf(before.slug) === skeletonOf(after.slug)) return;
  for (const word of new Set([skeletonOf(before.slug), before.slug])) {
    const id = slugId(before.account_id, word);
    const item = await ledger.read(id);
    if (item !== undefined && item.data.project_id === before.project_id)
      await ledger.erase(id, item.version);
  }
};

/** The refusal of a slug that another project has, or one that looks like it. */
export const slugTaken = (slug: string, other = slug): Problem =>
  wrongField(
    'slug',
    other === slug
      ? `This account has a project with the slug ${slug} already; choose another.`
      : `This account has a project with the slug ${other}, which looks like ${slug}; choose another.`,
  );
