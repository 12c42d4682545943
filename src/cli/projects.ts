import { account, adminCommand, archived, at, fieldsFrom, first, ofAccount, typed } from './admin.ts';
import type { Flags, Given } from './flags.ts';

const projectFlags = {
  name: { value: 'TEXT', does: 'What people call it. Default: the slug.' },
  origin: {
    value: 'ORIGIN',
    does: 'A site whose pages may use its pk_ keys; may be repeated. Replaces all of them.',
  },
  timezone: { value: 'ZONE', does: 'Its time zone, e.g. Europe/Berlin. Default: UTC.' },
  'site-host': {
    value: 'HOST',
    does: 'A host of its own, so that going between them is internal; may be repeated.',
  },
  'ignored-referrer': {
    value: 'HOST',
    does: 'A host that visits pass through, such as a sign-in; may be repeated.',
  },
  'retention-days': {
    value: 'N|none',
    does: 'How long its events are kept. none: as long as the plan says.',
  },
} as const satisfies Flags;

const projectFields = (given: Given) => {
  const { origin, site_host, ignored_referrer, ...rest } = fieldsFrom(given, {
    ...{ name: typed.text, timezone: typed.text, slug: typed.text, archived: typed.boolean },
    ...{ origin: typed.list, 'site-host': typed.list, 'ignored-referrer': typed.list },
    'retention-days': typed.number,
  });
  return {
    ...rest,
    ...(origin !== undefined && { allowed_origins: origin }),
    ...(site_host !== undefined && { site_hosts: site_host }),
    ...(ignored_referrer !== undefined && { ignored_referrers: ignored_referrer }),
  };
};

const origins = (row: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(row.allowed_origins) ? row.allowed_origins : [];

/** `millimetric projects`: sites, apps and services. */
export const projectsCommand = adminCommand('projects', {
  does: 'Sites, apps and services: add, change, archive.',
  flags: {
    ...projectFlags,
    slug: { value: 'SLUG', does: 'Another slug, for change.' },
    archived,
    all: { does: 'List archived ones too.' },
    ...account,
  },
  columns: ['slug', 'name', 'timezone', 'allowed_origins', 'archived_at', 'project_id'],
  verbs: {
    list: {
      ...{ takes: '', does: 'All projects.', words: [0, 0] },
      request: (given) => ({
        method: 'GET',
        path: at('projects', undefined, {
          ...ofAccount(given),
          archived: given.has('all') ? 'true' : undefined,
        }),
      }),
    },
    add: {
      ...{ takes: 'SLUG', does: 'Make a project.', words: [1, 1] },
      request: (given) => ({
        method: 'POST',
        path: at('projects'),
        body: { ...projectFields(given), slug: first(given), ...ofAccount(given) },
      }),
    },
    show: {
      ...{ takes: 'SLUG|ID', does: 'All about one.', words: [1, 1] },
      request: (given) => ({ method: 'GET', path: at('projects', first(given), ofAccount(given)) }),
    },
    change: {
      ...{ takes: 'SLUG|ID', does: 'Change what its flags name.', words: [1, 1] },
      request: (given) => ({
        method: 'PATCH',
        path: at('projects', first(given), ofAccount(given)),
        body: projectFields(given),
      }),
    },
    'add-origin': {
      ...{ takes: 'SLUG|ID ORIGIN…', does: 'Let pages of one more site use its pk_ keys.', words: [2, 20] },
      request: (given) => ({
        method: 'PATCH',
        path: at('projects', first(given), ofAccount(given)),
        edit: (row) => ({ allowed_origins: [...new Set([...origins(row), ...given.words.slice(1)])] }),
      }),
    },
    'remove-origin': {
      ...{ takes: 'SLUG|ID ORIGIN…', does: 'Let them no more.', words: [2, 20] },
      request: (given) => ({
        method: 'PATCH',
        path: at('projects', first(given), ofAccount(given)),
        edit: (row) => ({
          allowed_origins: origins(row).filter((one) => !given.words.slice(1).some((word) => word === one)),
        }),
      }),
    },
    archive: {
      ...{ takes: 'SLUG|ID', does: 'It takes no more events; those it has stay.', words: [1, 1] },
      ends: 'An archived project takes no more events; `projects change SLUG --archived false` takes it back.',
      request: (given) => ({ method: 'DELETE', path: at('projects', first(given), ofAccount(given)) }),
    },
    erase: {
      ...{ takes: 'SLUG|ID', does: 'Erase all its events, for good; says first how many.', words: [1, 1] },
      unsure: ({ events, slug }) => `${events} events of ${slug} would be erased, for good.`,
      request: (given) => ({
        method: 'POST',
        path: at('projects', first(given), ofAccount(given)).replace(/(?=\?|$)/, '/erase'),
        body: { yes: given.has('yes') },
      }),
    },
  },
  more: `
  millimetric projects erase old-shop --yes
  millimetric projects add shop --origin https://shop.example --timezone Europe/Berlin
  millimetric projects add-origin demo https://www.shop.example`,
});
