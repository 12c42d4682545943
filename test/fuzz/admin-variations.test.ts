import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Route, routes } from '../../src/routes.ts';
import { adminBodies, adminParameters } from '../../src/serve/admin/schemas.ts';
import { adminTry } from '../admin-routes.ts';
import { type Running, startProduct } from '../local/product.ts';
import { mutated, strange } from './variations.ts';

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** So many of the strange values are tried on each parameter; which, depends on it, so that together all are. */
const ofEach = Number(process.env.MILLIMETRIC_VARIATIONS ?? 0) > 5_000 ? strange.length : 20;
const some = (of: readonly unknown[], seed: string): readonly unknown[] => {
  const from = seed.length * 31 + seed.charCodeAt(0) * 7;
  const step = Math.max(1, Math.floor(of.length / ofEach));
  return of.filter((_, i) => (i + from) % step === 0);
};

const administrative = routes.filter(({ admin }) => admin !== undefined);
const present = () => ({ account_id: product.project.accountId, keys: product.keys });
const tried = (route: Route) => {
  const found = adminTry(route, present(), 'vary');
  if (found === undefined) throw new Error(`${route.path} administers nothing`);
  return found;
};
const fieldsOf = (takes = ''): readonly string[] => Object.keys(Object(adminBodies[takes]?.properties));

interface Sent {
  readonly route: Route;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a refusal must name. */
  readonly names: string;
}

/** What came back that must not: a failure of ours, or a refusal that does not name what was wrong. */
const wrongWith = async ({ route, path, body, headers = {}, names }: Sent): Promise<string | undefined> => {
  const answer = await fetch(`${product.url}${path}`, {
    method: route.method,
    headers: {
      Authorization: `Bearer ${product.keys.admin}`,
      ...(route.body.length > 0 && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(route.body.length > 0 && { body: JSON.stringify(body ?? {}) }),
  });
  const text = await answer.text();
  const said = () =>
    `${route.method} ${path} ${JSON.stringify(body)?.slice(0, 200)} → ${answer.status} ${text.slice(0, 300)}`;
  if (answer.status >= 500) return said();
  if (answer.status < 300) return undefined;
  const { error, message } = JSON.parse(text);
  if (typeof error !== 'string' || typeof message !== 'string') return said();
  return [400, 402].includes(answer.status) && !text.includes(names) ? said() : undefined;
};

const report = async (all: readonly Sent[]): Promise<void> => {
  const wrong: string[] = [];
  for (const one of all) {
    const said = await wrongWith(one);
    if (said !== undefined) wrong.push(said);
  }
  expect(wrong.slice(0, 10)).toEqual([]);
};

const withBodies = administrative.filter(({ takes }) => takes !== undefined);

test.each(withBodies)(
  '$method $path with one field changed to strange values is taken or refused by that field’s name',
  async (route) => {
    const all: Sent[] = [];
    for (const field of fieldsOf(route.takes)) {
      const inside = [...mutated({ rates, projects: ['demo'] }[field])];
      const values = [...some(strange, field + route.path), ...some(inside, field)];
      for (const value of values) {
        const { path, body } = tried(route);
        all.push({ route, path, body: { ...Object(body), [field]: value }, names: field });
      }
    }
    await report(all);
  },
);

const rates = { track: { per_second: 1, burst: 1 }, batch: { per_second: 1, burst: 1 } };

test.each(withBodies)('$method $path refuses every field that is not its own, by name', async (route) => {
  const foreign = ['operator', 'live', 'created_at', 'version', 'secret', 'revoked_at', 'terms', '__proto__'];
  const all = [...foreign, ...withBodies.flatMap(({ takes }) => fieldsOf(takes))];
  const own = fieldsOf(route.takes);
  for (const field of new Set(all.filter((name) => !own.includes(name)))) {
    const { path, body } = tried(route);
    const text = JSON.stringify(body);
    const answer = await fetch(`${product.url}${path}`, {
      method: route.method,
      headers: { Authorization: `Bearer ${product.keys.admin}`, 'Content-Type': 'application/json' },
      body: text === '{}' ? `{"${field}":true}` : text.replace('{', `{"${field}":true,`),
    });
    const said = await answer.text();
    const isRefused = answer.status === 400 && said.includes(field);
    // A thing that is not there has no fields either.
    expect([field, isRefused || answer.status === 404, isRefused ? '' : answer.status]).toEqual([
      ...[field, true, isRefused ? '' : 404],
    ]);
  }
});

test.each(administrative)(
  '$method $path with a strange query, id or header is no failure of ours',
  async (route) => {
    const all: Sent[] = [];
    const text = (value: unknown) =>
      (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed().slice(0, 3_000);
    for (const parameter of adminParameters(route)) {
      const name = String(parameter.name);
      for (const value of some(strange, name + route.path)) {
        const { path, body } = tried(route);
        const said = encodeURIComponent(text(value));
        if (parameter.in === 'query') all.push({ route, path: `${path}?${name}=${said}`, body, names: name });
        if (parameter.in === 'path' && route.admin?.deed !== 'rotate')
          all.push({ route, path: route.path.replace('{id}', said || '%20'), body, names: '' });
        if (parameter.in === 'header' && /^[\t -~]*$/.test(text(value)))
          all.push({ route, path, body, headers: { [name]: text(value) }, names: '' });
      }
    }
    await report(all);
  },
);

test('after all of this the log holds no failure of ours, and the product still answers', async () => {
  expect(product.log()).not.toContain('"level":"error"');
  expect(
    (await fetch(`${product.url}/v1/stats`, { headers: { Authorization: `Bearer ${product.keys.rk}` } }))
      .status,
  ).toBe(200);
});
