import { account, adminCommand, archived, at, fieldsFrom, first, ofAccount, typed } from './admin.ts';
import type { Command } from './command.ts';
import type { Given } from './flags.ts';
import { projectsCommand } from './projects.ts';
import { wrongUsage } from './stop.ts';
import { usageCommand } from './usage.ts';

const mintFields = (given: Given) => {
  const { label, scope, env, expires } = fieldsFrom(given, {
    ...{ label: typed.orNone, scope: typed.text, env: typed.text, expires: typed.orNone },
  });
  const only = given.texts('only');
  return {
    ...(label !== undefined && { label }),
    ...(scope !== undefined && { scope: scope === 'none' ? '' : scope }),
    ...(env !== undefined && { env }),
    ...(expires !== undefined && { expires_at: expires }),
    ...(only.length > 0 && { projects: only.includes('all') ? null : only }),
  };
};

const keys = adminCommand('keys', {
  does: 'Keys: mint, list, label, revoke, rotate.',
  flags: {
    project: {
      value: 'SLUG|ID',
      does: 'The project a pk_, sk_ or rk_ key is for; of list, whose keys. Default of list: the account’s.',
    },
    env: { value: 'live|test', does: 'Whose events it writes and reads. Default: live.' },
    label: { value: 'TEXT', does: 'What you call it.' },
    scope: { value: 'admin|none', does: 'Of an ak_ key: may it administer?' },
    only: { value: 'SLUG|ID', does: 'Of an ak_ key: a project it may see; may be repeated. all: every one.' },
    expires: { value: 'TIME|none', does: 'ISO 8601 with its zone; it is refused from then on.' },
    delay: { value: 'SECONDS', does: 'Of rotate: how long the old key is good. Default: a day.' },
    ...account,
  },
  columns: ['key', 'label', 'project_slug', 'scope', 'last_used', 'expires_at', 'revoked_at'],
  verbs: {
    list: {
      ...{
        takes: '[--project SLUG]',
        does: 'Keys of the account or a project; never a secret.',
        words: [0, 0],
      },
      request: (given) => ({
        method: 'GET',
        path: at('keys', undefined, { ...ofAccount(given), project_id: given.text('project') }),
      }),
    },
    mint: {
      ...{ takes: 'pk|sk|rk|ak', does: 'Make a key; it is shown this once.', words: [1, 1] },
      request: (given) => {
        const kind = first(given).replace(/_$/, '');
        if (!['pk', 'sk', 'rk', 'ak'].includes(kind)) throw wrongUsage('Which kind? pk, sk, rk or ak.');
        const project = given.text('project');
        const body = {
          kind,
          ...(project !== undefined && { project }),
          ...mintFields(given),
          ...ofAccount(given),
        };
        return { method: 'POST', path: at('keys'), body };
      },
    },
    show: {
      ...{
        takes: 'NAME',
        does: 'What is known of one, by its name such as rk_live_AbCd1234.',
        words: [1, 1],
      },
      request: (given) => ({ method: 'GET', path: at('keys', first(given)) }),
    },
    change: {
      ...{ takes: 'NAME', does: 'Change what its flags name.', words: [1, 1] },
      request: (given) => ({ method: 'PATCH', path: at('keys', first(given)), body: mintFields(given) }),
    },
    rotate: {
      ...{ takes: 'NAME', does: 'Mint another like it; the old one expires after the delay.', words: [1, 1] },
      request: (given) => ({
        method: 'POST',
        path: `${at('keys', first(given))}/rotate`,
        body: given.has('delay') ? { delay_s: typed.number(given, 'delay') } : {},
      }),
    },
    revoke: {
      ...{ takes: 'NAME', does: 'End it for good; it is refused within 60 s.', words: [1, 1] },
      ends: 'A revoked key is refused within 60 s and never works again.',
      request: (given) => ({ method: 'DELETE', path: at('keys', first(given)) }),
    },
  },
  more: `
  millimetric keys mint rk --project shop --label dashboard
  millimetric keys mint ak --only shop --only blog --label agency
  millimetric keys revoke rk_live_AbCd1234 --yes`,
});

const accounts = adminCommand('accounts', {
  does: 'Accounts of an installation that is run for others, each with its plan.',
  flags: {
    name: { value: 'TEXT', does: 'What people call it.' },
    plan: { value: 'PLAN', does: 'free, pro, business, unlimited, or one of yours. Default: free.' },
    archived,
  },
  columns: ['account_id', 'name', 'plan', 'operator', 'created_at', 'archived_at'],
  verbs: {
    list: {
      ...{ takes: '', does: 'The accounts this key administers.', words: [0, 0] },
      request: () => ({ method: 'GET', path: at('accounts') }),
    },
    add: {
      ...{ takes: 'NAME', does: 'Make an account.', words: [1, 1] },
      request: (given) => ({
        method: 'POST',
        path: at('accounts'),
        body: { name: first(given), ...fieldsFrom(given, { plan: typed.text }) },
      }),
    },
    show: {
      ...{ takes: 'ID', does: 'All about one.', words: [1, 1] },
      request: (given) => ({ method: 'GET', path: at('accounts', first(given)) }),
    },
    change: {
      ...{ takes: 'ID', does: 'Change its name or plan; a plan is felt within 60 s.', words: [1, 1] },
      request: (given) => ({
        method: 'PATCH',
        path: at('accounts', first(given)),
        body: fieldsFrom(given, { name: typed.text, plan: typed.text, archived: typed.boolean }),
      }),
    },
    archive: {
      ...{ takes: 'ID', does: 'Revoke all its keys, archive all its projects.', words: [1, 1] },
      ends: 'Archiving an account revokes all its keys, for good, and archives its projects.',
      request: (given) => ({ method: 'DELETE', path: at('accounts', first(given)) }),
    },
  },
  more: `
  millimetric accounts add "Corner Shop" --plan pro
  millimetric accounts change acc_… --plan business`,
});

const termsFrom = (given: Given): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    given.texts('set').map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw wrongUsage(`\`--set\` takes name=value; \`${pair}\` was given.`);
      const text = pair.slice(equals + 1);
      try {
        return [pair.slice(0, equals), JSON.parse(text)];
      } catch {
        throw wrongUsage(`\`--set\` takes a JSON value behind the name; \`${text}\` is none.`);
      }
    }),
  );

const plans = adminCommand('plans', {
  does: 'What accounts may: events a month, retention, projects, features, rates, budgets.',
  flags: {
    set: {
      value: 'NAME=JSON',
      does: 'A term, e.g. events_per_month=2000000 or retention_days=null; may be repeated.',
    },
    archived,
  },
  columns: ['name', 'events_per_month', 'retention_days', 'projects', 'features', 'archived_at'],
  verbs: {
    list: {
      ...{ takes: '', does: 'The plans this key may know of.', words: [0, 0] },
      request: () => ({ method: 'GET', path: at('plans') }),
    },
    add: {
      ...{ takes: 'NAME', does: 'Make a plan: all of its terms, each with --set.', words: [1, 1] },
      request: (given) => ({
        method: 'POST',
        path: at('plans'),
        body: { name: first(given), ...termsFrom(given) },
      }),
    },
    show: {
      ...{ takes: 'NAME', does: 'All of its terms.', words: [1, 1] },
      request: (given) => ({ method: 'GET', path: at('plans', first(given)) }),
    },
    change: {
      ...{ takes: 'NAME', does: 'Change terms; accounts that have it feel it within 60 s.', words: [1, 1] },
      request: (given) => ({
        method: 'PATCH',
        path: at('plans', first(given)),
        body: { ...termsFrom(given), ...fieldsFrom(given, { archived: typed.boolean }) },
      }),
    },
    archive: {
      ...{
        takes: 'NAME',
        does: 'No account is given it any more; those that have it keep it.',
        words: [1, 1],
      },
      ends: 'No account can be given an archived plan.',
      request: (given) => ({ method: 'DELETE', path: at('plans', first(given)) }),
    },
  },
  more: `
  millimetric plans change pro --set events_per_month=2000000`,
});

const audit = adminCommand('audit', {
  does: 'What was changed, by which key, newest first.',
  flags: account,
  columns: ['at', 'by', 'what', 'thing', 'from', 'to'],
  verbs: {
    list: {
      ...{ takes: '', does: 'All of it.', words: [0, 0] },
      request: (given) => ({ method: 'GET', path: at('audit', undefined, ofAccount(given)) }),
    },
  },
  more: '',
});

/** The commands over /v1/admin. */
export const administration: Readonly<Record<string, Command>> = {
  projects: projectsCommand,
  ...{ keys, accounts, plans, usage: usageCommand, audit },
};
