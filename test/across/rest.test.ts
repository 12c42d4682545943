import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeProject } from '../../src/accounts/projects.ts';
import { routes } from '../../src/routes.ts';
import { questions } from '../../src/tools/index.ts';
import { type Running, startProduct } from '../local/product.ts';
import { shop } from '../shop.ts';
import { type Agency, asks, openAgency } from './agency.ts';

let on: Running;
let agency: Agency;
let other: Agency;
/** Whose projects hold the shop’s week, each less of it. */
let shops: Agency;
const at = '2026-03-05T12:00:00Z';
const week = { from: '2026-03-02', to: '2026-03-09' } as const;
const signUps = (n: number, who = 'a') =>
  Array.from({ length: n }, (_, i) => ({
    ...{ event: 'sign_up', event_id: `${who}${i}`, anonymous_id: `${who}${i}`, timestamp: at },
    ...{ url: 'https://shop.example/', referrer: i % 2 ? 'https://chatgpt.com/' : 'https://google.com/' },
  }));
/** Goes on with each look at it, so that what is made later is listed later. */
let now = Date.parse('2026-03-10T00:00:00Z');
const shopOf = (project: string) =>
  shop.map((event) => ({ ...event, project_id: project, request_id: `${project}-${event.request_id}` }));
beforeAll(async () => {
  on = await startProduct({ clock: () => now++ });
  agency = await openAgency(on, [
    { slug: 'shop', timezone: 'Europe/Berlin', events: signUps(3) },
    { slug: 'blog', timezone: 'Europe/Berlin', events: signUps(2) },
    { slug: 'docs', timezone: 'Asia/Tokyo', events: signUps(1) },
    { slug: 'quiet', timezone: 'Asia/Tokyo' },
  ]);
  shops = await openAgency(on, [{ slug: 'all' }, { slug: 'half' }, { slug: 'few' }], 'shops');
  for (const [n, { id }] of shops.sites.entries())
    await on.world.sink.keep(shopOf(id).slice(0, Math.ceil(shop.length / (n + 1))));
  other = await openAgency(on, [{ slug: 'theirs', events: signUps(7) }], 'other');
});
afterAll(() => on.stop());

const site = (slug: string) => {
  const found = agency.sites.find((one) => one.slug === slug);
  if (found === undefined) throw new Error(slug);
  return found;
};
const row = (slug: string, more: object) => ({ project_id: site(slug).id, slug, ...more });

describe('an account’s key over REST', () => {
  test('sees all its projects at once, each row with its project by id and slug', async () => {
    const { body } = await asks(on, agency.ak)('stats', { ...week, event: 'sign_up' });
    expect(body.rows).toEqual([
      row('shop', { value: 3 }),
      row('blog', { value: 2 }),
      row('docs', { value: 1 }),
    ]);
    expect(body.columns.map(({ name }) => name)).toEqual(['project_id', 'slug', 'value']);
  });

  test.each([
    ['project_slug', () => 'blog', ['blog']],
    ['project_id', () => site('docs').id, ['docs']],
    ['project_ids', () => `${site('docs').id},${site('shop').id}`, ['shop', 'docs']],
    ['project_ids', () => [site('docs').id], ['docs']],
  ])('chooses with %s', async (name, value, slugs) => {
    const { body } = await asks(on, agency.ak)('stats', { ...week, [name]: value() });
    expect(body.rows.map(({ slug }) => slug)).toEqual(slugs);
  });

  test.each([
    'project_id',
    ['project_id'],
    '["project_id"]',
    'project_id,source',
    'source,project_id',
    'source,country,medium,project_id',
  ])('may group by project_id, which its rows have anyway: %j', async (group_by) => {
    const ask = asks(on, agency.ak);
    const others = String(group_by)
      .split(/[^\w]+/)
      .filter((word) => word !== '' && word !== 'project_id');
    const plain = await ask('stats', { ...week, group_by: others.join(',') });
    const grouped = await ask('stats', { ...week, group_by });
    expect(grouped.status, grouped.text).toBe(200);
    expect(grouped.body.rows).toEqual(plain.body.rows);
    expect(grouped.body.rows.length).toBeGreaterThan(0);
  });

  test('of a project’s key project_id is no column, as before', async () => {
    const { body } = await asks(on, site('shop').rk)('stats', { group_by: 'project_id' });
    expect(body.error).toBe('invalid_group_by');
  });

  test.each([
    ['one project', { project_slug: 'docs' }, 'Asia/Tokyo', []],
    [
      'projects of one zone',
      () => ({ project_ids: `${site('shop').id},${site('blog').id}` }),
      'Europe/Berlin',
      ['Days and buckets are those of Europe/Berlin, the time zone of all 2 projects asked.'],
    ],
    [
      'projects of several zones',
      {},
      'UTC',
      [
        'Days and buckets are those of UTC, because the projects asked have different time zones: Europe/Berlin (shop, blog), Asia/Tokyo (docs, quiet). tz chooses one for all.',
      ],
    ],
    ['whatever tz says', { tz: 'Asia/Tokyo' }, 'Asia/Tokyo', []],
  ])('says which zone its days are of and why: %s', async (_, choice, zone, notes) => {
    const { body } = await asks(on, agency.ak)('stats', {
      ...{ ...week, event: 'sign_up', interval: 'day' },
      ...(typeof choice === 'function' ? choice() : choice),
    });
    expect([body.period.timezone, body.notes.filter((note) => /zone/.test(note))]).toEqual([zone, notes]);
  });

  test('goes on with a cursor in the projects that were chosen, and says the zone again', async () => {
    const ask = asks(on, agency.ak);
    const first = await ask('query', { ...week, limit: 2, project_slug: 'shop' });
    const next = await ask('query', { cursor: first.body.next_cursor });
    expect([...first.body.rows, ...next.body.rows].map(({ slug }) => slug)).toEqual(Array(3).fill('shop'));
  });

  test('a slug that changed is the new one in the next answer', async () => {
    const { id } = site('quiet');
    await changeProject(on.world, id, { slug: 'silent' });
    const { body } = await asks(on, agency.ak)('describe-data', { project_id: id });
    expect(body.error).toBeUndefined();
    await changeProject(on.world, id, { slug: 'quiet' });
  });
});

/** Each question with its first example, over the shop’s week. */
const asked = questions
  .filter(({ across }) => across !== true)
  .map((question) => ({
    name: question.name,
    path: routes.find((route) => route.question === question.name)?.path.slice('/v1/'.length) ?? '',
    args: {
      ...Object.fromEntries(
        Object.entries(question.examples[0]?.input ?? {}).filter(([name]) => name !== 'limit'),
      ),
      ...week,
      ...(question.shared.includes('tz') ? { tz: 'UTC' } : {}),
    },
  }));

describe.each(asked)('$name over several projects', ({ name, path, args }) => {
  test('is what each project’s own key is told, side by side', async () => {
    const { status, text, body } = await asks(on, shops.ak)(path, args);
    expect(status, text).toBe(200);
    // Nothing in the shop’s week is out of the ordinary.
    if (name !== 'anomalies') expect(body.rows.length).toBeGreaterThan(0);
    for (const { id, slug, rk } of shops.sites) {
      const mine = body.rows.filter(({ project_id }) => project_id === id);
      expect(mine.every((one) => one.slug === slug)).toBe(true);
      const rows = mine.map(({ project_id: _, slug: __, ...cells }) => cells);
      const own = (await asks(on, rk)(path, args)).body;
      // A project that has not the person says so; among others it has no rows.
      expect(rows).toEqual(own.error === 'not_found' ? [] : own.rows);
    }
  });
});

describe('what is not this key’s to see', () => {
  test.each(['project_id', 'project_slug', 'project_ids'])(
    'cannot be told from what is not there, by %s',
    async (name) => {
      const key = await agency.mint([site('shop')]);
      const ask = asks(on, key);
      const by = name === 'project_slug' ? 'slug' : 'id';
      const hidden = [site('blog')[by], site('quiet')[by], other.sites[0]?.[by] ?? ''];
      const answers = await Promise.all(
        [...hidden, by === 'id' ? 'prj_0000000000000000' : 'nowhere'].map(async (word) => {
          const { status, text } = await ask('stats', { [name]: word });
          return [status, text.replaceAll(word, '…')];
        }),
      );
      const kinds = new Set(answers.map((answer) => JSON.stringify(answer)));
      expect([...kinds]).toHaveLength(1);
      expect(answers[0]?.[0]).toBe(404);
      for (const { slug, id } of [...agency.sites.slice(1), ...other.sites])
        expect(answers.join()).not.toMatch(new RegExp(`${slug}|${id}`));
    },
  );

  test('an unknown slug is answered with the nearest and with those that are visible', async () => {
    const { body } = await asks(on, agency.ak)('stats', { project_slug: 'shopp' });
    expect(body).toMatchObject({
      error: 'unknown_project_slug',
      message:
        'no project with slug "shopp" is visible to this key; nearest: shop; visible: shop, blog, docs, quiet',
    });
    const { body: byId } = await asks(on, agency.ak)('stats', { project_id: 'nothing' });
    expect(byId.message).toContain(`visible: ${site('shop').id} (shop), `);
  });
});
