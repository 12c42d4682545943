import type * as z from 'zod/mini';
import { accountChange, accountInput } from '../../accounts/accounts.ts';
import { keyChange, keyInput, keyRotation } from '../../accounts/keys.ts';
import { planChange, planInput } from '../../accounts/plans.ts';
import { projectChange } from '../../accounts/project-rows.ts';
import type { Json } from '../../mcp/host.ts';
import type { Route, Thing } from '../../routes.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { queries } from './act.ts';
import { newProject, projectErasure } from './projects.ts';

/** The bodies of administration, by the names the table of routes gives them. */
export const adminBodies: Readonly<Record<string, Json>> = {
  'account.create': jsonSchemaOf(accountInput),
  'account.change': jsonSchemaOf(accountChange),
  'project.create': jsonSchemaOf(newProject),
  'project.change': jsonSchemaOf(projectChange),
  'project.erase': jsonSchemaOf(projectErasure),
  'key.create': jsonSchemaOf(keyInput),
  'key.change': jsonSchemaOf(keyChange),
  'key.rotate': jsonSchemaOf(keyRotation),
  'plan.create': jsonSchemaOf(planInput),
  'plan.change': jsonSchemaOf(planChange),
};

const narrowing: Readonly<Record<Thing, z.ZodMiniObject>> = {
  accounts: queries.list,
  projects: queries.projects,
  keys: queries.keys,
  plans: queries.none,
  audit: queries.ofAccount,
  usage: queries.usage,
};

const propertiesOf = (type: z.ZodMiniObject): object => {
  const { properties } = jsonSchemaOf(type);
  return typeof properties === 'object' && properties !== null ? properties : {};
};

const inHeader = (name: string, description: string): Json => ({
  ...{ name, in: 'header', required: false, description, schema: { type: 'string' } },
});

/** The parameters of a route of administration: in its path, its query and its headers. */
export const adminParameters = ({ path, admin }: Route): readonly Json[] => {
  if (admin === undefined) return [];
  const { thing, deed } = admin;
  const asked =
    deed === 'list'
      ? narrowing[thing]
      : thing === 'projects' && deed !== 'create'
        ? queries.one
        : queries.none;
  return [
    ...(path.includes('{id}')
      ? [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
          },
        ]
      : []),
    ...Object.entries(propertiesOf(asked)).map(([name, type]) => ({
      ...{ name, in: 'query', required: false, schema: type },
    })),
    ...(deed === 'create' || deed === 'rotate'
      ? [inHeader('Idempotency-Key', 'The same request with it makes the thing once, for 24 hours.')]
      : []),
    ...(deed === 'change' || deed === 'archive'
      ? [inHeader('If-Match', 'The version to change, e.g. "3"; another one is 409 `conflict`.')]
      : []),
  ];
};

/** What a route of administration answers. */
export const adminAnswers = ({ deed }: NonNullable<Route['admin']>): Json => {
  const row = { type: 'object', properties: { version: { type: 'integer' } } };
  const list = {
    type: 'object',
    properties: {
      rows: { type: 'array', items: { type: 'object' } },
      next_cursor: { type: ['string', 'null'] },
    },
    required: ['rows', 'next_cursor'],
  };
  const isNew = deed === 'create' || deed === 'rotate';
  return {
    [isNew ? '201' : '200']: {
      description: isNew
        ? 'Made; of a key `secret` is the key itself, this once.'
        : 'The row, or a page of them.',
      content: { 'application/json': { schema: deed === 'list' ? list : row } },
    },
  };
};
