import { describe, expect, test } from 'vitest';
import { doorBundle, doorNames, floorsOf, packageOf } from '../../bench/bundles.ts';

/** What holds every question, and the page of all routes: it grows with the menu, so it has a budget of its own. */
const withTheMenu = { ofFloor: 1.65, kb: 450 } as const;

/**
 * Per door: the services it may know of, since what it brings into its bundle it also pays for at each cold start; and how much larger than the bare floor it may be, which is some
 * way above what it is, so that what grows is seen.
 */
const doors: Readonly<
  Record<string, { readonly services: readonly string[]; readonly ofBareFloor: number }>
> = {
  admin: { services: ['dynamodb', 'secrets-manager'], ofBareFloor: 1.5 },
  authorizer: { services: ['dynamodb', 'secrets-manager'], ofBareFloor: 1.25 },
  collect: { services: ['dynamodb', 'firehose', 's3'], ofBareFloor: 1.55 },
  dialects: { services: ['dynamodb', 'firehose', 's3', 'secrets-manager'], ofBareFloor: 1.55 },
  drain: { services: ['firehose', 's3'], ofBareFloor: 1.05 },
  init: { services: ['dynamodb', 'secrets-manager'], ofBareFloor: 1.3 },
  mcp: { services: ['athena', 'dynamodb', 'firehose', 's3'], ofBareFloor: 2.1 },
  query: { services: ['athena', 'dynamodb', 's3'], ofBareFloor: 2 },
  site: { services: [], ofBareFloor: 0 },
};
/** Of the floor, by the same options and with all that the SDK brings. */
const floorOf = (name: string): number => (name === 'mcp' || name === 'query' ? withTheMenu.ofFloor : 1.2);

test('every door is known here', () => {
  expect(doorNames.toSorted()).toEqual(Object.keys(doors));
});

describe.each(Object.entries(doors))('the bundle of %s', async (name, { services, ofBareFloor }) => {
  const door = await doorBundle(name);
  const floors = await floorsOf(door);
  const files = door.parts.map(({ path }) => path);

  const budget = `at most ${floorOf(name)} times the SDK it uses, and ${ofBareFloor} times the SDK without what the stack leaves out`;
  test(services.length === 0 ? 'uses no SDK and is small' : `is ${budget}`, () => {
    if (services.length === 0) {
      expect(floors).toBeUndefined();
      expect(door.kb).toBeLessThan(withTheMenu.kb);
    } else {
      expect(door.kb / (floors?.whole.kb ?? 0)).toBeLessThanOrEqual(floorOf(name));
      expect(door.kb / (floors?.bare.kb ?? 0)).toBeLessThanOrEqual(ofBareFloor);
    }
  });

  test('holds the product, and nothing of the local twins, the stack or the tests', () => {
    expect(
      files.filter(
        (path) => !/^(lambdas|node_modules|docs\/openapi\.json$|src\/(?!local\/|cli\/|docs\/))/.test(path),
      ),
    ).toEqual([]);
  });

  test('holds the clients it uses and no other', () => {
    const clients = door.parts.flatMap((part) => /^@aws-sdk\/client-(.*)$/.exec(packageOf(part))?.[1] ?? []);
    expect([...new Set(clients)].toSorted()).toEqual(services);
  });

  test('holds no package twice: neither in two versions nor as two kinds of modules', () => {
    const homes = new Map<string, Set<string>>();
    for (const part of door.parts) {
      const [home] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(part.path) ?? [];
      if (home === undefined || part.format === undefined) continue;
      homes.set(packageOf(part), (homes.get(packageOf(part)) ?? new Set()).add(`${home} (${part.format})`));
    }
    expect([...homes.values()].filter((places) => places.size > 1).map((places) => [...places])).toEqual([]);
    // The check sees something.
    expect([...homes.keys()]).toContain(name === 'drain' ? '@aws-sdk/client-firehose' : 'zod');
  });
});
