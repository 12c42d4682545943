import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatedPages } from '../src/docs/pages.ts';
import { routes } from '../src/routes.ts';
import { questions } from '../src/tools/index.ts';
import { arrowsOf, fileArrowsOf, inOrder, mapOf, roomOf } from './rooms.ts';
import { type Source, sourceAt, sourcesIn } from './source-text.ts';

const product = sourcesIn('src');
const all = [...product, ...sourcesIn('bin', 'lib', 'lambdas', 'test', 'bench')];

/** The rooms between the ports, each with the rooms it may look into (itself always). */
const pure: Readonly<Record<string, readonly string[]>> = {
  'src/version.ts': [],
  'src/problems.ts': [],
  'src/access/kinds.ts': ['src/problems.ts'],
  'src/routes.ts': ['src/access/kinds.ts', 'src/problems.ts'],
  'src/ports.ts': ['src/events', 'src/sql', 'src/lake'],
  'src/events': ['src/problems.ts'],
  'src/sql': ['src/events'],
  'src/lake': ['src/sql', 'src/events'],
  'src/people': ['src/lake', 'src/sql', 'src/events'],
  'src/tools': [
    'src/people',
    'src/lake',
    'src/sql',
    'src/events',
    'src/access',
    'src/access/kinds.ts',
    'src/problems.ts',
    'src/ports.ts',
  ],
  'src/access': ['src/access/kinds.ts', 'src/problems.ts', 'src/ports.ts', 'src/routes.ts'],
  'src/accounts': ['src/access', 'src/access/kinds.ts', 'src/problems.ts', 'src/ports.ts'],
  'src/mcp': [
    'src/tools',
    'src/access',
    'src/access/kinds.ts',
    'src/accounts',
    'src/problems.ts',
    'src/ports.ts',
  ],
  'src/dialects': [
    'src/events',
    'src/access',
    'src/access/kinds.ts',
    'src/problems.ts',
    'src/ports.ts',
    'src/routes.ts',
  ],
  'src/serve': [
    'src/dialects',
    'src/mcp',
    'src/tools',
    'src/lake',
    'src/sql',
    'src/events',
    'src/access',
    'src/access/kinds.ts',
    'src/accounts',
    'src/problems.ts',
    'src/ports.ts',
    'src/routes.ts',
    'src/version.ts',
  ],
  'src/docs': [
    'src/serve',
    'src/tools',
    'src/events',
    'src/access',
    'src/access/kinds.ts',
    'src/problems.ts',
    'src/routes.ts',
    'src/version.ts',
  ],
};
const core = Object.keys(pure);
const tables = ['src/events', 'src/routes.ts', 'src/access', 'src/access/kinds.ts', 'src/problems.ts'];
/** The rooms of the local twin, from the bottom up: each may look into those before it. */
const local = [
  'src/local/disk',
  'src/local/journal',
  'src/local/parquet',
  'src/local/dedup',
  'src/local/query',
  'src/local/gateway',
  'src/local',
] as const;
const arrows: Readonly<Record<string, readonly string[]>> = {
  ...pure,
  ...Object.fromEntries(
    local.map((room, i) => [room, [...core, 'src/browser', 'src/page/page-text.ts', ...local.slice(0, i)]]),
  ),
  'src/aws': [...core, 'src/browser'],
  // It speaks HTTP; of the product it borrows how a mistyped word finds its nearest, which characters nobody sees, what a person does first, a memory that stays flat, which names an event has, the list of tools for a help without a server, the zone’s buckets for charts, and for `init` the operator’s way into a stack.
  'src/cli': [
    'src/tools/nearest.ts',
    'src/tools/visible.ts',
    'src/serve/first-steps.ts',
    'src/events/recent.ts',
    'src/events/remember.ts',
    'src/events/schema.ts',
    'src/serve/tool-list.ts',
    'src/sql/zone.ts',
    'src/aws/operator.ts',
    'src/problems.ts',
  ],
  'src/browser': [],
  // The buckets of a zone are those of the answers.
  'src/page': ['src/sql/zone.ts'],
  bin: ['lib', 'src/local', 'src/cli', 'src/docs'],
  // Besides the tables, what a gateway says by itself: the stack renders the same sentences.
  // What a month costs also reads which folders a question opens, and writes its table as the pages do.
  lib: [
    ...tables,
    'src/aws',
    'src/serve/cors.ts',
    'src/serve/gateway-answers.ts',
    'src/dialects',
    'src/lake/events-of.ts',
    'src/docs/markdown.ts',
  ],
  lambdas: ['src/aws', 'src/serve', 'src/access', 'src/browser', 'src/page/page-text.ts', 'src/version.ts'],
};

/** Packages that stand for the outside, and the only rooms that may name them. */
const outside: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^node:crypto$/,
    ['src/access', 'src/events', 'src/dialects', 'src/local', 'src/aws', 'src/cli', 'bin', 'lib', 'lambdas'],
  ],
  // Values to values, like hashing: a packed body is unpacked where it is read.
  [/^node:zlib$/, ['src/serve', 'src/local', 'src/aws', 'src/cli', 'bin', 'lib', 'lambdas']],
  [/^node:(?!crypto$|zlib$)/, ['src/local', 'src/aws', 'src/cli', 'bin', 'lib', 'lambdas']],
  [/^@duckdb\//, ['src/local']],
  [/^@aws-sdk\/|^@smithy\//, ['src/aws']],
  [/^(aws-cdk-lib|constructs|cdk-)/, ['bin', 'lib']],
];

/** What a pure room gets as an argument instead. */
const impure =
  /\bprocess\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bcrypto\.(?:random|getRandom)|\bfetch\(|\bset(?:Timeout|Interval|Immediate)\b|\bconsole\./;

/** Over 300 lines, and why it is still one idea. */
const long: Readonly<Record<string, string>> = {
  'src/browser/loader.js': 'one script in a page, which can import nothing',
};

/** The edge of the house a room stands at: the local twin’s rooms are one. */
const edgeOf = (path: string): string => {
  const room = roomOf(path);
  return room.startsWith('src/local/') ? 'src/local' : room;
};
const isPure = ({ path }: Source): boolean => core.includes(roomOf(path));
const ours = (name: string): boolean => /^(src|bin|lib|lambdas|test|bench)\//.test(name);
/** Each place where the code, blanked of its words, matches: `file:line match`. */
const places = (
  sources: readonly Source[],
  pattern: RegExp,
  pick: (source: Source) => string = ({ code }) => code,
): readonly string[] =>
  sources.flatMap((source) =>
    [...pick(source).matchAll(new RegExp(pattern, 'gm'))].map(
      (found) => `${source.path}:${pick(source).slice(0, found.index).split('\n').length} ${found[0].trim()}`,
    ),
  );
const withoutImports = ({ code }: Source): string =>
  code.replace(/^(?:import|export)\s+(?:type\s+)?[{*][^;]*;/gm, (lines) => lines.replace(/[^\n]/g, ' '));

describe('the arrows', () => {
  test('every room is on the plan', () => {
    expect(
      [...new Set(all.map(({ path }) => roomOf(path)))].filter(
        (room) => !(room in arrows) && room !== 'test' && room !== 'bench',
      ),
    ).toEqual([]);
  });
  test('a room looks only where its arrows point', () => {
    const wrong = all.flatMap(({ path, imports }) => {
      const allowed = arrows[roomOf(path)];
      return allowed === undefined
        ? []
        : imports
            .filter(
              (name) =>
                ours(name) &&
                roomOf(name) !== roomOf(path) &&
                !allowed.includes(roomOf(name)) &&
                !allowed.includes(name),
            )
            .map((name) => `${path} → ${name}`);
    });
    expect(wrong).toEqual([]);
  });
  test('no arrow runs back up: rooms have an order, and files inside them too (npm run map)', () => {
    const shipped = all.filter(({ path }) => !/^(?:test|bench)\//.test(path));
    expect(inOrder(arrowsOf(shipped)).left).toEqual([]);
    expect(inOrder(fileArrowsOf(shipped)).left).toEqual([]);
    expect(
      inOrder(
        new Map([
          ['a', new Set('b')],
          ['b', new Set('a')],
          ['c', new Set<string>()],
        ]),
      ),
    ).toEqual({ order: ['c'], left: ['a', 'b'] });
    expect(mapOf(shipped)).toContain('0 rooms in a circle');
  });
  test('the outside is named only by the rooms at the edge', () => {
    const wrong = all.flatMap(({ path, imports }) =>
      imports
        .filter(
          (name) =>
            roomOf(path) in arrows &&
            outside.some(([pattern, rooms]) => pattern.test(name) && !rooms.includes(edgeOf(path))),
        )
        .map((name) => `${path} → ${name}`),
    );
    expect(wrong).toEqual([]);
  });
  test('clock, chance, environment and network come to the middle as arguments', () => {
    expect(places(product.filter(isPure), impure)).toEqual([]);
  });
  test('the loader imports nothing', () => {
    expect(
      product.filter(({ path }) => path.startsWith('src/browser/')).flatMap(({ imports }) => imports),
    ).toEqual([]);
  });
  test('a door is wiring: under 30 lines', () => {
    expect(
      all
        .filter(({ path, text }) => path.startsWith('lambdas/') && text.split('\n').length > 30)
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('the style that text can show', () => {
  test('no `as` but `as const`', () => {
    expect(places(all, /(?<!\.)\bas\s+(?!const\b)[\w({[].{0,30}/, withoutImports)).toEqual([]);
  });
  test('no `any`', () => {
    expect(places(all, /[:<|&]\s*any\b(?!\s*[:(])|\bany\[\]/)).toEqual([]);
  });
  test('named exports, and no file that only passes others on', () => {
    expect(places(product, /^export (?:default\b|\*)/)).toEqual([]);
  });
  test('a name means one thing: no two files of the product export the same', () => {
    const named = product.flatMap(({ path, code }) =>
      [...code.matchAll(/^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm)].map(
        ([, name = '']) => [name, path] as const,
      ),
    );
    const homes = Map.groupBy(new Map(named.map((one) => [one.join(' '), one])).values(), ([name]) => name);
    expect(
      [...homes].flatMap(([name, all]) =>
        all.length > 1 ? [`${name}: ${all.map(([, path]) => path).join(', ')}`] : [],
      ),
    ).toEqual([]);
  });
  test('what is exported says what it promises; lines that stand together share one sentence', () => {
    expect(places(product, /^$\nexport [^{*\n]{0,60}|(?<![\s\S])export .{0,60}/, ({ text }) => text)).toEqual(
      [],
    );
  });
  test('a docstring speaks of what is there: each identifier in backticks stands in the code', () => {
    const words = new Set(all.flatMap(({ uncommented }) => uncommented.match(/[\w$]+/g) ?? []));
    const isThere = (said: string): boolean =>
      said
        .replace('()', '')
        .split('.')
        .every((part) => words.has(part));
    expect(
      all.flatMap(({ path, text }) =>
        [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: doc, index }) =>
          [...doc.matchAll(/`([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*(?:\(\))?)`/g)].flatMap(
            ([, said = '']) =>
              isThere(said) ? [] : [`${path}:${text.slice(0, index).split('\n').length} ${said}`],
          ),
        ),
      ),
    ).toEqual([]);
  });
  test('a file is one idea: 300 lines, or a reason', () => {
    expect(
      product
        .filter(({ path, text }) => text.split('\n').length > 301 && !(path in long))
        .map(({ path }) => path),
    ).toEqual([]);
  });
  test('file names are kebab-case', () => {
    expect(all.map(({ path }) => path).filter((path) => !/^[a-z0-9/.-]+$/.test(path))).toEqual([]);
  });
  test('nothing is a Service, a Manager, a Helper, a Util or an Impl', () => {
    const word =
      /\b(?:const|function|class|interface|type)\s+(?:\w*(?:Service|Manager|Helper|Util|Impl)s?|I[A-Z][a-z]\w*)\b/;
    expect([
      ...places(all, word, withoutImports),
      ...all
        .map(({ path }) => path)
        .filter((path) => /\b(?:service|manager|helper|util|impl)s?\b/.test(path)),
    ]).toEqual([]);
  });
  test('the rules see code, and not prose', () => {
    const { code, imports } = sourceAt(
      'src/sql/x.ts',
      [
        `import { a as b } from '../events/a.ts';`,
        '// as any',
        'const x = sql`a as $' + '{join(c.map((d) => sql`$' + '{d} as e`))} as f`;',
        'const r = /as \\/ `/;',
        'const y = g as h;',
      ].join('\n'),
    );
    expect(imports).toEqual(['src/events/a.ts']);
    expect(code.match(/\bas\b/g)).toEqual(['as', 'as']);
    expect(code).toContain('join(c.map((d) =>');
    expect(code).toContain('g as h');
  });
});

describe('the tables', () => {
  test('each question has one route, and each route that asks has its question', () => {
    expect(routes.flatMap((route) => ('question' in route ? [route.question] : [])).toSorted()).toEqual(
      questions.map(({ name }) => name).toSorted(),
    );
  });
  test('no two routes share method and path; keys, needs and bodies agree', () => {
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
    expect(routes.filter(({ needs, key }) => (needs === null) !== (key === 'none'))).toEqual([]);
    expect(
      routes.filter(({ method, body }) => (method === 'POST' || method === 'PATCH') !== body.length > 0),
    ).toEqual([]);
    expect(routes.filter(({ body, takes }) => body.length > 0 !== (takes !== undefined))).toEqual([]);
    expect(routes.filter((route) => (route.door === 'admin') !== 'admin' in route)).toEqual([]);
    expect(routes.filter((route) => (route.door === 'query') !== 'question' in route)).toEqual([]);
  });
  test.each([...generatedPages])('%s is current (npm run docs)', (path, make) => {
    const written = readFileSync(path, 'utf8');
    expect(make(written)).toBe(written);
  });
});
